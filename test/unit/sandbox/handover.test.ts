import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensurePrivateDir } from '../../../src/config/private-files.js';
import { boxPaths } from '../../../src/sandbox/box-paths.js';
import {
  discardHandover,
  handOverCertificate,
  hasHandover,
  outlivesTruncation,
  prepareHandover,
  raiseFlag,
} from '../../../src/sandbox/handover.js';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'tradebox-handover-'));
  chmodSync(state, 0o700);
  ensurePrivateDir(boxPaths(state, 'demo').dir);
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

const handoverOf = (mounts: readonly { source: string }[]) => mounts[0]?.source ?? '';

test('it is mounted read-only where the gate looks', () => {
  const { handover } = boxPaths(state, 'demo');
  expect(prepareHandover(state, 'demo')).toEqual([
    { source: handover, target: '/run/tradebox', isReadOnly: true },
  ]);
  expect(statSync(handover).mode & 0o777).toBe(0o755);
});

test('S3: a resolv.conf of its own lies where the system looks, read-only, whatever the umask', () => {
  const umask = process.umask(0o077);
  try {
    const [, mount] = prepareHandover(state, 'demo', 'nameserver 10.1.2.2\n');
    expect(mount).toMatchObject({ target: '/etc/resolv.conf', isReadOnly: true });
    const { source } = mount ?? { source: '' };
    expect(readFileSync(source, 'utf8')).toBe('nameserver 10.1.2.2\n');
    expect(statSync(source).mode & 0o777).toBe(0o644);
  } finally {
    process.umask(umask);
  }
});

test('S11: the flag of an older box opens no gate', () => {
  const source = handoverOf(prepareHandover(state, 'demo'));
  handOverCertificate(state, 'demo', 'OLD');
  raiseFlag(state, 'demo');
  expect(readdirSync(source).sort()).toEqual(['ca.pem', 'cacerts', 'ready']);
  prepareHandover(state, 'demo');
  expect(readdirSync(source)).toEqual([]);
});

test('whatever the umask, the agent can read it, and a new certificate takes the place of the old one whole', () => {
  const umask = process.umask(0o077);
  try {
    const source = handoverOf(prepareHandover(state, 'demo'));
    handOverCertificate(state, 'demo', 'ONE');
    const first = statSync(join(source, 'ca.pem'));
    handOverCertificate(state, 'demo', 'TWO');
    const second = statSync(join(source, 'ca.pem'));
    expect(readFileSync(join(source, 'ca.pem'), 'utf8')).toBe('TWO');
    expect(second.mode & 0o777).toBe(0o644);
    expect(second.ino).not.toBe(first.ino);
    expect(readdirSync(source).sort()).toEqual(['ca.pem', 'cacerts']);
    expect(statSync(join(source, 'cacerts')).mode & 0o777).toBe(0o644);
  } finally {
    process.umask(umask);
  }
});

test('it goes with its box, also when it was never there', () => {
  prepareHandover(state, 'demo');
  expect(hasHandover(state, 'demo')).toBe(true);
  discardHandover(state, 'demo');
  discardHandover(state, 'demo');
  expect(hasHandover(state, 'demo')).toBe(false);
  expect(existsSync(boxPaths(state, 'demo').handover)).toBe(false);
});

test('S13: whether a file in there outlives that the agent empties it is told by the host’s file; nothing is left of the trial', async () => {
  const trial = (empty: (file: string) => void, sees = true) =>
    outlivesTruncation(state, 'demo', async (argv) => {
      const seen = argv.at(-1) ?? '';
      expect(seen).toMatch(/^\/run\/tradebox\//);
      const file = seen.replace('/run/tradebox', boxPaths(state, 'demo').handover);
      expect(statSync(file).mode & 0o777).toBe(0o666);
      const stdout = sees ? readFileSync(file, 'utf8') : '';
      empty(file);
      return { stdout };
    });
  expect(await trial(() => {})).toBeUndefined();
  prepareHandover(state, 'demo');
  expect(await trial(() => {})).toBe(true);
  expect(await trial((file) => truncateSync(file))).toBe(false);
  expect(await trial(() => {}, false)).toBeUndefined();
  expect(readdirSync(boxPaths(state, 'demo').handover)).toEqual([]);
});
