// `npm run soak -- [--minutes n] [--boxes n] [--restarts n] [--out file]`: boxes under mixed traffic and faults, sidecars killed and
// brought back among them, and an engine of the soak's own, once unless told otherwise, where one can be made (the output names it as
// left out where not); memory, sockets and disk may not grow, and no invariant may break. Prints JSON; exit 1 when something does not hold.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Place } from '../security/attacks/place.js';
import { type Box, startBox } from '../support/box.js';
import { docker, hostAddress, inspectBox, labelledObjects } from '../support/docker.js';
import { TestHome } from '../support/home.js';
import { bridgeAddress, enterOwnNetwork, imagesOf, ownEngineProblem, SoakEngine } from './engine.js';
import { protocolKinds, speak } from './protocols.js';
import { grpcHost, lyingHost, reflectionOf, soakHost, startSoakUpstream } from './upstream.js';
import { type WorkerReport, work } from './worker.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    boxes: { type: 'string', default: '8' },
    workers: { type: 'string', default: '6' },
    restarts: { type: 'string' },
    out: { type: 'string' },
  },
});
const seconds = Number(values.minutes) * 60;
const noRestart = values.restarts === undefined ? ownEngineProblem() : undefined;
/** Times the engine ends under the boxes: asked to, then killed, in turn. */
const restarts = Number(values.restarts ?? (noRestart === undefined ? 1 : 0));
if (restarts > 0) enterOwnNetwork();
/** One box loses its sidecar in each. */
const sliceSeconds = Math.max(25, Math.min(90, seconds / 4));
const lossSeconds = 4;
const say = (text: string) => void process.stderr.write(`${text}\n`);

/** What a sidecar holds at one moment. */
interface Sample {
  atS: number;
  memoryMb: number;
  descriptors: number;
}

const secret = `sk-real-${randomBytes(18).toString('base64url')}`;
const home = new TestHome();
home.writeProfile(
  'soak',
  'name: soak\ndescription: a box under load\ncommand: [sleep, infinity]\naccounts: [okx]\ncredentials: ["*"]\n',
);
const engine = restarts > 0 ? new SoakEngine() : undefined;
if (engine !== undefined) await useOwnEngine(engine);
const upstream = await startSoakUpstream(secret);
const address = engine === undefined ? hostAddress() : bridgeAddress();
const ca = home.writePrivate('ca.pem', upstream.ca);
home.writeConfig(`version: 1
credentials:
  soak: { hosts: [${soakHost}, ${grpcHost}], bearer: true, value: "env:SOAK_REAL_KEY", env: [SOAK_KEY] }
hosts:
  - { host: ${lyingHost}, reason: a name that lies }
pins:
  - { host: ${soakHost}, address: ${address}, port: ${upstream.port}, ca: ${ca}, reason: the soak's upstream }
  - { host: ${grpcHost}, address: ${address}, port: ${upstream.grpcPort}, ca: ${ca}, reason: its gRPC }
`);

const boxes: Box[] = [];
const samples = new Map<string, Sample[]>();
let liar = '';
let killed = 0;
let restarted = 0;
const problems: string[] = [];
try {
  for (let index = 0; index < Number(values.boxes); index += 1) {
    const env = { SOAK_REAL_KEY: secret };
    boxes.push(await startBox(home, { profile: 'soak', workdir: home.workdir(), hint: `soak${index}`, env }));
  }
  liar = startLiar(boxes);
  const startedMs = Date.now();
  const sample = (box: Box) => {
    try {
      const taken = takeSample(box, startedMs);
      if (taken !== undefined) samples.set(box.name, [...(samples.get(box.name) ?? []), taken]);
    } catch {
      // It is being brought back.
    }
  };
  boxes.forEach(sample);
  let turn = 0;
  // One at a time: the upstream is served by this process, which waits for the engine meanwhile.
  const timer = setInterval(() => {
    const box = boxes[turn % boxes.length];
    turn += 1;
    if (box !== undefined) sample(box);
  }, 10_000 / boxes.length);
  const slices = Math.max(1, Math.round(seconds / sliceSeconds / (restarts + 1)));
  const reports = boxes.map((): WorkerReport => ({ requests: 0, outcomes: {}, broken: [] }));
  for (let phase = 0; phase <= restarts; phase += 1) {
    if (phase > 0 && engine !== undefined) await loseEngine(engine, phase % 2 === 1 ? 'SIGTERM' : 'SIGKILL');
    await Promise.all(boxes.map((box, index) => soakBox(box, index, slices, reports[index])));
  }
  clearInterval(timer);
  // What the agents left open is given up by the sidecars; half-open answers of the upstream end with it.
  upstream.close();
  await new Promise((resolve) => setTimeout(resolve, 8000));
  boxes.forEach(sample);
  const results = await Promise.all(boxes.map(async (box, index) => judge(box, reports[index])));
  const requests = reports.reduce((sum, one) => sum + one.requests, 0);
  problems.push(...upstream.broken.slice(0, 20).map((text) => `upstream: ${text}`));
  const report = {
    minutes: Number(values.minutes),
    boxes: boxes.length,
    requests,
    requestsPerSecond: Math.round(requests / seconds),
    upstream: upstream.counts,
    sidecarsKilled: killed,
    engineRestarts: restarted,
    leftOut: restarts > 0 ? [] : [`engine restarts: ${noRestart ?? 'none asked for'}`],
    results,
    problems,
  };
  const text = JSON.stringify(report, null, 2);
  process.stdout.write(`${text}\n`);
  if (values.out !== undefined) writeFileSync(values.out, `${text}\n`);
} finally {
  upstream.close();
  try {
    if (liar !== '') docker('rm', '-f', liar);
    await home.dispose();
  } finally {
    await engine?.close();
  }
}
say(problems.length === 0 ? 'the soak holds' : `${problems.length} problems:\n${problems.join('\n')}`);
process.exit(problems.length === 0 ? 0 : 1);

/** One box's traffic, with the loss of its sidecar when its turn comes. */
async function soakBox(
  box: Box,
  index: number,
  slices: number,
  merged: WorkerReport | undefined,
): Promise<void> {
  for (let slice = 0; slice < slices; slice += 1) {
    const isFaulted = slice % boxes.length === index;
    if (isFaulted) await loseSidecar(box);
    const report = await traffic(box, sliceSeconds - (isFaulted ? 2 * lossSeconds : 0));
    if (merged !== undefined) merge(merged, report);
  }
}

/** Makes the images on this machine's engine, takes them over, and from here on speaks to the soak's own. */
async function useOwnEngine(own: SoakEngine): Promise<void> {
  const { name } = await startBox(home, { profile: 'soak', workdir: home.workdir(), hint: 'image' });
  const { agent, sidecar } = inspectBox(name);
  const tags = imagesOf([agent.Id, sidecar.Id]);
  await home.ok(['stop', name]);
  await own.start();
  own.takeImages(tags);
  process.env.DOCKER_HOST = own.host;
}

/** The engine ends under traffic and comes back: no box may be taken for a running one; each is reset and is clean. */
async function loseEngine(own: SoakEngine, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const cut = boxes.map((box) => traffic(box, 20).catch(() => undefined));
  await new Promise((resolve) => setTimeout(resolve, 5000));
  await own.end(signal);
  await Promise.all(cut);
  await own.start();
  restarted += 1;
  const found = await home.json<{ boxes: { name: string; state: string }[] }>(['ps']);
  for (const box of boxes) {
    const { Running } = inspectBox(box.name).sidecar.State;
    const state = found.boxes.find(({ name }) => name === box.name)?.state;
    if (state === undefined || (state === 'running' && !Running))
      problems.push(`${box.name}: after ${signal} to the engine it is told as ${state ?? 'unknown'}`);
    await home.ok(['reset', box.name], { env: { SOAK_REAL_KEY: secret } });
    samples.set(box.name, []);
  }
  docker('rm', '-f', liar);
  liar = startLiar(boxes);
  const objects = labelledObjects('tradebox.box').length;
  if (objects !== boxes.length * 4)
    problems.push(
      `after ${signal} to the engine and resets ${objects} objects are left for ${boxes.length} boxes`,
    );
}

/** Traffic of one box for some seconds, of all protocols side by side. */
async function traffic(box: Box, forSeconds: number): Promise<WorkerReport> {
  const container = inspectBox(box.name).agent.Id;
  const newPlace = () => new Place({ kind: 'box', container, hostAddress: address, testPort: 0 });
  const [first, second] = [newPlace(), newPlace()];
  const hosts = { api: soakHost, liar: lyingHost, grpc: grpcHost };
  const reflected = reflectionOf(`Bearer ${'*'.repeat(secret.length)}`);
  const ofAll = { seconds: forSeconds, hosts };
  const deadlineMs = (forSeconds + 120) * 1000;
  try {
    const [report, other] = await Promise.all([
      first.run(work, { ...ofAll, workers: Number(values.workers) }, deadlineMs),
      second.run(speak, { ...ofAll, workers: 2, reflected }, deadlineMs),
    ]);
    merge(report, other);
    return report;
  } finally {
    first.close();
    second.close();
  }
}

/** Kills the sidecar: nothing may answer any more. Then brings it back: from here its memory is counted anew. */
async function loseSidecar(box: Box): Promise<void> {
  docker('kill', inspectBox(box.name).sidecar.Id);
  killed += 1;
  const { outcomes } = await traffic(box, lossSeconds);
  const answered = Object.keys(outcomes).filter((kind) => / [1-9]\d*$/.test(kind));
  if (answered.length > 0) problems.push(`${box.name}: answered without a sidecar: ${answered.join(', ')}`);
  await home.ok(['restart', box.name], { env: { SOAK_REAL_KEY: secret } });
  connectLiar(box, liar);
  samples.set(box.name, []);
}

function merge(into: WorkerReport, { requests, outcomes, broken }: WorkerReport): void {
  into.requests += requests;
  into.broken.push(...broken);
  for (const [kind, count] of Object.entries(outcomes))
    into.outcomes[kind] = (into.outcomes[kind] ?? 0) + count;
}

/** A container that each box's engine gives out as the lying host, beside its sidecar. */
function startLiar(all: readonly Box[]): string {
  const { agent } = inspectBox(all[0]?.name ?? '');
  const program = `require('node:net').createServer((s) => s.end('HTTP/1.1 200 OK\\r\\ncontent-length: 0\\r\\n\\r\\n')).listen(443)`;
  const id = docker('run', '-d', '--user', '0', '--entrypoint', 'node', agent.Image, '-e', program);
  for (const box of all) connectLiar(box, id);
  return id;
}

/** Puts it on the box's way out, unless it is there already. */
function connectLiar(box: Box, id: string): void {
  const networks = Object.keys(inspectBox(box.name).sidecar.NetworkSettings.Networks);
  const egress = networks.find((name) => name.endsWith('-egress')) ?? '';
  const joined = docker('inspect', id, '--format', '{{json .NetworkSettings.Networks}}');
  if (Object.hasOwn(JSON.parse(joined) as object, egress)) return;
  docker('network', 'connect', '--alias', lyingHost, egress, id);
}

/** Undefined while its sidecar is away. */
function takeSample(box: Box, startedMs: number): Sample | undefined {
  const { sidecar } = inspectBox(box.name);
  if (!sidecar.State.Running) return undefined;
  const script = 'ls /proc/1/fd | wc -l; grep VmRSS /proc/1/status';
  const [descriptors = '', memory = ''] = docker('exec', sidecar.Id, 'sh', '-c', script).split('\n');
  return {
    atS: Math.round((Date.now() - startedMs) / 1000),
    memoryMb: Math.round(Number(/\d+/.exec(memory)?.[0] ?? 0) / 1024),
    descriptors: Number(descriptors),
  };
}

async function judge(box: Box, worker: Awaited<ReturnType<typeof work>> | undefined) {
  const all = samples.get(box.name) ?? [];
  const [first] = all;
  const last = all.at(-1);
  const busy = all.slice(1, -1);
  const half = Math.max(1, Math.floor(busy.length / 2));
  const peak = (list: readonly Sample[]) => Math.max(0, ...list.map(({ memoryMb }) => memoryMb));
  const [early, late] = [peak(busy.slice(0, half)), peak(busy.slice(half))];
  const find = (isBad: boolean, text: string) => void (isBad && problems.push(`${box.name}: ${text}`));
  find(worker === undefined || worker.requests === 0, 'its worker did nothing');
  for (const text of worker?.broken ?? []) problems.push(`${box.name}: ${text}`);
  const { outcomes = {} } = worker ?? {};
  const failed = outcomes['/ok failed'] ?? 0;
  find(failed > (outcomes['/ok 200'] ?? 0) / 100, `${failed} good requests failed`);
  for (const kind of protocolKinds) {
    const right = (outcomes[`${kind} 200`] ?? 0) + (outcomes[`${kind} 101`] ?? 0);
    const wrong = outcomes[`${kind} failed`] ?? 0;
    find(right === 0 || wrong > right / 50, `${kind}: ${right} right, ${wrong} failed`);
  }
  // The buffers of large uploads lie uncollected for a while: up to 70 MB were seen to come and go.
  find(late > early * 1.3 + 30 + 64, `memory grew from ${early} to ${late} MB`);
  find(late > 400, `memory reached ${late} MB`);
  find(
    (last?.descriptors ?? 0) > (first?.descriptors ?? 0) + 40,
    `descriptors: ${first?.descriptors} before, ${last?.descriptors} after`,
  );
  find(!inspectBox(box.name).sidecar.State.Running, 'its sidecar died');
  const verified = await home.run(['audit', 'verify', box.name]);
  find(verified.code !== 0, `its journal does not verify: ${verified.stderr}`);
  const journalKb = Number(
    docker('exec', inspectBox(box.name).sidecar.Id, 'du', '-sk', '/journal').split('\t')[0],
  );
  find(journalKb * 1024 > (worker?.requests ?? 0) * 3000 + 1_000_000, `its journal takes ${journalKb} KB`);
  return {
    box: path.basename(box.name),
    requests: worker?.requests ?? 0,
    outcomes,
    memoryMb: { start: first?.memoryMb, earlyPeak: early, latePeak: late, end: last?.memoryMb },
    descriptors: {
      start: first?.descriptors,
      peak: Math.max(...all.map(({ descriptors }) => descriptors)),
      end: last?.descriptors,
    },
    journalKb,
  };
}
