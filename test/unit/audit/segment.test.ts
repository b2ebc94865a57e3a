// Names, listing, and files that are private and no links.
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  listSegments,
  openSegment,
  preparePrivateDirectory,
  segmentName,
} from '../../../src/audit/segment.js';

let dir: string;

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(tmpdir(), 'tradebox-segment-'));
});

afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(dir, { recursive: true });
});

test('segments are listed by number, other files are not', () => {
  for (const name of [
    '000010.jsonl',
    '000002.jsonl',
    '1000000.jsonl',
    '1.jsonl',
    '000003.jsonl.bak',
    'x000004.jsonl',
  ]) {
    fs.writeFileSync(path.join(dir, name), '');
  }
  expect(listSegments(dir)).toEqual([2, 10, 1_000_000]);
  expect(listSegments(path.join(dir, 'none'))).toEqual([]);
  expect(segmentName(1_000_000)).toBe('1000000.jsonl');
});

test('a new segment is private and must not exist', () => {
  const mask = process.umask(0);
  try {
    fs.closeSync(openSegment(dir, 1, true));
  } finally {
    process.umask(mask);
  }
  expect(fs.statSync(path.join(dir, '000001.jsonl')).mode & 0o777).toBe(0o600);
  expect(() => openSegment(dir, 1, true)).toThrow(/EEXIST/);
  expect(() => openSegment(dir, 2, false)).toThrow(/ENOENT/);
  fs.symlinkSync(path.join(dir, '000001.jsonl'), path.join(dir, '000002.jsonl'));
  expect(() => openSegment(dir, 2, false)).toThrow(/ELOOP/);
});

test('a loose directory that cannot be mended is refused with the command that mends it', () => {
  fs.chmodSync(dir, 0o750);
  vi.spyOn(fs, 'chmodSync').mockImplementation(() => {
    throw new Error('EPERM');
  });
  expect(() => preparePrivateDirectory(dir)).toThrow(
    expect.objectContaining({ code: 'CONFIG_MODE_LOOSE', remedy: `Run: chmod 700 ${dir}` }),
  );
});
