// Everything one run of the attacks needs, made once: two boxes, two plain containers, servers on this host, secrets.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import type { IsolationId } from '../../../src/core/isolation.js';
import { type Box, type JournalLine, startBox } from '../../support/box.js';
import { docker, hostAddress, inspectBox } from '../../support/docker.js';
import { TestHome } from '../../support/home.js';
import { doorCommand } from './door.js';
import { Place } from './place.js';
import { startUpstreams, type Upstreams } from './upstreams.js';

export interface World {
  home: TestHome;
  /** The box under attack: paper, with a model's key, an API's key and OKX. */
  box: Box;
  /** A box beside it, of the same user, with accounts of two other venues and of a third through a gateway of the test's own. */
  neighbour: Box;
  /** A box on paper that may only read, with OKX; it was reset once. */
  reader: Box;
  /** What stood for the API's key in that box before its reset. */
  revokedDecoy: string;
  workdir: string;
  /** The agent's own image: at `vm` its containers run another, which holds that one as a disk. */
  image: string;
  inBox: Place;
  inNeighbour: Place;
  inReader: Place;
  /** `docker run` as people do it, with the real keys in its environment. */
  plain: Place;
  /** The same on a network that Docker makes with `--internal`. */
  internal: Place;
  upstreams: Upstreams;
  /** Real values: in the sidecar, and in the plain containers' environment. */
  secrets: { model: string; api: string };
  /** IPv4 addresses of this host but loopback. */
  hostAddresses: string[];
  /** Address of the LAN's gateway, where there is one. */
  lanGateway: string | undefined;
  sidecarAddress: string;
  /** Requests that upstreams saw with a text in them. */
  seen(text: string): string[];
  /** What the journal recorded since a number of lines. */
  journalSince(lines: number): Promise<JournalLine['event'][]>;
  writeConfig(hosts?: readonly string[]): void;
  close(): Promise<void>;
}

const profile = (isolation: IsolationId) => `name: target
description: a shell with the usual tools, which waits
image:
  apt: [bash, ca-certificates, curl, git, jq, less, procps, python3, python3-requests]
command: ${JSON.stringify(isolation === 'gvisor' ? doorCommand : ['sleep', 'infinity'])}
accounts: [okx, kraken, binance, ibkr]
credentials: ["*"]
`;

export const secretNames = { model: 'ATTACK_MODEL_KEY', api: 'ATTACK_API_KEY' } as const;

/** What the host obeys in the working directory of the box under attack before there is a box. */
export const ownFiles = { '.vscode/settings.json': '{}\n' } as const;

/** What is allowed besides venues and credentials. */
export const usualHosts = [
  '{ host: other.desk.test, methods: [GET, POST], paths: ["/open/**"], reason: "reading" }',
  '{ host: "*.wild.desk.test", reason: "a wildcard" }',
  '{ host: rebind.desk.test, reason: "a name that may lie" }',
];

export async function makeWorld(isolation: IsolationId): Promise<World> {
  const secrets = {
    model: `sk-real-${randomBytes(18).toString('base64url')}`,
    api: `ak-real-${randomBytes(18).toString('base64url')}`,
  };
  const home = new TestHome();
  // Once: which address is the first may change with the containers that run.
  const at = hostAddress();
  const upstreams = await startUpstreams(() => secrets.api);
  const closers: (() => Promise<unknown> | unknown)[] = [() => upstreams.close(), () => home.dispose()];
  const close = async () => {
    for (const one of closers.splice(0).reverse()) await one();
  };
  try {
    home.writeProfile('target', profile(isolation));
    const ca = home.writePrivate('upstream-ca.pem', upstreams.ca);
    const config = configText(upstreams, ca, at);
    const writeConfig = (hosts: readonly string[] = usualHosts) => void home.writeConfig(config(hosts));
    writeConfig();
    const env = { [secretNames.model]: secrets.model, [secretNames.api]: secrets.api };
    const workdir = home.workdir({ 'strategy.py': 'print("hold")\n', ...ownFiles });
    const paper = ['--isolation', isolation, '--paper'];
    const box = await startBox(home, {
      profile: 'target',
      workdir,
      hint: 'atk',
      options: [...paper, '--mode', 'demo'],
      env,
    });
    const accounts = home.writePrivate('neighbour.yaml', neighbourConfig);
    // The first has made the images.
    const [neighbour, reader] = await Promise.all([
      startBox(home, {
        profile: 'target',
        workdir: home.workdir(),
        hint: 'next',
        options: ['--isolation', isolation, '--mode', 'readonly', '--config', accounts],
        env: neighbourEnvironment(at, upstreams),
      }),
      startBox(home, {
        profile: 'target',
        workdir: home.workdir(),
        hint: 'reader',
        options: [...paper, '--mode', 'readonly'],
        env,
      }),
    ]);
    const { stdout: revokedDecoy } = await reader.sh('printf %s "$API_KEY"');
    await home.ok(['reset', reader.name], { env });
    const { agent } = inspectBox(box.name);
    const sidecarAddress = neighbourOf(agent.NetworkSettings.Networks);
    const place = (kind: Place['kind'], container: string, address: string) => {
      const made = new Place({
        kind,
        container,
        hostAddress: address,
        testPort: upstreams.tlsPort,
        ...(kind === 'box' ? { isolation } : {}),
      });
      closers.push(() => made.close());
      return made;
    };
    const image = isolation === 'vm' ? newestImage('tradebox/agent-target') : agent.Image;
    const plain = runPlain(image, secrets, []);
    closers.push(() => docker('rm', '-f', plain));
    const network = `tradebox-attacks-${randomBytes(4).toString('hex')}`;
    docker('network', 'create', '--internal', network);
    closers.push(() => docker('network', 'rm', network));
    const internal = runPlain(image, secrets, ['--network', network]);
    closers.push(() => docker('rm', '-f', internal));
    const gateway = docker('network', 'inspect', network, '--format', '{{(index .IPAM.Config 0).Gateway}}');
    return {
      home,
      box,
      neighbour,
      reader,
      revokedDecoy,
      workdir,
      image,
      inBox: place('box', agent.Id, at),
      inNeighbour: place('box', inspectBox(neighbour.name).agent.Id, at),
      inReader: place('box', inspectBox(reader.name).agent.Id, at),
      plain: place('docker', plain, at),
      internal: place('internal', internal, gateway),
      upstreams,
      secrets,
      hostAddresses: Object.values(networkInterfaces())
        .flatMap((list) => list ?? [])
        .filter(({ family, internal: isLoopback }) => family === 'IPv4' && !isLoopback)
        .map(({ address }) => address),
      lanGateway: lanGateway(),
      sidecarAddress,
      seen: (text) => upstreams.requests.filter((one) => one.text.includes(text)).map((one) => one.text),
      journalSince: async (lines) => (await box.journal()).slice(lines).map(({ event }) => event),
      writeConfig,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The CONNECT proxy of a place: the sidecar of a box, the careless one elsewhere. */
export const proxyOf = (place: Place, world: World) =>
  place.kind === 'box' ? `${world.sidecarAddress}:3128` : `${place.hostAddress}:${world.upstreams.proxyPort}`;

/** The sidecar is the agent's only neighbour, one address below it. */
function neighbourOf(networks: Record<string, { IPAddress: string }>): string {
  const own = Object.values(networks)[0]?.IPAddress ?? '';
  return own.replace(/\d+$/, (last) => String(Number(last) - 1));
}

/** The engine lists the newest first. */
function newestImage(repository: string): string {
  const [newest] = docker('images', '--quiet', repository).split('\n');
  if (newest === undefined || newest === '') throw new Error(`there is no image ${repository}`);
  return newest;
}

function runPlain(image: string, secrets: World['secrets'], options: readonly string[]): string {
  const variables = ['-e', `MODEL_KEY=${secrets.model}`, '-e', `API_KEY=${secrets.api}`];
  const words = [...options, ...variables, '--entrypoint', 'sleep', image, 'infinity'];
  return docker('run', '-d', '--init', ...words);
}

const configText = (upstreams: Upstreams, ca: string, at: string) => (hosts: readonly string[]) => {
  const place = (host: string) =>
    `  - { host: ${host}, address: ${at}, port: ${upstreams.tlsPort}, ca: ${ca}, reason: a server of this test }`;
  return `version: 1
credentials:
  model: { hosts: [llm.desk.test], bearer: true, value: "env:${secretNames.model}", env: [MODEL_KEY], llm: true }
  api: { hosts: [mirror.desk.test, bad.desk.test], bearer: true, value: "env:${secretNames.api}", env: [API_KEY] }
hosts:
${hosts.map((entry) => `  - ${entry}`).join('\n')}
pins:
${['llm.desk.test', 'mirror.desk.test', 'bad.desk.test', 'other.desk.test'].map(place).join('\n')}
`;
};

/** Two accounts whose venues hand out session tokens, and one of a venue whose place a server of the test takes. */
const neighbourConfig = `version: 1
accounts:
  kraken: { venue: kraken, environment: live, credentials: { apiKey: "env:N_KRAKEN_KEY", secret: "env:N_KRAKEN_SECRET" } }
  binance: { venue: binance, environment: demo, credentials: { apiKey: "env:N_BINANCE_KEY", secretKey: "env:N_BINANCE_SECRET" } }
  ibkr: { venue: ibkr, environment: live, credentials: { gateway: "env:N_IBKR_GATEWAY", gatewayCertificate: "env:N_IBKR_CERTIFICATE" } }
`;

const neighbourEnvironment = (at: string, { gateway }: Upstreams) => ({
  N_IBKR_GATEWAY: `${at}:${gateway.port}`,
  N_IBKR_CERTIFICATE: gateway.certificate,
  N_KRAKEN_KEY: randomBytes(42).toString('base64'),
  N_KRAKEN_SECRET: randomBytes(64).toString('base64'),
  N_BINANCE_KEY: randomBytes(32).toString('hex'),
  N_BINANCE_SECRET: randomBytes(32).toString('hex'),
});

/** Address of the default route's gateway, from the kernel's table (hexadecimal, least significant byte first). */
function lanGateway(): string | undefined {
  const row = readFileSync('/proc/net/route', 'utf8')
    .split('\n')
    .map((line) => line.split('\t'))
    .find(([, destination]) => destination === '00000000');
  const hex = row?.[2];
  return hex === undefined ? undefined : [...Buffer.from(hex, 'hex')].reverse().join('.');
}
