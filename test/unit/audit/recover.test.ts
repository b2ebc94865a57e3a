// Where a journal ends, for every state a crash can leave.
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encodeRecord, genesisHash, hashLine, maxLineBytes } from '../../../src/audit/record.js';
import { recoverTail } from '../../../src/audit/recover.js';

let dir: string;
const write = (name: string, text: string): void => fs.writeFileSync(path.join(dir, name), text);
const size = (name: string): number => fs.statSync(path.join(dir, name)).size;
const line = (seq: number, message = ''): string =>
  encodeRecord({ seq, at: 'x', prev: genesisHash, event: { type: 'taint', cause: 'c', message } });
const broken = expect.objectContaining({ code: 'JOURNAL_BROKEN' });

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(tmpdir(), 'tradebox-recover-'));
});

afterEach(() => fs.rmSync(dir, { recursive: true }));

test('nothing yet', () => {
  const head = { seq: 0, hash: genesisHash };
  expect(recoverTail(dir)).toEqual({ segment: 1, isNew: true, segmentSize: 0, head, droppedBytes: 0 });
  write('000001.jsonl', '');
  expect(recoverTail(dir)).toEqual({ segment: 1, isNew: false, segmentSize: 0, head, droppedBytes: 0 });
});

test('a clean end', () => {
  write('000001.jsonl', `${line(1)}\n${line(2)}\n`);
  expect(recoverTail(dir)).toEqual({
    segment: 1,
    isNew: false,
    segmentSize: size('000001.jsonl'),
    head: { seq: 2, hash: hashLine(line(2)) },
    droppedBytes: 0,
  });
});

test.each([1, 7, 100, maxLineBytes])('an unfinished line of %i bytes', (length) => {
  write('000001.jsonl', `${line(1)}\n${'\0'.repeat(length)}`);
  expect(recoverTail(dir)).toMatchObject({
    head: { seq: 1 },
    droppedBytes: length,
    segmentSize: line(1).length + 1,
  });
  expect(size('000001.jsonl')).toBe(line(1).length + 1);
});

test('an unfinished line after the longest whole one', () => {
  const longest = line(1, 'x'.repeat(maxLineBytes - line(1).length));
  expect(longest).toHaveLength(maxLineBytes);
  write('000001.jsonl', `${longest}\n${'y'.repeat(maxLineBytes)}`);
  expect(recoverTail(dir)).toMatchObject({
    head: { seq: 1, hash: hashLine(longest) },
    droppedBytes: maxLineBytes,
  });
});

test('an unfinished line longer than any record was not ours', () => {
  write('000001.jsonl', `${line(1)}\n${'y'.repeat(maxLineBytes + 1)}`);
  expect(() => recoverTail(dir)).toThrow(broken);
  expect(size('000001.jsonl')).toBe(line(1).length + 2 + maxLineBytes);
});

test('the end is in the file before an empty one', () => {
  write('000001.jsonl', `${line(1)}\n`);
  write('000002.jsonl', '{"se');
  expect(recoverTail(dir)).toMatchObject({ segment: 2, segmentSize: 0, head: { seq: 1 }, droppedBytes: 4 });
  for (const end of ['', 'x']) {
    write('000001.jsonl', `${line(1)}${end}`);
    expect(() => recoverTail(dir)).toThrow(broken);
  }
});

test('a last line that is no record stops us and stays', () => {
  write('000001.jsonl', `${line(1)}\nhello\n`);
  expect(() => recoverTail(dir)).toThrow(broken);
  expect(size('000001.jsonl')).toBe(line(1).length + 7);
});
