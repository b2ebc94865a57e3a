import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RegistryConfig } from '../../../src/config/config.js';
import type { RunHostCommand } from '../../../src/config/host-command.js';
import { resolveRegistries } from '../../../src/config/registries.js';
import { hostEnvironment, temporaryDir, writeFile } from '../../support/host-files.js';

const wish = (registry: RegistryConfig['registry']): RegistryConfig[] => [
  { registry, reason: 'packages', origin: 'tradebox.yaml:9' },
];

const printing =
  (answers: Record<string, string>): RunHostCommand =>
  async (argv) => {
    const stdout = answers[argv.join(' ')];
    return stdout === undefined ? { ok: false, reason: 'absent' } : { ok: true, stdout: Buffer.from(stdout) };
  };

test("npm's registry comes from npm, for reading alone", async () => {
  const dir = temporaryDir();
  const run = printing({ 'npm config get registry': 'https://packages.example.com:8443/npm/\n' });
  const capped = wish('npm').map((one) => ({ ...one, requestsPerMinute: 30 }));
  expect(await resolveRegistries(capped, hostEnvironment(dir), { run, aptDir: dir })).toEqual([
    {
      host: 'packages.example.com',
      ports: [8443],
      methods: ['GET', 'HEAD'],
      paths: ['/**'],
      maxBodyBytes: 0,
      requestsPerMinute: 30,
      reason: 'packages',
      origin: 'tradebox.yaml:9',
    },
  ]);
});

test("pip's index comes from its variable, its module or itself", async () => {
  const dir = temporaryDir();
  const hosts = async (variables: Record<string, string>, answers: Record<string, string>) =>
    (
      await resolveRegistries(wish('pypi'), hostEnvironment(dir, variables), {
        run: printing(answers),
        aptDir: dir,
      })
    ).map(({ host }) => host);
  const asModule = 'python3 -m pip config get global.index-url';
  expect(await hosts({ PIP_INDEX_URL: 'https://one.example.com/simple' }, {})).toEqual(['one.example.com']);
  expect(await hosts({}, { [asModule]: 'https://user:pw@two.example.com/simple\n' })).toEqual([
    'two.example.com',
  ]);
  expect(await hosts({}, { 'pip config get global.index-url': 'https://three.example.com/\n' })).toEqual([
    'three.example.com',
  ]);
});

test("apt's sources are read in both styles, without the commented and the unencrypted ones", async () => {
  const dir = temporaryDir();
  writeFile(
    join(dir, 'sources.list'),
    '# deb https://old.example.com x main\ndeb [arch=amd64] https://a.example.com/debian stable main\ndeb http://plain.example.com/debian stable main\n',
  );
  writeFile(
    join(dir, 'sources.list.d', 'b.sources'),
    'Types: deb\nURIs: https://b.example.com/d https://a.example.com/x\n',
  );
  writeFile(join(dir, 'sources.list.d', 'c.save'), 'deb https://c.example.com/ x main\n');
  const rules = await resolveRegistries(wish('debian'), hostEnvironment(dir), {
    run: printing({}),
    aptDir: dir,
  });
  expect(rules.map(({ host }) => host)).toEqual(['a.example.com', 'b.example.com']);
});

test.each([
  ['the client is not there', {}],
  ['it names nothing', { 'npm config get registry': 'undefined\n' }],
  ['it has no TLS', { 'npm config get registry': 'http://packages.example.com/\n' }],
  ['it is an address', { 'npm config get registry': 'https://10.1.2.3/\n' }],
  ["it is a venue's host", { 'npm config get registry': 'https://www.okx.com/\n' }],
])('refuses when %s', async (_what, answers: Record<string, string>) => {
  const dir = temporaryDir();
  await expect(
    resolveRegistries(wish('npm'), hostEnvironment(dir), { run: printing(answers), aptDir: dir }),
  ).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('tradebox.yaml:9') });
});
