// `npm run check`: format, lint, types, boundaries, layout and dead code, side by side, in seconds.
// Each failure names the file and what to do. `npm run check -- types layout` runs only those;
// `--list` names them; `--report file` also writes the outcome in the shape of vitest's JSON report.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruiseBoundaries } from './lib/boundaries.mjs';
import { requireNode } from './lib/node-version.mjs';

requireNode();

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** @typedef {{ok: boolean, output: string}} Outcome */

/** Name → what it runs, and the command that mends or repeats it alone. Order is the order of the report. */
const checks = {
  format: {
    run: () => tool('biome', ['ci', '--colors=off', '--max-diagnostics=40', '.']),
    remedy: 'npm run format   (what it leaves: mend by hand)',
  },
  types: { run: () => tool('tsc', ['--noEmit', '-p', '.']), remedy: 'npx tsc --noEmit -p .' },
  boundaries: { run: boundaries, remedy: 'DESIGN §3 and .dependency-cruiser.cjs say why' },
  layout: {
    run: () =>
      tool('vitest', [
        'run',
        '--project',
        'unit',
        '--reporter',
        'dot',
        'test/unit/layout.test.ts',
        'test/unit/boundaries.test.ts',
      ]),
    remedy: 'npx vitest run --project unit test/unit/layout.test.ts',
  },
  'dead-code': {
    run: () => tool('knip', ['--no-progress', '--no-config-hints']),
    remedy: 'delete what nothing uses, or use it; knip.json names the entries',
  },
};

const wanted = process.argv.slice(2);
const reportFile = takeOption('--report');
if (wanted.includes('--list')) {
  console.log(Object.keys(checks).join('\n'));
  process.exit(0);
}
const unknown = wanted.filter((name) => !(name in checks));
if (unknown.length > 0) {
  console.error(`check: no check named ${unknown.join(', ')}. There are: ${Object.keys(checks).join(', ')}.`);
  process.exit(2);
}

const names = wanted.length > 0 ? wanted : Object.keys(checks);
const startedMs = Date.now();
const outcomes = await Promise.all(
  names.map(async (name) => {
    const fromMs = Date.now();
    const outcome = await checks[name].run();
    return { name, ...outcome, seconds: (Date.now() - fromMs) / 1000 };
  }),
);

for (const { name, ok, output } of outcomes) {
  if (!ok) console.log(`\n── ${name} ──\n${output.trim()}\n   remedy: ${checks[name].remedy}`);
}
console.log('');
for (const { name, ok, seconds } of outcomes)
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${name.padEnd(10)} ${seconds.toFixed(1)} s`);
const failed = outcomes.filter(({ ok }) => !ok).length;
console.log(
  `${outcomes.length - failed} of ${outcomes.length} checks hold, ${((Date.now() - startedMs) / 1000).toFixed(1)} s`,
);
if (reportFile !== undefined) {
  const assertionResults = outcomes.map(({ name, ok }) => ({
    title: name,
    status: ok ? 'passed' : 'failed',
  }));
  writeFileSync(
    reportFile,
    JSON.stringify({ testResults: [{ status: failed === 0 ? 'passed' : 'failed', assertionResults }] }),
  );
}
process.exitCode = failed === 0 ? 0 : 1;

/** Takes `name value` out of the wanted list. @returns {string | undefined} */
function takeOption(name) {
  const at = wanted.indexOf(name);
  return at === -1 ? undefined : wanted.splice(at, 2)[1];
}

/** Runs a tool of node_modules/.bin and collects what it says. @returns {Promise<Outcome>} */
function tool(name, args) {
  return new Promise((resolve) => {
    const child = spawn(path.join(root, 'node_modules/.bin', name), args, {
      cwd: root,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('error', (error) =>
      resolve({ ok: false, output: `${name} did not start: ${error.message}. Run npm ci.` }),
    );
    child.on('close', (code) => resolve({ ok: code === 0, output: Buffer.concat(chunks).toString('utf8') }));
  });
}

/** @returns {Promise<Outcome>} */
async function boundaries() {
  const { modules, violations } = await cruiseBoundaries(root);
  // A tool that sees nothing finds nothing: that is a failure, not a pass.
  if (modules.length === 0)
    return { ok: false, output: 'dependency-cruiser saw 0 modules: check its TypeScript version' };
  const lines = violations.map(({ rule, from, to, remedy }) => `${from} → ${to}\n   ${rule}: ${remedy}`);
  return { ok: lines.length === 0, output: lines.join('\n') };
}
