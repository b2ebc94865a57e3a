// `npm run bench [-- --quick] [--only startup,relay,isolation,signing,orders] [--level container,gvisor,vm]`: measures, writes bench-results/*.json and README's table, exits 1 when a bound is missed.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isolationIds } from '../../src/core/isolation.js';
import { attacks } from '../security/attacks/attacks.js';
import { writeReadmeTable } from '../support/readme.js';
import { repositoryRoot } from '../support/repository.js';
import { digestBelow } from './build-digest.js';
import { bundleProgram } from './bundle.js';
import { nodeOfImage } from './image-node.js';
import { joinLevels, measureIsolation, missedOf, renderLevels } from './isolation.js';
import { measureOrders, missedOrders, renderOrders } from './orders.js';
import type { RelayMeasurements, RelayPlan } from './relay.js';
import { measureReload } from './reload.js';
import {
  claimsOf,
  describeMachine,
  type Measurements,
  readJson,
  renderTable,
  writeJson,
  writeReport,
} from './report.js';
import { installSandboxRuntime, sandboxRuntimeVersion } from './sandbox-runtime.js';
import { missedSigning, renderSigning, type SigningRow } from './signing.js';
import { measureStartup } from './startup.js';
import { venueAddress, venueHost } from './targets.js';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    level: { type: 'string' },
    'no-readme': { type: 'boolean', default: false },
  },
});
const sections = ['startup', 'relay', 'isolation', 'signing', 'orders'];
const chosen = values.only?.split(',') ?? sections;
if (!chosen.every((section) => sections.includes(section)))
  fail(`--only takes one or more of ${sections.join(',')}.`);

const sidecarBundle = path.join(repositoryRoot, 'dist/sidecar/sidecar.cjs');
if (chosen.some((section) => section !== 'signing' && section !== 'orders') && !existsSync(sidecarBundle))
  fail('dist/ is not built: run `npm run build` first.');

const measurements: Measurements = {
  at: new Date().toISOString(),
  isQuick: values.quick,
  machine: describeMachine(),
};
const missedLevels: string[] = [];
if (wants('startup')) {
  needPrograms('docker');
  say('tradebox run, reset, ps and --help; hot reload');
  measurements.startup = await measureStartup(values.quick ? 3 : 9);
  measurements.reload = await measureReload(values.quick ? 5 : 25);
}
if (wants('relay')) {
  needPrograms('h2load', 'nginx', 'squid', 'mitmdump', 'gcc', 'unshare', 'openssl');
  if (process.getuid?.() !== 0) fail('the relay bench makes a network namespace of its own: run it as root.');
  needPrograms('curl', 'npm', 'bwrap', 'socat', 'rg');
  say('the relay: direct, nginx, squid, mitmproxy, sandbox-runtime, tradebox');
  if (!values.quick) measurements.leakSuite = runLeakSuite();
  measurements.relay = await measureRelay(
    values.quick ? { repetitions: 2, secondsEach: 2 } : { repetitions: 5, secondsEach: 3 },
  );
  const timed = digestBelow(path.dirname(sidecarBundle));
  if (measurements.leakSuite !== undefined && measurements.leakSuite.build !== timed)
    fail('dist/ was built anew meanwhile: what was timed is not what was attacked.');
}

if (wants('isolation')) {
  needPrograms('docker', 'git');
  say('the isolation levels side by side');
  needPrograms('npm');
  const wanted = values.level?.split(',');
  const named = isolationIds.filter((id) => wanted === undefined || wanted.includes(id));
  if (wanted !== undefined && named.length !== wanted.length)
    fail(`--level takes one or more of ${isolationIds.join(',')}.`);
  const measured = await measureIsolation(values.quick ? 3 : 5, measurements.at.slice(0, 10), named);
  const levels = wanted === undefined ? measured : joinLevels(readJson('isolation'), measured);
  say(`written: ${path.relative(repositoryRoot, writeJson('isolation', { ...measurements, ...levels }))}`);
  const isWhole = levels.levels.every(({ broke }) => broke === undefined);
  const table = renderLevels(levels);
  if (isWhole) process.stdout.write(`\n${table}\n`);
  if (isWhole && !values['no-readme']) writeReadmeTable('levels', table);
  missedLevels.push(...missedOf(measured));
}
if (wants('signing')) {
  say('verify, parse and sign at each venue');
  const kept = path.join(repositoryRoot, 'bench-results');
  const program = bundleProgram(kept, 'signing-program.ts', ['ccxt']);
  const rounds = values.quick ? 5_000 : 20_000;
  const rows = JSON.parse(
    execFileSync(imageNode(), [program, String(rounds)], { encoding: 'utf8' }),
  ) as SigningRow[];
  const table = renderSigning(rows, measurements.at.slice(0, 10));
  process.stdout.write(`\n${table}\n`);
  if (!values['no-readme']) writeReadmeTable('signing', table);
  missedLevels.push(...missedSigning(rows));
}
if (wants('orders')) {
  say('the order boundary');
  const node = imageNode();
  const figures = await measureOrders(
    values.quick
      ? { node, rounds: 300, folds: 1, seconds: 3, approvals: 20 }
      : { node, rounds: 2_000, folds: 5, seconds: 10, approvals: 100 },
  );
  const table = renderOrders(figures, measurements.at.slice(0, 10));
  process.stdout.write(`\n${table}\n`);
  if (!values['no-readme']) writeReadmeTable('orders', table);
  missedLevels.push(...missedOrders(figures));
}
if (!wants('startup') && !wants('relay')) {
  for (const what of missedLevels) process.stderr.write(`missed: ${what}\n`);
  process.exit(missedLevels.length === 0 ? 0 : 1);
}

process.stdout.write(`\n${renderTable(measurements)}\n`);
if (!values['no-readme'])
  say(`written: ${path.relative(repositoryRoot, writeReport(measurements))} and README.md`);
const missed = claimsOf(measurements).filter(({ holds }) => !holds);
for (const { what, measured, bound } of missed)
  process.stderr.write(`missed: ${what}: ${measured}, bound ${bound}\n`);
for (const what of missedLevels) process.stderr.write(`missed: ${what}\n`);
process.exitCode = missed.length + missedLevels.length === 0 ? 0 : 1;

function wants(section: string): boolean {
  return chosen.includes(section);
}

/** The Node that a sidecar runs on; this machine's own where there is no image yet. */
function imageNode(): string {
  return nodeOfImage(path.join(repositoryRoot, 'bench-results/image-node'))?.file ?? process.execPath;
}

/** Runs relay.ts inside its own network namespace and reads its one JSON document. */
function measureRelay(length: { repetitions: number; secondsEach: number }): Promise<RelayMeasurements> {
  const kept = path.join(repositoryRoot, 'bench-results');
  const image = nodeOfImage(path.join(kept, 'image-node'));
  if (image === undefined) say("no sidecar image is there: measured on this machine's own Node");
  // It needs Node 22.
  const sandboxRuntime = image === undefined ? undefined : installSandboxRuntime(kept);
  if (sandboxRuntime === undefined) say('sandbox-runtime could not be installed: left out');
  const plan: RelayPlan = {
    ...length,
    sidecarBundle,
    node: image?.file ?? process.execPath,
    nodeVersion: image?.version ?? process.version,
    ...(sandboxRuntime === undefined ? {} : { sandboxRuntime, sandboxRuntimeVersion }),
  };
  const here = path.dirname(fileURLToPath(import.meta.url));
  const script = path.join(here, 'relay.ts');
  const child = spawn(
    path.join(here, 'namespace.sh'),
    [venueAddress, venueHost, process.execPath, '--import', 'tsx', script, JSON.stringify(plan)],
    { cwd: repositoryRoot, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(output) as RelayMeasurements);
      else reject(new Error(`the relay bench ended with ${code}`));
    });
  });
}

/** A figure counts only for a build that leaks nothing: the attacks on secrets, against this very dist/. Ends the bench when one succeeds. */
function runLeakSuite(): { attacks: string[]; build: string } {
  const ids = attacks.map(({ id }) => id).filter((id) => id.startsWith('B'));
  const build = digestBelow(path.dirname(sidecarBundle));
  const program = path.join(repositoryRoot, 'test/security/attacks/main.ts');
  const words = ['--import', 'tsx', program, '--json', '--only', ids.join()];
  say('the leak suite, on the build that is timed');
  const { status } = spawnSync(process.execPath, words, {
    cwd: repositoryRoot,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) fail('this build leaks: its speed counts for nothing.');
  return { attacks: ids, build };
}

function needPrograms(...programs: string[]): void {
  const missing = programs.filter((program) => {
    try {
      execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
  if (missing.length === 0) return;
  fail(
    `these programs are missing: ${missing.join(', ')}. On Debian: apt-get install nginx-light squid-openssl nghttp2-client mitmproxy gcc openssl util-linux bubblewrap socat ripgrep`,
  );
}

function say(text: string): void {
  process.stderr.write(`\n${text}\n`);
}

function fail(message: string): never {
  process.stderr.write(`bench: ${message}\n`);
  process.exit(2);
}
