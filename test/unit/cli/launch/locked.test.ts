// A lock file on this machine → the one rule that it opens of the registry, or the reason why there is none.
import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  assertSameLock,
  describeLocked,
  type Locked,
  lockedPackages,
} from '../../../../src/cli/launch/locked.js';
import { rulesOf } from '../../../../src/cli/launch/rules.js';
import { type Config, defaultSnapshots, type RegistryConfig } from '../../../../src/config/config.js';
import { regimeOf } from '../../../../src/config/regime.js';
import { hostEnvironment, temporaryDir, writeFile } from '../../../support/host-files.js';

const integrity = `sha512-${Buffer.alloc(64, 7).toString('base64')}`;
const lock = (packages: Record<string, object> = {}) =>
  JSON.stringify({
    lockfileVersion: 3,
    packages: {
      'node_modules/a': { version: '1.0.0', resolved: 'https://npm.test/a/-/a-1.0.0.tgz', integrity },
      'node_modules/b': {
        version: '1.0.0',
        resolved: 'https://packages.test:8443/npm/b/-/b-1.0.0.tgz',
        integrity,
      },
      ...packages,
    },
  });
const wish: RegistryConfig = {
  registry: 'npm',
  lockFile: 'package-lock.json',
  reason: 'npm ci',
  origin: 't.yaml:4',
};
const answers: Record<string, string> = {
  'npm config get registry': 'https://me:token@packages.test:8443/npm/\n',
  'npm config list --long':
    '; "default" config\n\n; registry = "https://npm.test/" ; overridden by user\nregistry = "https://x.test/"\n',
};

interface Setting {
  text?: string | Buffer;
  registries?: RegistryConfig[];
  writable?: string[];
  asked?: Record<string, string>;
  make?(path: string): void;
}

function open({ text = lock(), registries = [wish], writable = [], asked = answers, make }: Setting = {}) {
  const dir = temporaryDir();
  const path = join(dir, 'work', 'package-lock.json');
  mkdirSync(join(dir, 'work'));
  if (make === undefined) writeFile(path, text);
  else make(path);
  const config: Pick<Config, 'registries' | 'workdir'> = {
    registries,
    workdir: { writable, unsearched: [], snapshots: defaultSnapshots },
  };
  return lockedPackages(config, join(dir, 'work'), hostEnvironment(dir), {
    run: async (argv) => {
      const stdout = asked[argv.join(' ')];
      return stdout === undefined
        ? { ok: false, reason: 'absent' }
        : { ok: true, stdout: Buffer.from(stdout) };
    },
    aptDir: dir,
  });
}

test('the rule opens by GET, at the configured registry, the paths that npm asks for, and nothing else', async () => {
  const locked = (await open()) as Locked;
  expect(locked.rule).toEqual({
    host: 'packages.test',
    ports: [8443],
    methods: ['GET'],
    paths: [],
    tarballs: ['/npm/a/-/a-1.0.0.tgz', '/npm/b/-/b-1.0.0.tgz'],
    maxBodyBytes: 0,
    reason: 'npm ci',
    origin: 't.yaml:4',
  });
  expect(locked.sha256).toBe(createHash('sha256').update(lock()).digest('hex'));
  // S2: what stands before the host of the address stays on this machine.
  expect(locked.environment).toMatchObject({
    npm_config_registry: 'https://packages.test:8443/npm/',
    npm_config_audit: 'false',
  });
  expect(describeLocked(locked)).toBe('package-lock.json opens 2 tarballs');
  const box = { written: 'trade' as const, accounts: [], models: [] };
  expect(regimeOf({ ...box, rules: [locked.rule] })).toBe('trade');
  for (const more of [
    { methods: ['GET', 'POST'] },
    { paths: ['/**'] },
    { maxBodyBytes: undefined },
    { host: '*.packages.test' },
  ])
    expect(() => regimeOf({ ...box, rules: [{ ...locked.rule, ...more }] }), JSON.stringify(more)).toThrow(
      /is not opened to a box of regime: trade/,
    );
  expect(() => regimeOf({ ...box, written: undefined, rules: [locked.rule] })).toThrow(
    /^t\.yaml:4: "lockFile" is for boxes of regime: trade/,
  );
});

test('what of the file stays closed is told', async () => {
  const git = { version: '1.0.0', resolved: 'git+ssh://git@code.test/c.git#0123456' };
  const places = Array.from({ length: 7 }, (_, at) => `node_modules/c${at}`);
  const locked = (await open({
    text: lock(Object.fromEntries(places.map((place) => [place, git]))),
  })) as Locked;
  expect(locked.left).toHaveLength(7);
  expect(describeLocked(locked)).toMatch(
    /^package-lock\.json opens 2 tarballs; not opened: node_modules\/c0 \(not from a registry over TLS\), .* and 2 more$/,
  );
});

test('without an entry no file is read and no client asked; where npm tells no default only the registry’s own host counts', async () => {
  expect(await open({ registries: [], asked: {} })).toBeUndefined();
  expect(await open({ registries: [{ ...wish, lockFile: undefined }], asked: {} })).toBeUndefined();
  const locked = await open({ asked: { 'npm config get registry': 'https://packages.test:8443/npm/\n' } });
  expect(locked?.rule.tarballs).toEqual(['/npm/b/-/b-1.0.0.tgz']);
  expect(locked?.left).toMatchObject([{ package: 'node_modules/a', reason: 'from another host' }]);
});

test.each<[string, Setting, RegExp]>([
  ['left to the agent', { writable: ['package-lock.json'] }, /package-lock\.json is left to the agent/],
  [
    'named twice',
    { registries: [wish, { ...wish, origin: 'u.yaml:7' }] },
    /u\.yaml:7 names a lock file as well/,
  ],
  ['missing', { make: () => {} }, /package-lock\.json is missing/],
  ['a link', { make: (path) => symlinkSync('/etc/hostname', path) }, /is no plain file.*ELOOP/],
  ['a directory', { make: (path) => mkdirSync(path) }, /is no plain file/],
  ['too large', { text: Buffer.alloc(16 * 1024 * 1024 + 1, 32) }, /is no plain file of at most 16 MB/],
  ['of another kind', { text: 'lockfileVersion: 9\n' }, /package-lock\.json is not JSON/],
  ['without a registry', { asked: {} }, /npm names no registry/],
  [
    'at one without TLS',
    { asked: { 'npm config get registry': 'http://packages.test/\n' } },
    /no registry with TLS/,
  ],
])('a file that is %s is refused with the place of its entry', async (_what, setting, message) => {
  await expect(open(setting)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(/^t\.yaml:4: /),
  });
  await expect(open(setting)).rejects.toThrow(message);
});

test('S4: an entry with a lock file never opens the whole registry, even where nobody has read the file', async () => {
  const config: Config = {
    files: [],
    mode: 'readonly',
    regime: 'trade',
    accounts: [],
    credentials: [],
    hosts: [],
    registries: [wish],
    pins: [],
    workdir: { writable: [], unsearched: [], snapshots: defaultSnapshots },
    limits: { memoryMb: 1024, cpus: 1, pids: 64 },
  };
  const context = { env: hostEnvironment(temporaryDir()) };
  const rules = await rulesOf(context, { paper: false }, { hosts: [] }, config, {
    accounts: [],
    credentials: [],
  });
  expect(rules.map(({ host }) => host)).toEqual(['echo.tradebox.internal']);
});

test('a running box keeps the file that it began with', async () => {
  const locked = (await open()) as Locked;
  assertSameLock('lab', locked.sha256, locked);
  assertSameLock('lab', locked.sha256, undefined);
  expect(() => assertSameLock('lab', undefined, locked)).toThrow(/lab began without package-lock\.json/);
  expect(() => assertSameLock('lab', 'another', locked)).toThrow(/lab began with another package-lock\.json/);
});

// The shield refuses it, too, before the agent's first instruction (shield.test.ts).
test('a second name of the file changes nothing of what is opened', async () => {
  const twin = join(temporaryDir(), 'twin');
  writeFile(twin, lock());
  expect((await open({ make: (path) => linkSync(twin, path) }))?.rule.tarballs).toHaveLength(2);
});
