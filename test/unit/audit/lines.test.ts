// Lines of any length across read chunks and files; a writer in the middle of its line is waited for.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { journalLines } from '../../../src/audit/lines.js';
import { lockName } from '../../../src/audit/lock.js';
import { maxLineBytes } from '../../../src/audit/record.js';

let dir: string;
const write = (name: string, text: string): void => fs.writeFileSync(path.join(dir, name), text);
// The bytes of a line are valid until the next is read.
const read = () =>
  Array.from(journalLines(dir), ({ bytes, ...rest }) => ({ ...rest, text: bytes.toString('latin1') }));

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(tmpdir(), 'tradebox-lines-'));
});

afterEach(() => fs.rmSync(dir, { recursive: true }));

test('lines come with their places, file after file', () => {
  write('000001.jsonl', 'a\n\nb\n');
  write('000002.jsonl', '');
  write('000003.jsonl', 'c\nd');
  const whole = { isComplete: true, isTooLong: false };
  expect(read()).toEqual([
    { file: '000001.jsonl', line: 1, text: 'a', ...whole },
    { file: '000001.jsonl', line: 2, text: '', ...whole },
    { file: '000001.jsonl', line: 3, text: 'b', ...whole },
    { file: '000003.jsonl', line: 1, text: 'c', ...whole },
    { file: '000003.jsonl', line: 2, text: 'd', isComplete: false, isTooLong: false },
  ]);
});

test('lines longer than a read are whole, up to the longest record', () => {
  const lengths = [
    1,
    256 * 1024 - 3,
    256 * 1024,
    300_000,
    maxLineBytes,
    maxLineBytes + 1,
    5 * maxLineBytes,
    4,
  ];
  const letters = 'abcdefgh';
  write('000001.jsonl', lengths.map((length, at) => `${(letters[at] ?? '').repeat(length)}\n`).join(''));
  const lines = read();
  expect(lines.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  for (const [at, line] of lines.entries()) {
    const length = lengths[at] ?? 0;
    expect(line.isTooLong).toBe(length > maxLineBytes);
    expect(line.text).toBe(length > maxLineBytes ? '' : (letters[at] ?? '').repeat(length));
  }
});

test('an endless last line takes no endless memory', () => {
  write('000001.jsonl', 'a'.repeat(10 * maxLineBytes));
  expect(read()).toEqual([{ file: '000001.jsonl', line: 1, text: '', isComplete: false, isTooLong: true }]);
});

test('the end of a line that is being written is waited for', async () => {
  write(lockName, '');
  write('000001.jsonl', 'a\nhalf ');
  const script = `setTimeout(() => require('fs').appendFileSync(process.argv[1], 'and half\\n'), 5); console.log('up')`;
  const writer = spawn(process.execPath, ['-e', script, path.join(dir, '000001.jsonl')]);
  await new Promise((resolve) => writer.stdout.once('data', resolve));
  expect(read().map(({ text }) => text)).toEqual(['a', 'half and half']);
  await new Promise((resolve) => writer.once('exit', resolve));
});
