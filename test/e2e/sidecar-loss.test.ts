// Seen with real software 5: without its sidecar the agent has no network at all; after `tradebox restart` the box works again,
// and no secret touched the disk on the way.
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Box, imageBuildTimeoutMs, startBox } from '../support/box.js';
import { docker, inspectBox } from '../support/docker.js';
import { describe as shown, TestHome } from '../support/home.js';
import { engineViews, filesBelow, hunt, recentFiles } from '../support/hunt.js';
import { okxDesk } from '../support/profiles.js';
import { skipReason } from '../support/requirements.js';

const secrets = { 'desk key': `sk-real-${randomBytes(18).toString('base64url')}` };

const config = `version: 1
credentials:
  desk-llm:
    hosts: [llm.desk.test]
    bearer: true
    value: env:REAL_DESK_KEY
    env: [DESK_LLM_KEY]
    llm: true
`;

const env = { REAL_DESK_KEY: secrets['desk key'] };

/** Every way out that the agent could try: by name, through the proxy, to the sidecar's ports, to the world. */
const probes = `
const net = require('net'), dns = require('dns');
const proxy = new URL(process.env.HTTPS_PROXY || process.env.https_proxy);
const tcp = (host, port) => new Promise((resolve) => {
  const socket = net.connect({ host, port });
  socket.setTimeout(2500, () => { socket.destroy(); resolve(false); });
  socket.on('connect', () => { socket.destroy(); resolve(true); });
  socket.on('error', () => resolve(false));
});
const resolver = new dns.promises.Resolver({ timeout: 1500, tries: 1 });
(async () => {
  const outcome = { name: await resolver.resolve4('www.okx.com').then(() => true, () => false) };
  for (const port of [443, 80, 8443, Number(proxy.port)]) outcome['sidecar:' + port] = await tcp(proxy.hostname, port);
  for (const [host, port] of [['1.1.1.1', 443], ['169.254.169.254', 80], ['172.17.0.1', 22]]) outcome[host] = await tcp(host, port);
  console.log(JSON.stringify(outcome));
})();
`;

describe.skipIf(skipReason('docker', 'registry'))('a box that loses its sidecar', () => {
  const startedMs = Date.now();
  let home: TestHome;
  let box: Box;

  beforeAll(async () => {
    home = new TestHome();
    home.writeConfig(config);
    home.writeProfile('okx-desk', okxDesk);
    const workdir = home.workdir({ 'probes.cjs': probes });
    box = await startBox(home, { profile: 'okx-desk', workdir, hint: 'loss', env });
  }, imageBuildTimeoutMs);
  afterAll(() => home?.dispose());

  const openWays = async (): Promise<string[]> => {
    // Straight through the engine: with the sidecar gone, tradebox may rightly refuse.
    const { agent } = inspectBox(box.name);
    const outcome = JSON.parse(docker('exec', agent.Id, 'node', '/workspace/probes.cjs')) as Record<
      string,
      unknown
    >;
    return Object.entries(outcome).flatMap(([way, isOpen]) => (isOpen ? [way] : []));
  };

  test('with its sidecar it reaches the sidecar only (the probe can see an open way)', async () => {
    const ways = await openWays();
    expect(ways).toEqual(expect.arrayContaining(['name', 'sidecar:443', 'sidecar:3128']));
    expect(ways.every((way) => way === 'name' || way.startsWith('sidecar:'))).toBe(true);
  });

  test('without it nothing is reachable, and ps says so', async () => {
    docker('kill', inspectBox(box.name).sidecar.Id);
    expect(await openWays()).toEqual([]);
    const balance = await box.exec(['okx', 'account', 'balance']);
    expect(balance.code, shown(balance)).not.toBe(0);
    const { boxes } = await home.json<{ boxes: { name: string; state: string }[] }>(['ps']);
    expect(boxes.find(({ name }) => name === box.name)?.state).not.toBe('running');
  });

  test('restart brings it back with the same decoys', async () => {
    await home.ok(['restart', box.name], { env });
    const balance = await box.exec(['okx', 'account', 'balance']);
    expect(balance.code, shown(balance)).toBe(0);
    const { boxes } = await home.json<{ boxes: { name: string; state: string }[] }>(['ps']);
    expect(boxes.find(({ name }) => name === box.name)?.state).toBe('running');
  });

  test('the journal goes on across the loss, and verifies', async () => {
    const verified = await home.run(['audit', 'verify', box.name]);
    expect(verified.code, shown(verified)).toBe(0);
    const started = (await box.journal()).filter(({ event }) => event.type === 'sidecar.started');
    expect(started).toHaveLength(2);
  });

  test('no secret touched the disk', () => {
    const places = [
      ...filesBelow(home.root, 'test home'),
      ...recentFiles(tmpdir(), startedMs),
      ...engineViews(box.name),
    ];
    expect(hunt(secrets, places)).toEqual([]);
  });
});
