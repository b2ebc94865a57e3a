// Bundles the host program and the programs that run in containers, and proves that they start. Types are `npm run check`'s business.
import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { startFakeEngine } from './lib/fake-engine.mjs';

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

/** Members that a sidecar's Node has and the one that builds may lack: Node 20 knows no zstd. */
const ofNewerNode = { 'node:zlib': ['createZstdDecompress'] };

/**
 * Modules of Node that cost milliseconds to load and that most runs never use, or that no snapshot can hold: loaded when one of
 * their members is. (Node's own http2 takes as long as all of our settings; commander takes child_process along.)
 */
function whenUsed(...modules) {
  return {
    name: 'when-used',
    setup(bundle) {
      bundle.onResolve({ filter: /^(node:)?[a-z0-9_]+$/ }, ({ path: name, namespace }) => {
        const full = name.startsWith('node:') ? name : `node:${name}`; // packages still write `http`
        return namespace !== 'when-used' && modules.includes(full)
          ? { path: full, namespace: 'when-used' }
          : undefined;
      });
      bundle.onLoad({ filter: /.*/, namespace: 'when-used' }, ({ path: name }) => {
        const members = [...Object.keys(createRequire(import.meta.url)(name)), ...(ofNewerNode[name] ?? [])];
        return {
          contents: `for (const member of ${JSON.stringify(members)})
  Object.defineProperty(exports, member, { configurable: true, enumerable: true, get() {
    const value = require(${JSON.stringify(name)})[member];
    Object.defineProperty(exports, member, { value });
    return value;
  } });`,
        };
      });
    },
  };
}

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  charset: 'ascii', // a text of one-byte characters is read and compiled faster
  legalComments: 'none',
  logLevel: 'warning',
  minifySyntax: true,
  minifyWhitespace: true, // names stay: stacks must be readable
  plugins: [englishOnly, zodByName],
};

/**
 * What dockerode requires and tradebox never runs: BuildKit's session, and SSH, whose native code cannot be bundled (docker-api.ts
 * takes the whole package where an endpoint needs it). They were three quarters of its loading time. What signs for
 * Hyperliquid, a quarter of a megabyte: only the sidecar does. And the TLS library with which secretlint opens .p12 files, a megabyte.
 */
const withoutUnused = {
  name: 'without-unused',
  setup(bundle) {
    bundle.onResolve(
      { filter: /^(@grpc\/grpc-js|@grpc\/proto-loader|ssh2|@bitauth\/libauth\/.*)$/ },
      ({ path: name }) => ({
        path: name,
        namespace: 'unused',
      }),
    );
    bundle.onResolve({ filter: /^\.\/index-/ }, ({ path: name, importer, kind }) =>
      kind === 'dynamic-import' && importer.includes('secretlint-rule-preset-recommend')
        ? { path: name, namespace: 'unused' }
        : undefined,
    );
    bundle.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/**
 * Loaded file by file, the host program spends a quarter of a second on finding and compiling its modules. The bundle lies two
 * levels below the package, like its sources (package-root.ts); what a command imports when it runs is run only then, here too.
 */
async function bundleHost() {
  await build({
    ...common,
    entryPoints: ['src/main.ts'],
    outfile: path.join(out, 'host/host.cjs'),
    format: 'cjs',
    target: 'node20',
    plugins: [...common.plugins, withoutUnused, whenUsed('node:child_process', 'node:readline')],
    external: ['@napi-rs/keyring'], // native code, loaded when a source lies in the keyring
    supported: { 'dynamic-import': false }, // of Node's own modules: compiled code that was kept cannot import
    define: { 'import.meta.url': 'bundleUrl' },
    // A function of what a script of V8 lacks, written here: put around the text at each start, it would be copied.
    banner: {
      js: "(function (require, __filename) {\nconst bundleUrl = require('node:url').pathToFileURL(__filename).href;",
    },
    footer: { js: '})' },
  });
}

/** Of the commands only their names: what answers at once runs none of them. */
const withoutCommands = {
  name: 'without-commands',
  setup(bundle) {
    bundle.onResolve({ filter: /^\.\/commands\// }, ({ path: name }) => ({
      path: name,
      namespace: 'of-host',
    }));
    bundle.onLoad({ filter: /.*/, namespace: 'of-host' }, ({ path: name }) => ({
      contents: `throw new Error(${JSON.stringify(`${name} is in the other bundle`)});`,
    }));
  },
};

/** One small file: to read and compile it takes a millisecond. */
async function bundleLauncher() {
  await build({
    ...common,
    entryPoints: ['src/launcher.ts'],
    outfile: path.join(out, 'main.js'),
    format: 'cjs',
    target: 'node20',
    minify: true,
    plugins: [
      withoutCommands,
      whenUsed(
        'node:child_process',
        'node:crypto',
        'node:module',
        'node:net',
        'node:os',
        'node:tty',
        'node:vm',
      ),
    ],
    define: { 'import.meta.url': 'bundleUrl' },
    banner: {
      js: "#!/usr/bin/env node\nconst bundleUrl = require('node:url').pathToFileURL(__filename).href;",
    },
  });
  fs.chmodSync(path.join(out, 'main.js'), 0o755);
}

function addScript() {
  fs.writeFileSync(path.join(out, 'package.json'), '{ "type": "commonjs" }\n');
  fs.copyFileSync(path.join(root, 'scripts/lib/bundle-script.cjs'), path.join(out, 'host/script.cjs'));
}

/** What holds native objects from its loading on: the sidecar's snapshot has it loaded when the process runs. */
const outsideSnapshots = ['dgram', 'dns', 'http', 'http2', 'https', 'inspector', 'net', 'tls', 'zlib'];

/** CommonJS: as a module the bundle builds and then dies at start on a dynamic require. */
async function bundleForContainer(entry, file, lazy = ['node:http2']) {
  await build({
    ...common,
    entryPoints: [entry],
    outfile: path.join(out, file),
    target: 'node24',
    format: 'cjs',
    plugins: [...common.plugins, whenUsed(...lazy)],
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

/** The first run leaves V8's compiled code behind, the second must take it. */
async function smokeRunHost() {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'tradebox-smoke-'));
  const keeper = path.join(root, 'scripts/lib/keep-compiled-code.cjs');
  const engine = await startFakeEngine(path.join(home, 'engine.sock'));
  const environment = { ...process.env, TRADEBOX_HOME: home, DOCKER_HOST: engine.address };
  const options = { cwd: home, env: environment, timeout: 20_000 };
  const work = path.join(home, 'work');
  fs.mkdirSync(work);
  fs.mkdirSync(path.join(home, 'state'), { mode: 0o700 });
  const base = JSON.stringify({ version: 1, kind: 'packages', tag: 'tradebox/base:smoke' });
  fs.writeFileSync(path.join(home, 'state/base-image.json'), base, { mode: 0o600 });
  // A box is as good as made: what that runs is what a user waits for. No agent ends it.
  const warmUp = ['run', 'shell', work, '--paper', '--detach', '--name', 'warm-up'];
  const whole = path.join(dist, 'main.js');
  const alone = path.join(home, 'main.js'); // without the host's bundle
  fs.copyFileSync(whole, alone);
  const smokes = [
    {
      program: whole,
      command: ['policy', 'show', '--paper', '--profile', 'okx-cli', '--json'],
      isWell: (text) => JSON.parse(text).rules.length > 0,
    },
    { program: whole, command: ['ps', '--json'], isWell: (text) => JSON.parse(text).boxes.length === 1 },
    { program: alone, command: ['ps'], isWell: (text) => /^smoke +running +demo, paper/.test(text) },
    { program: alone, command: ['--help'], isWell: (text) => text.includes('tradebox run openclaw') },
  ];
  try {
    await runToEnd([keeper, path.join(dist, 'host/host.cjs'), ...warmUp], options);
    for (const { program, command, isWell } of smokes) {
      const { stdout, stderr, code } = await runToEnd([program, ...command], options);
      if (code === 0 && isWell(stdout)) continue;
      throw new Error(`\`tradebox ${command.join(' ')}\` does not run: exit ${code}\n${stdout}${stderr}`);
    }
  } finally {
    engine.close();
    fs.rmSync(home, { recursive: true, force: true });
  }
}

/** Beside the fake engine, which this process itself is. */
function runToEnd(args, options) {
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? error.signal), stdout, stderr });
    });
  });
}

try {
  await Promise.all([
    bundleHost(),
    bundleLauncher(),
    bundleForContainer(
      'src/sidecar/main.ts',
      'sidecar/sidecar.cjs',
      outsideSnapshots.map((name) => `node:${name}`),
    ),
    bundleForContainer('src/diagnose/probe/main.ts', 'sidecar/probe.cjs'),
    bundleForContainer('src/vm/main.ts', 'sidecar/vm.cjs'),
  ]);
  addScript();
  smokeRunSidecar();
  fs.rmSync(dist, { recursive: true, force: true });
  fs.renameSync(out, dist);
  await smokeRunHost();
} finally {
  fs.rmSync(out, { recursive: true, force: true });
}
