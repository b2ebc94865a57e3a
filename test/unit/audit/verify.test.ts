// E1, E3: every way to change a journal is found, and located at its file, line and record.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JournalHead } from '../../../src/audit/events.js';
import { openJournal } from '../../../src/audit/journal.js';
import { readJournal, verifyJournal } from '../../../src/audit/verify.js';
import { fixedClock } from '../../../src/core/clock.js';

let dir: string;
let head: JournalHead;

const file = (number = 1): string => path.join(dir, `${String(number).padStart(6, '0')}.jsonl`);
const linesOf = (number = 1): string[] => fs.readFileSync(file(number), 'utf8').trimEnd().split('\n');
const write = (lines: readonly string[], number = 1): void =>
  fs.writeFileSync(file(number), lines.map((line) => `${line}\n`).join(''));
const problem = (expected?: JournalHead) => verifyJournal(dir, expected).problem;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Ten records in one file, or in several small ones. */
async function fill(messages: readonly string[], segmentBytes?: number): Promise<void> {
  const options = { sandbox: 'one', sandboxId: 'id1', clock: fixedClock(0) };
  const journal = openJournal(dir, { ...options, ...(segmentBytes && { segmentBytes }) });
  for (const message of messages) journal.append({ type: 'taint', cause: 'test', message });
  head = journal.head();
  await journal.close();
}

const nine = Array.from({ length: 9 }, (_, i) => `message ${i + 2}`);

beforeEach(() => {
  dir = fs.mkdtempSync(path.join(tmpdir(), 'tradebox-verify-'));
});

afterEach(() => fs.rmSync(dir, { recursive: true }));

describe('one file', () => {
  beforeEach(() => fill(nine));

  test('untouched it is whole, with and without a checkpoint, of now or of earlier', () => {
    expect(verifyJournal(dir)).toEqual({ ok: true, records: 10, head });
    expect(verifyJournal(dir, head)).toEqual({ ok: true, records: 10, head });
    expect(verifyJournal(dir, { seq: 4, hash: sha256(linesOf()[3] ?? '') }).ok).toBe(true);
    expect(verifyJournal(dir, { seq: 0, hash: '0'.repeat(64) }).ok).toBe(true);
  });

  test('an edited record', () => {
    const lines = linesOf();
    for (let at = 0; at < 9; at++) {
      const edited = lines.with(at, (lines[at] ?? '').replace(/1970/, '1971'));
      write(edited);
      expect(problem(), `line ${at + 1}`).toMatchObject({
        file: '000001.jsonl',
        line: at + 1,
        seq: at + 1,
        kind: 'edited',
      });
      // What was read as true is no more than what stands before it.
      expect(verifyJournal(dir).records).toBe(at);
    }
  });

  test('the last record edited shows against the checkpoint only', () => {
    const lines = linesOf();
    write(lines.with(9, (lines[9] ?? '').replace('message 10', 'massage 10')));
    expect(verifyJournal(dir).ok).toBe(true);
    expect(problem(head)).toMatchObject({ line: 10, seq: 10, kind: 'edited' });
  });

  test('a number or link edited', () => {
    const lines = linesOf();
    write(lines.with(4, (lines[4] ?? '').replace('"seq":5', '"seq":6')));
    expect(problem()).toMatchObject({ line: 5, kind: 'edited' });
    write(lines.with(4, (lines[4] ?? '').replace(/"prev":"./, '"prev":"0')));
    if ((lines[4] ?? '').includes('"prev":"0')) return;
    expect(problem()).toMatchObject({ line: 5, seq: 5, kind: 'edited' });
  });

  test('a chain made anew after an edit shows against the checkpoint', () => {
    let prev = '0'.repeat(64);
    const forged = linesOf().map((line, at) => {
      const record = { ...JSON.parse(line), prev };
      if (at === 4) record.event.message = 'nothing happened';
      const text = JSON.stringify(record);
      prev = sha256(text);
      return text;
    });
    write(forged);
    expect(verifyJournal(dir).ok).toBe(true);
    expect(problem(head)).toMatchObject({ kind: 'edited' });
    const early = { seq: 6, hash: 'ab'.repeat(32) };
    expect(problem(early)).toMatchObject({ line: 6, seq: 6, kind: 'edited' });
  });

  test('deleted records', () => {
    const lines = linesOf();
    write(lines.toSpliced(3, 1));
    expect(problem()).toMatchObject({
      line: 4,
      seq: 4,
      kind: 'deleted',
      message: expect.stringContaining('4 is'),
    });
    write(lines.toSpliced(3, 3));
    expect(problem()).toMatchObject({ line: 4, seq: 4, message: expect.stringContaining('4 to 6') });
    write(lines.slice(1));
    expect(problem()).toMatchObject({ line: 1, seq: 1, kind: 'deleted' });
  });

  test('inserted records', () => {
    const lines = linesOf();
    const forged = JSON.stringify({
      ...JSON.parse(lines[4] ?? ''),
      event: { type: 'taint', cause: 'x', message: 'y' },
    });
    write(lines.toSpliced(4, 0, forged));
    // It is chained to its place, so the record after it does not fit.
    expect(problem()?.kind).toMatch(/inserted|edited/);
    const unchained = forged.replace(/"prev":"[0-9a-f]{64}/, `"prev":"${'7'.repeat(64)}`);
    write(lines.toSpliced(4, 0, unchained));
    expect(problem()).toMatchObject({ line: 5, kind: 'inserted' });
    write([...lines, lines[2] ?? '']);
    expect(problem()).toMatchObject({ line: 11, seq: 3, kind: 'inserted' });
    write(lines.toSpliced(4, 0, lines[4] ?? ''));
    expect(problem()).toMatchObject({ line: 6, seq: 5, kind: 'inserted' });
  });

  test('reordered records', () => {
    const lines = linesOf();
    const [a = '', b = '', c = ''] = lines.slice(3, 6);
    write(lines.toSpliced(3, 2, b, a));
    expect(problem()).toMatchObject({ line: 4, seq: 5, kind: 'reordered' });
    write(lines.toSpliced(3, 3, c, a, b));
    expect(problem()).toMatchObject({ line: 4, seq: 6, kind: 'reordered' });
    write(lines.toSpliced(3, 3, b, c, a));
    expect(problem()).toMatchObject({ line: 4, seq: 5, kind: 'reordered' });
  });

  test('truncation shows against the checkpoint', () => {
    write(linesOf().slice(0, 6));
    expect(verifyJournal(dir)).toMatchObject({ ok: true, records: 6 });
    expect(problem(head)).toMatchObject({ line: 6, seq: 7, kind: 'truncated' });
    fs.rmSync(file());
    expect(problem(head)).toMatchObject({ line: 0, seq: 1, kind: 'truncated' });
  });

  test('a cut within the last line', () => {
    fs.truncateSync(file(), fs.statSync(file()).size - 1);
    expect(problem()).toMatchObject({ line: 10, seq: 10, kind: 'unfinished' });
    expect(problem(head)).toMatchObject({ line: 9, seq: 10, kind: 'truncated' });
    expect([...readJournal(dir)]).toHaveLength(9);
  });

  test.each([
    ['an empty line', ''],
    ['text', 'hello'],
    ['another JSON value', '[1]'],
    ['NULs', '\0\0\0'],
    ['a line longer than any record', 'x'.repeat(3 * 1024 * 1024)],
  ])('%s among the records', (_, text) => {
    write(linesOf().toSpliced(5, 0, text));
    expect(problem()).toMatchObject({ line: 6, seq: 6, kind: 'malformed' });
  });

  test('a record in another spelling of the same JSON', () => {
    const lines = linesOf();
    write(lines.with(5, (lines[5] ?? '').replace('"seq":6', '"seq": 6')));
    expect(problem()).toMatchObject({ line: 6, kind: 'malformed' });
    write(lines.with(5, (lines[5] ?? '').replace('{"seq":6', '{"seq":5,"seq":6')));
    expect(problem()).toMatchObject({ line: 6, kind: 'malformed' });
    write(lines.with(9, `${lines[9]}\r`));
    expect(problem()).toMatchObject({ line: 10, kind: 'malformed' });
  });

  test('reading stops with an error at the place, after what is proven', () => {
    const lines = linesOf();
    write(lines.with(4, (lines[4] ?? '').replace('message', 'massage')));
    const seen: number[] = [];
    const read = () => {
      for (const record of readJournal(dir)) seen.push(record.seq);
    };
    expect(read).toThrow(
      expect.objectContaining({ code: 'JOURNAL_BROKEN', message: expect.stringContaining('000001.jsonl:5') }),
    );
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  test('a segment that is a link is not followed', () => {
    fs.renameSync(file(), `${dir}/elsewhere`);
    fs.symlinkSync(`${dir}/elsewhere`, file());
    expect(() => verifyJournal(dir)).toThrow(expect.objectContaining({ code: 'JOURNAL_BROKEN' }));
  });
});

describe('several files', () => {
  beforeEach(() => fill(nine, 500));

  test('are one chain', () => {
    expect(fs.existsSync(file(3))).toBe(true);
    expect(verifyJournal(dir, head)).toEqual({ ok: true, records: 10, head });
  });

  test('a missing file is a deletion, located where its records should be', () => {
    const firstOfThird = JSON.parse(linesOf(3)[0] ?? '').seq as number;
    const firstOfSecond = JSON.parse(linesOf(2)[0] ?? '').seq as number;
    fs.rmSync(file(2));
    expect(problem()).toMatchObject({ file: '000003.jsonl', line: 1, seq: firstOfSecond, kind: 'deleted' });
    expect(firstOfThird).toBeGreaterThan(firstOfSecond);
  });

  test('the last file missing is a truncation', () => {
    const last = fs.readdirSync(dir).sort().at(-1) ?? '';
    fs.rmSync(path.join(dir, last));
    expect(verifyJournal(dir).ok).toBe(true);
    expect(problem(head)).toMatchObject({ kind: 'truncated' });
  });

  test('exchanged files are reordered', () => {
    const [second, third] = [linesOf(2), linesOf(3)];
    write(third, 2);
    write(second, 3);
    expect(problem()).toMatchObject({ file: '000002.jsonl', line: 1, kind: 'reordered' });
  });

  test('an unfinished line before the last file is not a crash', () => {
    fs.truncateSync(file(2), fs.statSync(file(2)).size - 1);
    expect(problem()).toMatchObject({ file: '000002.jsonl', kind: 'malformed' });
  });

  test('other files are nobody to listen to', () => {
    fs.writeFileSync(path.join(dir, 'notes.txt'), 'x');
    fs.writeFileSync(path.join(dir, '000002.jsonl.bak'), 'x');
    expect(verifyJournal(dir, head).ok).toBe(true);
  });
});

test('newlines, NULs, ANSI, bidirectional marks and lone surrogates stay data', async () => {
  const hostile = [
    'a\nb\r\nc',
    'a\0b',
    '\x1b[2J\x1b]0;title\x07',
    '\x7f\x80\x9b31m',
    '\u202e\u2066\u2028\u2029\ufeff',
    '\ud800 \udc00',
    '"},"seq":99}\n{"seq":1',
    '😀漢é',
  ];
  await fill(hostile);
  const text = fs.readFileSync(file(), 'latin1');
  expect(text).toMatch(/^[\x20-\x7e\n]*$/);
  expect(text.split('\n')).toHaveLength(hostile.length + 2);
  const messages = [...readJournal(dir)].flatMap(({ event }) =>
    event.type === 'taint' ? [event.message] : [],
  );
  expect(messages).toEqual(hostile);
  expect(verifyJournal(dir, head).ok).toBe(true);
});

test('what the problem says repeats nothing of the journal', async () => {
  await fill(nine);
  const lines = linesOf();
  write(lines.with(3, `${lines[3]}\x1b[31m`));
  expect(problem()?.message).toMatch(/^[\x20-\x7e]*$/);
});

test('any change of bytes is found, with the checkpoint', async () => {
  await fill(nine, 700);
  const originals = new Map(
    fs
      .readdirSync(dir)
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => [name, fs.readFileSync(path.join(dir, name))]),
  );
  const names = [...originals.keys()];
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.nat(),
      fc.constantFrom('flip', 'insert', 'remove', 'cut'),
      fc.integer({ min: 1, max: 255 }),
      (name, offset, how, value) => {
        const bytes = originals.get(name) ?? Buffer.alloc(0);
        const at = offset % bytes.length;
        const [before, after] = [bytes.subarray(0, at), bytes.subarray(at + 1)];
        const byte = bytes[at] ?? 0;
        const changed = {
          flip: [before, Buffer.from([byte ^ value]), after],
          insert: [before, Buffer.from([value]), bytes.subarray(at)],
          remove: [before, after],
          cut: [before],
        }[how];
        fs.writeFileSync(path.join(dir, name), Buffer.concat(changed));
        const result = verifyJournal(dir, head);
        fs.writeFileSync(path.join(dir, name), bytes);
        expect(result.ok).toBe(false);
        expect(result.problem?.file).toMatch(/^0000\d\d\.jsonl$/);
      },
    ),
    { numRuns: 200 },
  );
  expect(verifyJournal(dir, head).ok).toBe(true);
});
