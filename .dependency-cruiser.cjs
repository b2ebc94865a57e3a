// The boundaries of DESIGN §3 as rules. Every rule has a violation in test/unit/boundaries.test.ts that proves it still bites.
// A rule's `comment` says what to do instead: `npm run check` prints it beside the file.

/** Third-party package → the one file (a pattern) that may import it. An upgrade touches one file. */
const packageHomes = {
  dockerode: '^src/sandbox/docker-api\\.ts$',
  commander: '^src/cli/command-line\\.ts$',
  execa: '^src/config/host-command\\.ts$',
  yaml: '^src/config/yaml\\.ts$',
  'big.js': '^src/core/decimal\\.ts$',
  ora: '^src/cli/output\\.ts$',
  'tar-fs': '^src/sandbox/archive\\.ts$',
  'tar-stream': '^src/sandbox/archive\\.ts$',
  '@secretlint/secretlint-rule-preset-recommend': '^src/sandbox/secret-scan/key-rules\\.ts$',
  '@napi-rs/keyring': '^src/vault/providers/keyring\\.ts$',
  // Two programs' ends of a socket: the agent's and the upstream's, and the embedded exchange's.
  ws: '^src/(sidecar/websocket/endpoint|paper/sockets)\\.ts$',
  '@msgpack/msgpack': '^src/paper/alpaca/frames\\.ts$',
  'dns-packet': '^src/sidecar/dns-answer\\.ts$',
  '@bitauth/libauth': '^src/venues/hyperliquid/libsecp256k1\\.ts$',
};

/** Rooms of the host program: the sidecar's bundle and the pure rooms must not pull them in. */
const hostRooms = '^src/(cli|config|sandbox|vault|profiles|diagnose)/';

/** Node's own modules that do I/O (prefixes: `http` covers https and http2, `fs` fs/promises); a pure room takes values instead. */
const ioModules = '^(node:)?(net|tls|http|dgram|dns|fs|child_process|worker_threads|cluster)';

const escaped = (name) => name.replace(/[.]/g, '\\.');

const oneHomeRules = Object.entries(packageHomes).map(([name, home]) => ({
  name: `one-home-of-${name}`,
  comment: `import ${name} only in ${home.replace(/[\\^$]/g, '')}; call what that file exports`,
  severity: 'error',
  from: { path: '^src/', pathNot: home },
  to: { path: `(^|/)node_modules/(@types/)?${escaped(name)}/` },
}));

module.exports = {
  forbidden: [
    ...oneHomeRules,
    {
      name: 'no-cycles',
      comment: 'break the cycle: move what both need into a third file, usually the contract',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true },
    },
    {
      name: 'sidecar-is-alone',
      comment: 'the sidecar runs in another container: pass the value in src/sidecar/settings.ts instead',
      severity: 'error',
      from: { path: '^src/sidecar/' },
      to: { path: hostRooms },
    },
    {
      name: 'core-imports-nothing',
      comment: 'core/ is the vocabulary of all rooms: move the code to the room that needs it',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: '^src/', pathNot: '^src/core/' },
    },
    {
      name: 'guard-not-venues',
      comment: 'rules read an OrderIntent (src/core/order.ts), never a venue',
      severity: 'error',
      from: { path: '^src/guard/' },
      to: { path: '^src/venues/' },
    },
    {
      name: 'venues-not-guard',
      comment: 'a venue builds an OrderIntent (src/core/order.ts) and knows no rule',
      severity: 'error',
      from: { path: '^src/venues/' },
      to: { path: '^src/guard/' },
    },
    {
      name: 'venues-guard-see-core-only',
      comment: 'venues/ and guard/ are pure leaves: of our code they import core/ and their own room only',
      severity: 'error',
      from: { path: '^src/(venues|guard)/' },
      to: { path: '^src/', pathNot: '^src/(core|venues|guard)/' },
    },
    {
      name: 'decisions-are-pure',
      comment:
        'no sockets, files or processes in a decision: take the value as an argument, do the I/O at the rim',
      severity: 'error',
      from: {
        path: '^src/(venues|guard|core)/|^src/sidecar/(pipeline\\.ts$|pipeline/|stages?\\.ts$|stages/)',
        // Asks node:net what a text is; opens nothing.
        pathNot: '^src/core/address\\.ts$',
      },
      to: { dependencyTypes: ['core'], path: ioModules },
    },
    {
      name: 'audit-paper-stand-alone',
      comment: 'audit/ and paper/ run in the sidecar: they take what they need as arguments',
      severity: 'error',
      from: { path: '^src/(audit|paper)/' },
      to: { path: `${hostRooms}|^src/sidecar/` },
    },
    {
      name: 'nobody-calls-the-cli',
      comment: 'cli/ is the composition root: rooms get what they need as arguments',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli/|main\\.ts$|launcher\\.ts$)' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'vault-is-not-looked-into',
      comment: 'only cli/ opens the vault and hands Secret values on',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(cli|vault)/' },
      to: { path: '^src/vault/' },
    },
    {
      name: 'no-tests-in-source',
      comment: 'src/ ships; test doubles and helpers stay in test/',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'declared-packages-only',
      comment: 'add the package to dependencies with `npm i -E`, with a reason in the commit',
      severity: 'error',
      // Bundled into the sidecar's one file, like everything under sidecar/.
      from: { path: '^src/', pathNot: '^src/(sidecar/|paper/sockets\\.ts$)' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'npm-optional', 'npm-peer'] },
    },
    {
      name: 'resolvable',
      comment: 'the import does not resolve: relative imports end in .js, packages must be installed',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: '(^|/)node_modules/' },
    tsPreCompilationDeps: true,
    moduleSystems: ['es6'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
