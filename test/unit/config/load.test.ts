import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { credentialRules, pinRules } from '../../../src/config/config.js';
import { configPlaces, type LoadOptions, loadConfig } from '../../../src/config/load.js';
import { resolvePaths } from '../../../src/config/paths.js';
import { TradeboxError } from '../../../src/core/errors.js';
import { hostEnvironment, temporaryDir, thrownBy, writeFile } from '../../support/host-files.js';

interface Ground {
  dir: string;
  project: string;
  workdir: string;
  userFile: string;
  load(options?: Partial<LoadOptions>): ReturnType<typeof loadConfig>;
  error(options?: Partial<LoadOptions>): TradeboxError;
}

function ground(): Ground {
  const dir = temporaryDir();
  const env = hostEnvironment(dir);
  const project = join(dir, 'project');
  const workdir = join(project, 'strategy');
  mkdirSync(workdir, { recursive: true });
  const load = (options: Partial<LoadOptions> = {}) =>
    loadConfig(env, { cwd: dir, workdir, isTrusted: () => true, ...options });
  return {
    dir,
    project,
    workdir,
    userFile: resolvePaths(env).configFile,
    load,
    error: (options) => {
      const thrown = thrownBy(() => load(options));
      expect(thrown).toBeInstanceOf(TradeboxError);
      return thrown as TradeboxError;
    },
  };
}

const account = `accounts:
  okx-main:
    venue: okx
    environment: demo
    credentials: { apiKey: "vault:okx-main/apiKey", secretKey: "vault:okx-main/secretKey", passphrase: "env:OKX_P" }
`;

test('without a file, everything has its default and nothing is open', () => {
  const config = ground().load();
  expect(config).toEqual({
    files: [],
    mode: 'readonly',
    accounts: [],
    credentials: [],
    hosts: [],
    registries: [],
    pins: [],
    regime: undefined,
    canary: undefined,
    taint: {},
    limits: { memoryMb: 4096, cpus: 2, pids: 512 },
    workdir: {
      writable: [],
      unsearched: [],
      snapshots: { keep: 10, maxMb: 1024, exclude: ['node_modules', '.venv', '__pycache__'] },
    },
  });
});

test("reads the whole schema of the project's file, every entry with its origin", () => {
  const { load, project, userFile } = ground();
  // Accounts stand in a file without other hosts.
  writeFile(userFile, `version: 1\n${account}`);
  writeFile(join(project, 'ca.pem'), '-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n');
  writeFile(
    join(project, 'tradebox.yaml'),
    `version: 1
mode: demo
credentials:
  anthropic: { hosts: [api.anthropic.com], header: x-api-key, value: "vault:anthropic", env: [ANTHROPIC_API_KEY], llm: true }
  news: { hosts: [n.example.com], basic: { username: me }, value: "file:key" }
  openai: { hosts: [api.openai.com], bearer: true, value: "vault:openai" }
hosts:
  - { host: news.example.com, paths: ["/rss/**"], reason: "news feed" }
  - { registry: npm, reason: "packages" }
pins:
  - { host: llm.example.test, address: 192.168.1.10, port: 8443, ca: ./ca.pem, llm: true, reason: "local model" }
limits: { memoryMb: 2048 }
`,
  );
  const config = load();
  expect(config.mode).toBe('demo');
  expect(config.accounts[0]).toMatchObject({
    id: 'okx-main',
    environment: 'demo',
    origin: '~/tradebox/config/tradebox.yaml:3',
  });
  expect(config.accounts[0]?.venue.id).toBe('okx');
  expect(config.accounts[0]?.credentials.passphrase).toEqual({
    source: { scheme: 'env', name: 'OKX_P' },
    baseDir: dirname(userFile),
    origin: '~/tradebox/config/tradebox.yaml:6',
  });
  expect(config.credentials.map(({ id, placement, isLlm }) => ({ id, placement, isLlm }))).toEqual([
    { id: 'anthropic', placement: { in: 'header', name: 'x-api-key', prefix: '' }, isLlm: true },
    { id: 'news', placement: { in: 'basic', username: 'me' }, isLlm: false },
    { id: 'openai', placement: { in: 'header', name: 'authorization', prefix: 'Bearer ' }, isLlm: false },
  ]);
  expect(config.hosts).toEqual([
    {
      host: 'news.example.com',
      ports: [443],
      methods: ['GET', 'HEAD'],
      paths: ['/rss/**'],
      reason: 'news feed',
      origin: '~/project/tradebox.yaml:8',
    },
  ]);
  expect(config.registries).toEqual([
    { registry: 'npm', reason: 'packages', origin: '~/project/tradebox.yaml:9' },
  ]);
  expect(config.pins[0]).toMatchObject({
    address: '192.168.1.10',
    port: 8443,
    isLlm: true,
    origin: '~/project/tradebox.yaml:11',
  });
  expect(config.pins[0]?.ca).toContain('BEGIN CERTIFICATE');
  expect(config.limits).toEqual({ memoryMb: 2048, cpus: 2, pids: 512 });
  expect(pinRules(config.pins)[0]?.ports).toEqual([443, 8443]);
  expect(credentialRules(config.credentials[0]!)[0]).toMatchObject({
    host: 'api.anthropic.com',
    ports: [443],
  });
});

test("merges: the project's entries over the user's by id, lists add up, the project's mode and limits win", () => {
  const { load, project, userFile } = ground();
  writeFile(
    userFile,
    `version: 1
mode: demo
credentials:
  a: { hosts: [a.example.com], bearer: true, value: "vault:user" }
  b: { hosts: [b.example.com], bearer: true, value: "vault:user" }
hosts: [{ host: one.example.com, reason: "user's" }]
limits: { memoryMb: 1000, pids: 100 }
`,
  );
  writeFile(
    join(project, 'tradebox.yaml'),
    `version: 1
mode: readonly
credentials:
  a: { hosts: [a.example.com], bearer: true, value: "vault:project" }
hosts: [{ host: two.example.com, reason: "project's" }]
limits: { pids: 200 }
`,
  );
  const config = load();
  expect(config.files).toEqual([userFile, join(project, 'tradebox.yaml')]);
  expect(config.mode).toBe('readonly');
  expect(config.credentials.map(({ id, value }) => [id, value.source])).toEqual([
    ['a', { scheme: 'vault', name: 'project' }],
    ['b', { scheme: 'vault', name: 'user' }],
  ]);
  expect(config.hosts.map(({ host }) => host)).toEqual(['one.example.com', 'two.example.com']);
  expect(config.limits).toEqual({ memoryMb: 1000, cpus: 2, pids: 200 });
});

test('--config is read alone', () => {
  const { load, dir, userFile, project } = ground();
  writeFile(userFile, 'version: 1\nmode: demo\n');
  writeFile(join(project, 'tradebox.yaml'), 'version: 1\nmode: demo\n');
  const named = writeFile(join(dir, 'other', 'my.yaml'), 'version: 1\n');
  expect(load({ configFile: 'other/my.yaml' })).toMatchObject({ files: [named], mode: 'readonly' });
});

test('--config that does not exist is an error, not an empty configuration', () => {
  expect(ground().error({ configFile: 'none.yaml' }).code).toBe('CONFIG_NOT_FOUND');
});

test("without a working directory only the user's file is read", () => {
  const { load, project, userFile } = ground();
  writeFile(userFile, 'version: 1\n');
  writeFile(join(project, 'tradebox.yaml'), 'version: 1\nmode: demo\n');
  expect(load({ workdir: undefined, cwd: project }).files).toEqual([userFile]);
});

test('S9: a tradebox.yaml inside the working directory is refused', () => {
  const { error, workdir } = ground();
  writeFile(join(workdir, 'tradebox.yaml'), 'version: 1\nmode: demo\n');
  expect(error().message).toContain('inside the working directory');
});

test('S9: neither a link nor --config leads into the working directory', () => {
  const { error, workdir, project } = ground();
  const planted = writeFile(join(workdir, 'conf', 'evil.yaml'), 'version: 1\nmode: demo\n');
  expect(error({ configFile: planted }).message).toContain('S9');
  symlinkSync(planted, join(project, 'tradebox.yaml'));
  expect(error().message).toContain('S9');
});

test('a file that others can change is refused with the command that mends it', () => {
  const { error, project, userFile } = ground();
  const file = writeFile(join(project, 'tradebox.yaml'), 'version: 1\n');
  chmodSync(file, 0o646);
  expect(error()).toMatchObject({ code: 'CONFIG_MODE_LOOSE', remedy: `Run: chmod go-w ${file}` });
  chmodSync(file, 0o600);
  writeFile(userFile, 'version: 1\n');
  chmodSync(userFile, 0o644);
  expect(error()).toMatchObject({ code: 'CONFIG_MODE_LOOSE', remedy: `Run: chmod 600 ${userFile}` });
});

test('ids of accounts and credentials must differ, also across files', () => {
  const { error, project, userFile } = ground();
  const credential =
    'credentials: { okx-main: { hosts: [a.example.com], bearer: true, value: "vault:a", llm: true } }\n';
  writeFile(join(project, 'tradebox.yaml'), `version: 1\n${account}${credential}`);
  expect(error().message).toContain('an account has this id already');
  writeFile(join(project, 'tradebox.yaml'), `version: 1\n${account}`);
  writeFile(userFile, `version: 1\n${credential}`);
  expect(error().message).toContain("is an account's id in another file");
});

test('a host is pinned once', () => {
  const { error, project } = ground();
  writeFile(
    join(project, 'tradebox.yaml'),
    'version: 1\npins:\n  - { host: a.example.com, address: 10.0.0.1, reason: "mine" }\n  - { host: a.example.com, address: 10.0.0.2, reason: "mine" }\n',
  );
  expect(error().message).toContain('pinned twice');
});

test('S5: a file from elsewhere counts only once it is approved as it is; the user’s own needs no approval', () => {
  const { load, error, project, dir, userFile } = ground();
  writeFile(userFile, 'version: 1\nmode: demo\n');
  expect(load({ isTrusted: () => false }).mode).toBe('demo');
  const file = writeFile(
    join(project, 'tradebox.yaml'),
    'version: 1\ncredentials:\n  a: { hosts: [evil.example.com], bearer: true, value: "vault:anthropic" }\n',
  );
  for (const isTrusted of [undefined, () => false]) {
    const refused = error({ isTrusted });
    expect([refused.code, refused.exitCode]).toEqual(['CONFIG_UNTRUSTED', 2]);
    expect(refused.remedy).toContain(`tradebox trust ${file}`);
  }
  expect(error({ configFile: file, isTrusted: () => false }).code).toBe('CONFIG_UNTRUSTED');
  const asked: string[] = [];
  const isTrusted: LoadOptions['isTrusted'] = ({ path, role, digest }) => {
    asked.push(`${role} ${path} ${digest.length}`);
    return true;
  };
  load({ isTrusted });
  load({ isTrusted, configFile: file, cwd: dir });
  expect(asked).toEqual([`project ${file} 64`, `named ${file} 64`]);
});

test('what is approved covers the certificates that a file names', () => {
  const { load, project } = ground();
  const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
  writeFile(join(project, 'ca.pem'), pem('MII='));
  writeFile(
    join(project, 'tradebox.yaml'),
    'version: 1\npins: [{ host: llm.example.test, address: 192.168.1.10, ca: ca.pem, reason: "local" }]\n',
  );
  const digests: string[] = [];
  const isTrusted: LoadOptions['isTrusted'] = ({ digest }) => digests.push(digest) > 0;
  load({ isTrusted });
  load({ isTrusted });
  writeFile(join(project, 'ca.pem'), pem('MIX='));
  load({ isTrusted });
  expect(digests[0]).toBe(digests[1]);
  expect(digests[2]).not.toBe(digests[1]);
});

test('waits and limits of orders come from both files, member by member', () => {
  const { load, project, userFile } = ground();
  const user = '{ approval: { holdMs: 1000 }, reflexes: { ordersPerHour: 5, duplicateMs: 1 } }';
  writeFile(userFile, `version: 1\norders: ${user}\n`);
  writeFile(join(project, 'tradebox.yaml'), 'version: 1\norders: { reflexes: { ordersPerHour: 9 } }\n');
  expect(load().orders).toEqual({
    approval: { holdMs: 1000 },
    reflexes: { ordersPerHour: 9, duplicateMs: 1 },
  });
});

test("receivers of alerts come from the user's own file, their address from a source; a project names none", () => {
  const { load, project, userFile } = ground();
  writeFile(
    userFile,
    'version: 1\nalerts:\n  - { kind: slack, url: "vault:slack/hook", on: [held, stopped], largeNotional: "5000" }\n',
  );
  expect(load().alerts).toMatchObject([
    {
      kind: 'slack',
      on: ['held', 'stopped'],
      largeNotional: '5000',
      url: { source: { name: 'slack/hook' } },
    },
  ]);
  writeFile(join(project, 'tradebox.yaml'), 'version: 1\nalerts: [{ kind: json, url: "env:HOOK" }]\n');
  expect(() => load()).toThrow(/alerts stand only in your own configuration file/);
  writeFile(userFile, 'version: 1\nalerts: [{ kind: json, url: "https://hooks.test/token" }]\n');
  expect(() => load()).toThrow(/must say where the secret is/);
});

test('the strictest demand on a live box counts, whichever file makes it', () => {
  const { load, project, userFile } = ground();
  writeFile(userFile, 'version: 1\nlive: { isolation: gvisor }\n');
  expect(load().liveIsolation).toBe('gvisor');
  writeFile(join(project, 'tradebox.yaml'), 'version: 1\nlive: { isolation: container }\n');
  expect(load().liveIsolation).toBe('gvisor');
  writeFile(join(project, 'tradebox.yaml'), 'version: 1\nlive: { isolation: vm }\n');
  expect(load().liveIsolation).toBe('vm');
});

test('where configuration is read from is known before there is a file', () => {
  const dir = temporaryDir();
  const env = hostEnvironment(dir);
  const cwd = join(dir, 'project');
  mkdirSync(join(cwd, 'strategy'), { recursive: true });
  expect(configPlaces(env, { cwd, workdir: 'strategy' })).toEqual([
    resolvePaths(env).configFile,
    join(cwd, 'tradebox.yaml'),
  ]);
  expect(configPlaces(env, { cwd, workdir: 'strategy', configFile: 'a.yaml' })).toEqual([
    join(cwd, 'a.yaml'),
  ]);
});
