// What scripts/lib/tradebox-runsc makes read-only before it starts gVisor, and what it refuses to start: beside a runsc, a mount and an
// unshare that only tell how they were called. That the host's files stay whole is tried at the real thing, in test/security.
import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDir, writeFile } from '../support/host-files.js';

const wrapper = join(import.meta.dirname, '../../scripts/lib/tradebox-runsc');

interface Mount {
  destination: string;
  type?: string;
  source?: string;
  options?: unknown;
}

const readOnly = (source: string, ro = 'ro'): Mount => ({
  destination: '/run/x',
  type: 'bind',
  source,
  options: ['rbind', ro, 'rprivate'],
});
/** What stands beside in every bundle, none of it a read-only directory of the host. */
const others: Mount[] = [
  { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
  { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'ro'] },
  { destination: '/workspace', type: 'bind', source: '/host/ro', options: ['rbind', 'rprivate'] },
];
/** As Go writes it: without blanks, `<`, `>` and `&` escaped. */
const compact = (mounts: readonly Mount[]) =>
  JSON.stringify({
    ociVersion: '1.0.2',
    process: { args: ['ro'], env: ['A={"destination":"/a","type":"bind","source":"/b","options":["ro"]}'] },
    mounts: [...others, ...mounts],
  }).replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);

/** Calls the wrapper as the engine does; `calls` are those of the programs beside it, in order. */
function call(words: readonly string[], config?: string) {
  const dir = temporaryDir();
  const program = (name: string, then: string) =>
    chmodSync(writeFile(join(dir, name), `#!/bin/sh\necho "${name} $*" >>"${dir}/calls"\n${then}\n`), 0o755);
  program('runsc', 'true');
  program('mount', 'true');
  program('unshare', 'shift; exec "$@"');
  const own = join(dir, 'tradebox-runsc');
  copyFileSync(wrapper, own);
  chmodSync(own, 0o755);
  const bundle = join(dir, 'a bundle');
  writeFile(join(bundle, config === undefined ? 'other' : 'config.json'), config ?? '');
  const { status, stderr } = spawnSync(
    own,
    words.map((word) => word.replace('BUNDLE', bundle)),
    {
      cwd: bundle,
      env: { PATH: `${dir}:${process.env.PATH}` },
      encoding: 'utf8',
    },
  );
  const calls = existsSync(join(dir, 'calls'))
    ? readFileSync(join(dir, 'calls'), 'utf8').trim().split('\n')
    : [];
  const bound = calls.flatMap((line) => /^mount --rbind (.*)$/.exec(line)?.[1] ?? []);
  const sealed = calls.flatMap((line) => /^mount -o remount,bind,ro (.*)$/.exec(line)?.[1] ?? []);
  return { status, stderr, calls, bound, sealed, isStarted: calls.some((line) => line.startsWith('runsc ')) };
}

const create = ['--root', '/r', 'create', '--bundle', 'BUNDLE', 'id'];
const twice = (path: string) => `${path} ${path}`;

describe.skipIf(process.platform !== 'linux')('tradebox-runsc', () => {
  test.each([
    ['as the engine writes it', compact([readOnly('/host/a b'), readOnly('/host/<c>&')])],
    [
      'with line breaks',
      JSON.stringify(JSON.parse(compact([readOnly('/host/a b'), readOnly('/host/<c>&')])), null, 2),
    ],
    [
      'with tabs',
      JSON.stringify(JSON.parse(compact([readOnly('/host/a b'), readOnly('/host/<c>&')])), null, '\t'),
    ],
    ['"rro"', compact([readOnly('/host/a b', 'rro'), readOnly('/host/<c>&', 'rro')])],
  ])('seals each read-only directory of the host, and no other: %s', (_, config) => {
    const { status, bound, sealed, calls } = call(create, config);
    expect({ status, bound, sealed }).toEqual({
      status: 0,
      bound: [twice('/host/a b'), twice('/host/<c>&')],
      sealed: ['/host/a b', '/host/<c>&'],
    });
    expect(calls.at(-1)).toMatch(/^runsc --root \/r create --bundle .*\/a bundle id$/);
  });

  test('a mount without a type is one of the host where its options say so', () => {
    const untyped: Mount = { destination: '/x', source: '/host/a', options: ['bind', 'ro'] };
    expect(call(create, compact([untyped])).sealed).toEqual(['/host/a']);
  });

  test.each(['create', 'run', 'restore'])('%s without --bundle is of the working directory', (verb) => {
    const { sealed, isStarted } = call([verb, 'id'], compact([readOnly('/host/a')]));
    expect({ sealed, isStarted }).toEqual({ sealed: ['/host/a'], isStarted: true });
  });

  const { destination, type, source, options } = readOnly('/host/a');
  test.each([
    ['no config.json', undefined],
    ['an empty one', ''],
    ['members in another order', compact([{ options, destination, type, source } as Mount])],
    ['a member between', compact([{ destination, type, source, x: 1, options } as Mount])],
    ['an option that is no text', compact([{ destination, type, source, options: ['ro', 1] }])],
    ['options that are no list', compact([{ destination, type, source, options: 'ro' }])],
    ['a member in capitals', compact([readOnly('/host/a')]).replaceAll('"options"', '"Options"')],
    ['no source', compact([{ destination, type: 'bind', options }])],
    ['a source that is not absolute', compact([readOnly('a')])],
    ['a source with a quote', compact([readOnly('/host/a"b')])],
    ['a source with a backslash', compact([readOnly('/host/a\\b')])],
  ])('what it does not understand it does not start: %s', (_, config) => {
    const { status, stderr, isStarted } = call(create, config);
    expect({ status, isStarted }).toEqual({ status: 1, isStarted: false });
    expect(stderr).toContain('tradebox-runsc: ');
  });

  test('other verbs go to runsc as they are; start has its mounts from create', () => {
    expect(call(['--root', '/r', 'exec', 'id', 'run']).calls).toEqual(['runsc --root /r exec id run']);
    const { calls } = call(['start', 'id']);
    expect(calls.filter((line) => line.startsWith('mount '))).toHaveLength(1);
    expect(calls.at(-1)).toBe('runsc start id');
  });
});
