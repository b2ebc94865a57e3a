// What a lock file opens: each case is an address as npm writes it, or as somebody would who wants more open than packages.
import { expect, test } from 'vitest';
import { lockFileNames, readLockFile } from '../../../src/config/lock-file.js';
import { lockFiles } from '../../../src/sandbox/shield/hot-paths.js';

const registry = new URL('https://packages.test/');
const standard = new URL('https://npm.test/');
const integrity = `sha512-${Buffer.alloc(64, 7).toString('base64')}`;
const entry = (more: object = {}) => ({
  version: '1.2.3',
  resolved: 'https://npm.test/a/-/a-1.2.3.tgz',
  integrity,
  ...more,
});
const read = (packages: Record<string, object>, at = registry) =>
  readLockFile(JSON.stringify({ lockfileVersion: 3, packages }), { registry: at, standard });

test('every file that is read is one that a trade box holds read-only', () => {
  for (const name of lockFileNames) expect(lockFiles.map(({ path }) => path)).toContain(name);
});

test('tarballs of the registry are opened at the configured host, each once, whatever their depth and scope', () => {
  const scoped = entry({ resolved: 'https://packages.test/@s/b/-/b-1.2.3.tgz' });
  expect(
    read({
      '': { version: '1.0.0' },
      'node_modules/a': entry(),
      'node_modules/x/node_modules/a': entry(),
      'node_modules/@s/b': scoped,
      'node_modules/other-name': { ...scoped, name: '@s/b' },
      'node_modules/c': entry({
        version: '2.0.0-rc.1',
        resolved: 'https://npm.test/c/-/c-2.0.0-rc.1.tgz',
        integrity: 'sha1-9fyd5Vy2zJX0NvZhLHmxH1DqEQQ=',
      }),
    }),
  ).toEqual({ tarballs: ['/@s/b/-/b-1.2.3.tgz', '/a/-/a-1.2.3.tgz', '/c/-/c-2.0.0-rc.1.tgz'], left: [] });
});

// npm 11.19.1, @npmcli/arborist reify.js: the registry's path goes before the one of npm's own default, but not twice.
test.each([
  ['https://npm.test/a/-/a-1.2.3.tgz', '/npm/mirror/a/-/a-1.2.3.tgz'],
  ['https://npm.test/npm/mirror/a/-/a-1.2.3.tgz', '/npm/mirror/a/-/a-1.2.3.tgz'],
  ['https://packages.test/npm/mirror/a/-/a-1.2.3.tgz', '/npm/mirror/a/-/a-1.2.3.tgz'],
  ['https://packages.test/a/-/a-1.2.3.tgz', undefined],
])('of a registry below a path %s is %s', (resolved, path) => {
  const { tarballs } = read(
    { 'node_modules/a': entry({ resolved }) },
    new URL('https://packages.test/npm/mirror/'),
  );
  expect(tarballs).toEqual(path === undefined ? [] : [path]);
});

test('the project, its workspaces, links and what comes inside of another tarball are nothing to fetch', () => {
  const packages = {
    '': { version: '1.0.0' },
    'packages/own': { version: '1.0.0' },
    'node_modules/own': { resolved: 'packages/own', link: true },
    'node_modules/a/node_modules/b': { version: '1.0.0', inBundle: true },
  };
  expect(read(packages)).toEqual({ tarballs: [], left: [] });
});

const address = (resolved: string): [object, string] => [
  { resolved },
  'not at the usual place of its name and version',
];

test.each<[object, string]>([
  [{ resolved: undefined }, 'no address'],
  [{ integrity: undefined }, 'no integrity'],
  [{ integrity: 'md5-AAAA' }, 'no integrity'],
  [{ integrity: '' }, 'no integrity'],
  [{ resolved: 'http://npm.test/a/-/a-1.2.3.tgz' }, 'not from a registry over TLS'],
  [{ resolved: 'git+ssh://git@code.test/a.git#0123456' }, 'not from a registry over TLS'],
  [{ resolved: 'file:../a-1.2.3.tgz' }, 'not from a registry over TLS'],
  [{ resolved: 'https://code.test/a/-/a-1.2.3.tgz' }, 'from another host'],
  [{ resolved: 'https://npm.test:8443/a/-/a-1.2.3.tgz' }, 'from another host'],
  [{ resolved: 'https://npm.test.evil.test/a/-/a-1.2.3.tgz' }, 'from another host'],
  // No packument, no search, nothing that the agent could have had written into an address.
  ...[
    'https://npm.test/a',
    'https://npm.test/-/v1/search',
    'https://npm.test/a/-/a-1.2.4.tgz',
    'https://npm.test/b/-/b-1.2.3.tgz',
    'https://npm.test/a/-/a-1.2.3.tgz?k=v',
    'https://npm.test/a/-/a-1.2.3.tgz#k',
    'https://user:pw@npm.test/a/-/a-1.2.3.tgz',
    'https://npm.test/x/a/-/a-1.2.3.tgz',
    'https://npm.test/%61/-/a-1.2.3.tgz',
  ].map(address),
  [{ version: '1.2.3+x', resolved: 'https://npm.test/a/-/a-1.2.3+x.tgz' }, 'an unusual name or version'],
  [{ version: undefined }, 'an unusual name or version'],
  [{ name: '..', resolved: 'https://npm.test/../-/..-1.2.3.tgz' }, 'an unusual name or version'],
  [{ name: 'a/b', resolved: 'https://npm.test/a/b/-/b-1.2.3.tgz' }, 'an unusual name or version'],
  [{ name: 'a?b', resolved: 'https://npm.test/a?b/-/a?b-1.2.3.tgz' }, 'an unusual name or version'],
])('%j stays closed: %s', (more, reason) => {
  const { tarballs, left } = read({ 'node_modules/a': entry(more) });
  expect(tarballs).toEqual([]);
  expect(left).toEqual([{ package: 'node_modules/a', reason: expect.stringMatching(reason) }]);
});

test.each([
  ['{', 'is not JSON'],
  ['[]', 'is not a lock file of npm'],
  ['{"lockfileVersion":1,"dependencies":{}}', 'is not of lockfileVersion 2 or 3'],
  ['{"lockfileVersion":3}', 'is not a lock file of npm'],
  ['{"lockfileVersion":3,"packages":{"node_modules/a":{"version":1}}}', 'is not a lock file of npm'],
])('%s %s', (text, problem) => {
  expect(() => readLockFile(text, { registry, standard })).toThrow(problem);
});

test('thousands of packages fit; more than a running sidecar could be told are refused', () => {
  const many = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => {
        const name = `package-number-${at}`;
        return [`node_modules/${name}`, entry({ resolved: `https://npm.test/${name}/-/${name}-1.2.3.tgz` })];
      }),
    );
  expect(read(many(5_000)).tarballs).toHaveLength(5_000);
  expect(() => read(many(20_000))).toThrow('more packages than can be opened');
});
