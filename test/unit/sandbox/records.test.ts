import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { boxPaths } from '../../../src/sandbox/box-paths.js';
import { holdName } from '../../../src/sandbox/name-lock.js';
import {
  prepareJournalDir,
  readRecord,
  recordedNames,
  recordIfReadable,
  removeRecord,
  writeRecord,
} from '../../../src/sandbox/records.js';
import { boxRecord } from '../../support/box-record.js';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'tradebox-records-'));
  mkdirSync(join(state, 'sandboxes'), { mode: 0o700 });
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

const record = boxRecord({
  name: 'demo',
  mode: 'readonly',
  decoys: { OKX_API_KEY: 'decoy' },
  launch: { request: { args: ['x'] } },
});

test('a record comes back as it was written, private, and leaves no half-written file', () => {
  writeRecord(state, record);
  expect(readRecord(state, 'demo')).toEqual(record);
  const { record: file, dir } = boxPaths(state, 'demo');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  writeRecord(state, { ...record, mode: 'demo' });
  expect(readRecord(state, 'demo')?.mode).toBe('demo');
  expect(recordedNames(state)).toEqual(['demo']);
});

test('no record is no error; a strange one is, with the way out', () => {
  expect(readRecord(state, 'none')).toBeUndefined();
  writeRecord(state, record);
  writeFileSync(boxPaths(state, 'demo').record, '{"version":2}');
  expect(() => readRecord(state, 'demo')).toThrow(
    expect.objectContaining({ remedy: expect.stringContaining('reset demo') }),
  );
  expect(recordIfReadable(state, 'demo')).toBeUndefined();
});

test('a record that others can read is refused', () => {
  writeRecord(state, record);
  chmodSync(boxPaths(state, 'demo').record, 0o644);
  expect(() => readRecord(state, 'demo')).toThrow(expect.objectContaining({ code: 'CONFIG_MODE_LOOSE' }));
});

test('removing a record twice is no error', () => {
  writeRecord(state, record);
  removeRecord(state, 'demo');
  removeRecord(state, 'demo');
  expect(readRecord(state, 'demo')).toBeUndefined();
});

test("the journal directory is private and belongs to the sidecar's user", () => {
  const isRoot = process.getuid?.() === 0;
  const owner = isRoot
    ? { uid: 10_777, gid: 10_777 }
    : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const dir = prepareJournalDir(state, 'demo', owner);
  writeFileSync(join(dir, '000001.jsonl'), '');
  prepareJournalDir(state, 'demo', owner);
  expect(statSync(dir)).toMatchObject(owner);
  expect(statSync(join(dir, '000001.jsonl'))).toMatchObject(owner);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
});

test('a name is held by one at a time, and free afterwards', async () => {
  let release = () => {};
  const first = holdName(
    state,
    'demo',
    () =>
      new Promise<void>((resolve) => {
        release = resolve;
      }),
  );
  await new Promise((resolve) => setTimeout(resolve, 5));
  await expect(holdName(state, 'demo', async () => 1)).rejects.toMatchObject({ code: 'NAME_TAKEN' });
  expect(await holdName(state, 'other', async () => 2)).toBe(2);
  release();
  await first;
  expect(await holdName(state, 'demo', async () => 3)).toBe(3);
  expect(existsSync(boxPaths(state, 'demo').lock)).toBe(false);
});

test('the lock of a dead process is taken over', async () => {
  mkdirSync(boxPaths(state, 'demo').dir, { mode: 0o700 });
  writeFileSync(boxPaths(state, 'demo').lock, '4194999\n', { mode: 0o600 });
  expect(
    await holdName(state, 'demo', async () => readFileSync(boxPaths(state, 'demo').lock, 'utf8')),
  ).toMatch(new RegExp(`^${process.pid}\\b`));
});
