// Builds the host program (tsc) and the programs that run in containers (esbuild, CommonJS), and proves that the latter start.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(root, 'dist');
// Built aside and put in place whole: who uses dist/ meanwhile never sees half of it.
const out = path.join(root, `node_modules/.cache/tradebox-build-${process.pid}`);
const bundles = [
  { entry: 'src/sidecar/main.ts', file: 'sidecar/sidecar.cjs' },
  { entry: 'src/diagnose/probe/main.ts', file: 'sidecar/probe.cjs' },
].filter(({ entry }) => fs.existsSync(path.join(root, entry)));

/** CommonJS: as a module the bundle builds and then dies at start on a dynamic require. */
async function bundle({ entry, file }) {
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: path.join(out, file),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'warning',
  });
}

function run(command, args, options) {
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', ...options });
  if (result.error) throw result.error;
  return result;
}

/** From an empty folder nothing but the bundle itself can be found: what it misses shows now, not in a container. */
function smokeRunSidecar() {
  const empty = fs.mkdtempSync(path.join(os.tmpdir(), 'tradebox-smoke-'));
  try {
    fs.copyFileSync(path.join(out, 'sidecar/sidecar.cjs'), path.join(empty, 'sidecar.cjs'));
    const { stdout, stderr, status } = run(process.execPath, ['sidecar.cjs'], {
      cwd: empty,
      input: '{}\n',
      timeout: 20_000,
    });
    const answer = stdout.endsWith('\n') ? JSON.parse(stdout) : undefined;
    if (answer?.ready === false && answer.code === 'CONFIG_INVALID' && status === 70) return;
    throw new Error(`The sidecar's bundle does not start: exit ${status}\n${stdout}${stderr}`);
  } finally {
    fs.rmSync(empty, { recursive: true, force: true });
  }
}

async function buildAll() {
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  await Promise.all(bundles.map(bundle));
  const types = run(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', out]);
  if (types.status !== 0) {
    process.stderr.write(types.stdout + types.stderr);
    process.exitCode = types.status ?? 1;
  }
  const entry = path.join(out, 'main.js');
  if (fs.existsSync(entry)) fs.chmodSync(entry, 0o755);
  smokeRunSidecar();
  fs.rmSync(dist, { recursive: true, force: true });
  fs.renameSync(out, dist);
}

try {
  await buildAll();
} finally {
  fs.rmSync(out, { recursive: true, force: true });
}
