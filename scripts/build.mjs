// Bundles the host program and the programs that run in containers, and proves that they start. Types are `npm run check`'s business.
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

/** zod's messages in fifty languages were a fifth of the sidecar's program; English alone is ever shown. */
const englishOnly = {
  name: 'english-only',
  setup(bundle) {
    bundle.onLoad({ filter: /[/\\]zod[/\\]v4[/\\]locales[/\\]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/**
 * zod taken by its names, so that what nobody asks for stays out: as the object `z` all of it was built at each start, half of
 * what the sidecar needed to load.
 */
const zodByName = {
  name: 'zod-by-name',
  setup(bundle) {
    bundle.onResolve({ filter: /^(\.{1,2}\/|zod$|zod\/)/ }, async ({ path: name, pluginData, ...from }) => {
      if (
        pluginData === zodByName ||
        !(name.startsWith('zod') || /[/\\]node_modules[/\\]zod[/\\]/.test(from.importer))
      )
        return undefined;
      const found = await bundle.resolve(name, { ...from, pluginData: zodByName });
      return { ...found, sideEffects: true };
    });
    bundle.onLoad({ filter: /[/\\]src[/\\].*\.ts$/ }, ({ path: file }) => {
      if (file.includes(`node_modules${path.sep}`)) return undefined;
      const source = fs.readFileSync(file, 'utf8');
      const contents = source.replace(/^import \{ z \} from 'zod';$/m, "import * as z from 'zod';");
      return contents === source ? undefined : { contents, loader: 'ts' };
    });
  },
};

/** Loading node:http2 takes as long as the whole of our own settings; few agents speak it. */
const http2WhenUsed = {
  name: 'http2-when-used',
  setup(bundle) {
    bundle.onResolve({ filter: /^node:http2$/ }, ({ namespace }) =>
      namespace === 'when-used' ? undefined : { path: 'node:http2', namespace: 'when-used' },
    );
    bundle.onLoad({ filter: /.*/, namespace: 'when-used' }, ({ path: name }) => ({
      contents: `module.exports = new Proxy({}, { get: (_, key) => require(${JSON.stringify(name)})[key] });`,
    }));
  },
};

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  charset: 'ascii', // a text of one-byte characters is read and compiled faster
  legalComments: 'none',
  logLevel: 'warning',
  minifySyntax: true,
  minifyWhitespace: true, // names stay: stacks must be readable
  plugins: [englishOnly, zodByName, http2WhenUsed],
};

/**
 * What dockerode requires and tradebox never runs: BuildKit's session, and SSH, whose native code cannot be bundled (docker-api.ts
 * takes the whole package where an endpoint needs it). They were three quarters of its loading time.
 */
const withoutUnused = {
  name: 'without-unused',
  setup(bundle) {
    bundle.onResolve({ filter: /^(@grpc\/grpc-js|@grpc\/proto-loader|ssh2)$/ }, ({ path: name }) => ({
      path: name,
      namespace: 'unused',
    }));
    bundle.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/**
 * Loaded file by file, the host program spends a quarter of a second on finding and compiling its modules. The bundle lies two
 * levels below the package, like its sources (package-root.ts); what a command imports when it runs is run only then, here too.
 */
async function bundleHost() {
  const host = path.join(out, 'host');
  await build({
    ...common,
    entryPoints: ['src/main.ts'],
    outfile: path.join(host, 'host.cjs'),
    format: 'cjs',
    target: 'node20',
    plugins: [...common.plugins, withoutUnused],
    external: ['@napi-rs/keyring'], // native code, loaded when a source lies in the keyring
    supported: { 'dynamic-import': false }, // of Node's own modules: compiled code that was kept cannot import
    define: { 'import.meta.url': 'bundleUrl' },
    banner: { js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
  fs.writeFileSync(path.join(out, 'package.json'), '{ "type": "commonjs" }\n');
  fs.copyFileSync(path.join(root, 'scripts/lib/bundle-script.cjs'), path.join(host, 'script.cjs'));
  fs.copyFileSync(path.join(root, 'scripts/lib/launcher.cjs'), path.join(out, 'main.js'));
  fs.chmodSync(path.join(out, 'main.js'), 0o755);
}

/** CommonJS: as a module the bundle builds and then dies at start on a dynamic require. */
async function bundleForContainer(entry, file) {
  await build({
    ...common,
    entryPoints: [entry],
    outfile: path.join(out, file),
    target: 'node24',
    format: 'cjs',
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

/** Two runs of a command that touches most rooms: the first leaves V8's compiled code behind, the second must take it. */
function smokeRunHost() {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tradebox-smoke-'));
  const options = { cwd: home, env: { ...process.env, TRADEBOX_HOME: home }, timeout: 20_000 };
  const command = ['policy', 'show', '--paper', '--profile', 'okx-cli', '--json'];
  try {
    const keeper = path.join(root, 'scripts/lib/keep-compiled-code.cjs');
    for (const program of [[keeper, path.join(dist, 'host')], [path.join(dist, 'main.js')]]) {
      const { stdout, stderr, status } = run(process.execPath, [...program, ...command], options);
      if (status === 0 && JSON.parse(stdout).rules.length > 0) continue;
      throw new Error(`The host program's bundle does not start: exit ${status}\n${stdout}${stderr}`);
    }
  } finally {
    fs.rmSync(home, { recursive: true, force: true });
  }
}

try {
  await Promise.all([
    bundleHost(),
    bundleForContainer('src/sidecar/main.ts', 'sidecar/sidecar.cjs'),
    bundleForContainer('src/diagnose/probe/main.ts', 'sidecar/probe.cjs'),
    bundleForContainer('src/vm/main.ts', 'sidecar/vm.cjs'),
  ]);
  smokeRunSidecar();
  fs.rmSync(dist, { recursive: true, force: true });
  fs.renameSync(out, dist);
  smokeRunHost();
} finally {
  fs.rmSync(out, { recursive: true, force: true });
}
