// The journal on a real file system: chain, group commit, rotation, failure, recovery.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { JournalEvent } from '../../../src/audit/events.js';
import { type Journal, openJournal } from '../../../src/audit/journal.js';
import { readJournal, verifyJournal } from '../../../src/audit/verify.js';
import { fixedClock } from '../../../src/core/clock.js';

let dir: string;
const clock = fixedClock(Date.UTC(2026, 10, 20, 12, 0, 0, 7));
const open = (segmentBytes?: number): Journal =>
  openJournal(dir, { sandbox: 'one', sandboxId: 'id1', clock, ...(segmentBytes && { segmentBytes }) });
const taint = (message: string): JournalEvent => ({ type: 'taint', cause: 'test', message });
const types = (): string[] => [...readJournal(dir)].map((record) => record.event.type);
const segment = (number = 1): string => path.join(dir, `${String(number).padStart(6, '0')}.jsonl`);

beforeEach(() => {
  dir = path.join(fs.mkdtempSync(path.join(tmpdir(), 'tradebox-journal-')), 'journal');
});

afterEach(() => {
  vi.restoreAllMocks();
  fs.rmSync(path.dirname(dir), { recursive: true });
});

test('the file is the documented format, private, complete on return of append', () => {
  const journal = open();
  expect(journal.append(taint('a'))).toBe(2);
  const lines = fs.readFileSync(segment(), 'utf8').split('\n');
  expect(lines).toHaveLength(3);
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    seq: 1,
    at: '2026-11-20T12:00:00.007Z',
    prev: '0'.repeat(64),
    event: { type: 'journal.opened', sandbox: 'one', sandboxId: 'id1' },
  });
  expect(JSON.parse(lines[1] ?? '')).toMatchObject({ seq: 2, event: { type: 'taint', message: 'a' } });
  expect(fs.statSync(segment()).mode & 0o777).toBe(0o600);
  expect(fs.statSync(dir).mode & 0o777).toBe(0o700);
  expect(verifyJournal(dir, journal.head())).toEqual({ ok: true, records: 2, head: journal.head() });
  return journal.close();
});

describe('note', () => {
  test('waits for the next line, and both are written as one', async () => {
    const journal = open();
    const write = vi.spyOn(fs, 'writeSync');
    expect(journal.note(taint('a'))).toBe(2);
    expect(types()).toEqual(['journal.opened']);
    expect(journal.head().seq).toBe(1);
    journal.append(taint('b'));
    expect(write).toHaveBeenCalledTimes(1);
    expect(types()).toEqual(['journal.opened', 'taint', 'taint']);
    expect(verifyJournal(dir, journal.head())).toMatchObject({ ok: true, records: 3 });
    await journal.close();
  });

  test('is written, and then on the disk, soon although nothing follows', async () => {
    const journal = open();
    await journal.durable(1);
    const sync = vi.spyOn(fs, 'fdatasync');
    journal.note(taint('a'));
    await vi.waitFor(() => expect(types()).toHaveLength(2), { timeout: 500, interval: 2 });
    await vi.waitFor(() => expect(sync).toHaveBeenCalledTimes(1), { timeout: 500, interval: 2 });
    await journal.close();
  });

  test('flush writes it at once, durable waits for the disk, and closing loses none', async () => {
    const journal = open();
    journal.note(taint('a'));
    journal.flush();
    expect(types()).toHaveLength(2);
    await journal.durable(journal.note(taint('b')));
    expect(types()).toHaveLength(3);
    journal.note(taint('c'));
    await journal.close();
    expect(types()).toHaveLength(4);
    expect(verifyJournal(dir, journal.head()).ok).toBe(true);
  });

  test('many of them rotate files like any other line', async () => {
    const journal = open(600);
    for (let i = 0; i < 20; i++) journal.note(taint(`n${i}`));
    await journal.close();
    expect(fs.readdirSync(dir).filter((name) => name.endsWith('.jsonl')).length).toBeGreaterThan(2);
    expect(verifyJournal(dir, journal.head())).toMatchObject({ ok: true, records: 21 });
  });
});

test('a reopened journal continues the chain', async () => {
  await open().close();
  const journal = open();
  journal.append(taint('b'));
  const head = journal.head();
  await journal.close();
  expect(head.seq).toBe(3);
  expect(verifyJournal(dir, head).ok).toBe(true);
  expect(types()).toEqual(['journal.opened', 'journal.opened', 'taint']);
});

test('files rotate, the chain continues over them and over reopening', async () => {
  const journal = open(600);
  for (let i = 0; i < 20; i++) journal.append(taint(`n${i}`));
  await journal.durable(21);
  await journal.close();
  const files = fs.readdirSync(dir).filter((name) => name.endsWith('.jsonl'));
  expect(files.length).toBeGreaterThan(5);
  for (const file of files) expect(fs.statSync(path.join(dir, file)).size).toBeLessThanOrEqual(600);
  const again = open(600);
  again.append(taint('last'));
  expect(verifyJournal(dir, again.head())).toMatchObject({ ok: true, records: 23 });
  await again.close();
});

describe('durable', () => {
  test('resolves only after fdatasync, one for all that waited', async () => {
    const journal = open();
    const syncs = vi.spyOn(fs, 'fdatasync');
    await Promise.all(Array.from({ length: 64 }, (_, i) => journal.durable(journal.append(taint(`${i}`)))));
    expect(syncs).toHaveBeenCalledTimes(1);
    await journal.durable(3);
    expect(syncs).toHaveBeenCalledTimes(1);
    await journal.close();
  });

  test('a record appended while fdatasync runs waits for the next', async () => {
    const journal = open();
    const callbacks: ((error: Error | null) => void)[] = [];
    vi.spyOn(fs, 'fdatasync').mockImplementation(((_fd: number, callback: (error: Error | null) => void) => {
      callbacks.push(callback);
    }) as typeof fs.fdatasync);
    const done: number[] = [];
    const first = journal.durable(journal.append(taint('a'))).then(() => done.push(1));
    await vi.waitFor(() => expect(callbacks).toHaveLength(1));
    const second = journal.durable(journal.append(taint('b'))).then(() => done.push(2));
    callbacks[0]?.(null);
    await first;
    expect(done).toEqual([1]);
    await vi.waitFor(() => expect(callbacks).toHaveLength(2));
    callbacks[1]?.(null);
    await second;
    await journal.close();
  });

  test('much that nobody waits for is brought to the disk all the same', async () => {
    const journal = open();
    const syncs = vi.spyOn(fs, 'fdatasync');
    for (let i = 0; i < 12; i++) journal.append(taint('x'.repeat(100_000)));
    await vi.waitFor(() => expect(syncs).toHaveBeenCalledTimes(1));
    await journal.close();
  });

  test('a number that was never given is a fault', async () => {
    const journal = open();
    await expect(journal.durable(99)).rejects.toMatchObject({ code: 'FAULT' });
    await journal.close();
  });

  test('closing settles those who wait', async () => {
    const journal = open();
    const waiting = journal.durable(journal.append(taint('a')));
    await journal.close();
    await waiting;
    await journal.close();
    expect(() => journal.append(taint('b'))).toThrow(/closed/);
  });
});

describe('fails closed', () => {
  const failWith = (code: string) => Object.assign(new Error(`${code}: test`), { code });

  test.each([
    ['ENOSPC', 'DISK_FULL'],
    ['EDQUOT', 'DISK_FULL'],
    ['EIO', 'FAULT'],
  ])('%s while writing, until opened again', async (errno, code) => {
    const journal = open();
    const write = vi.spyOn(fs, 'writeSync').mockImplementationOnce(() => {
      throw failWith(errno);
    });
    expect(() => journal.append(taint('lost'))).toThrow(expect.objectContaining({ code }));
    write.mockRestore();
    expect(() => journal.append(taint('refused'))).toThrow(expect.objectContaining({ code }));
    await expect(journal.durable(2)).rejects.toMatchObject({ code });
    await expect(journal.close()).rejects.toMatchObject({ code });
    const again = open();
    again.append(taint('works'));
    await again.close();
    expect(types()).toEqual(['journal.opened', 'journal.opened', 'taint']);
  });

  test('while opening: directory and file are given back', async () => {
    await open().close();
    const close = vi.spyOn(fs, 'closeSync');
    const real = fs.writeSync;
    vi.spyOn(fs, 'writeSync').mockImplementation(((fd: number, written: string | Buffer) => {
      if (typeof written === 'string') return real(fd, written);
      throw Object.assign(new Error('full'), { fd, code: 'ENOSPC' });
    }) as typeof fs.writeSync);
    let failedFd: unknown;
    try {
      open();
    } catch (error) {
      expect(error).toMatchObject({ code: 'DISK_FULL' });
      failedFd = ((error as Error).cause as { fd: number }).fd;
    }
    expect(close).toHaveBeenCalledWith(failedFd);
    vi.restoreAllMocks();
    await open().close();
  });

  test('a partly written line is recovered as such', async () => {
    const journal = open();
    const real = fs.writeSync;
    vi.spyOn(fs, 'writeSync')
      .mockImplementationOnce(((fd: number, bytes: Buffer) => real(fd, bytes, 0, 50)) as typeof fs.writeSync)
      .mockImplementationOnce(() => {
        throw failWith('ENOSPC');
      });
    expect(() => journal.append(taint('torn'))).toThrow(/no space/);
    await expect(journal.close()).rejects.toThrow(/no space/);
    vi.restoreAllMocks();
    expect(verifyJournal(dir)).toMatchObject({ ok: false, problem: { kind: 'unfinished', line: 2, seq: 2 } });
    await open().close();
    expect(verifyJournal(dir).ok).toBe(true);
    expect([...readJournal(dir)].at(-1)?.event).toMatchObject({
      type: 'journal.recovered',
      droppedBytes: 50,
    });
  });

  test('a failed fdatasync rejects all who wait and is not tried again', async () => {
    const journal = open();
    const syncs = vi.spyOn(fs, 'fdatasync').mockImplementation(((
      _fd: number,
      callback: (e: Error) => void,
    ) => {
      setImmediate(() => callback(failWith('EIO')));
    }) as unknown as typeof fs.fdatasync);
    const waiting = Array.from({ length: 3 }, (_, i) => journal.durable(journal.append(taint(`${i}`))));
    for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'FAULT' });
    expect(() => journal.append(taint('refused'))).toThrow();
    await expect(journal.close()).rejects.toMatchObject({ code: 'FAULT' });
    expect(syncs).toHaveBeenCalledTimes(1);
  });

  test('an event that is too large is refused without harm', async () => {
    const journal = open();
    expect(() => journal.append(taint('x'.repeat(1024 * 1024)))).toThrow(/exceeds/);
    expect(journal.append(taint('fine'))).toBe(2);
    await journal.close();
  });

  test('short writes are completed', async () => {
    const journal = open();
    const real = fs.writeSync;
    const write = vi
      .spyOn(fs, 'writeSync')
      .mockImplementation(((fd: number, bytes: Buffer, from: number, length: number) =>
        real(fd, bytes, from, Math.min(7, length))) as typeof fs.writeSync);
    journal.append(taint('in pieces'));
    write.mockRestore();
    await journal.close();
    expect(verifyJournal(dir).records).toBe(2);
  });
});

describe('opening', () => {
  test('cuts an unfinished line off and records it', async () => {
    const journal = open();
    const head = journal.head();
    await journal.close();
    fs.appendFileSync(segment(), '{"seq":2,"at":"20');
    const again = open();
    await again.close();
    expect(types()).toEqual(['journal.opened', 'journal.opened', 'journal.recovered']);
    expect([...readJournal(dir)].at(-1)?.event).toMatchObject({ droppedBytes: 17 });
    expect(verifyJournal(dir, head).ok).toBe(true);
  });

  test('a journal of nothing but an unfinished line starts over, and says so', async () => {
    await open().close();
    fs.writeFileSync(segment(), '{"seq":1,');
    const journal = open();
    expect(journal.head().seq).toBe(2);
    await journal.close();
    expect(types()).toEqual(['journal.opened', 'journal.recovered']);
  });

  test('a crash right after rotation, before the first record of the new file', async () => {
    await open().close();
    fs.writeFileSync(segment(2), '');
    const journal = open();
    expect(journal.head().seq).toBe(2);
    await journal.close();
    expect(verifyJournal(dir)).toMatchObject({ ok: true, records: 2 });
    expect(fs.statSync(segment(2)).size).toBeGreaterThan(0);
  });

  test.each([
    ['not JSON', 'hello\n'],
    ['not a record', '{"seq":2}\n'],
    ['zeros as a power cut leaves them, then a line end', `${'\0'.repeat(100)}\n`],
  ])('refuses a last line that is %s', async (_, line) => {
    await open().close();
    fs.appendFileSync(segment(), line);
    expect(() => open()).toThrow(expect.objectContaining({ code: 'JOURNAL_BROKEN' }));
    const { length } = fs.readFileSync(segment());
    expect(() => open()).toThrow(expect.objectContaining({ code: 'JOURNAL_BROKEN' }));
    expect(fs.readFileSync(segment())).toHaveLength(length);
  });

  test('refuses a segment that is a link', async () => {
    await open().close();
    fs.renameSync(segment(), `${dir}-elsewhere`);
    fs.symlinkSync(`${dir}-elsewhere`, segment());
    expect(() => open()).toThrow();
  });

  test('makes a loose directory private', async () => {
    fs.mkdirSync(dir, { mode: 0o755 });
    await open().close();
    expect(fs.statSync(dir).mode & 0o777).toBe(0o700);
  });

  test('refuses a second writer, and lets it in after the first', async () => {
    const journal = open();
    expect(() => open()).toThrow(expect.objectContaining({ code: 'JOURNAL_BUSY' }));
    journal.append(taint('still writing'));
    await journal.close();
    await open().close();
  });
});

test('a writer that was taken over stops before it can acknowledge anything', async () => {
  const first = open();
  fs.rmSync(path.join(dir, 'writer.lock'));
  const waiting = first.durable(first.head().seq);
  const second = open();
  await expect(waiting).rejects.toMatchObject({ code: 'JOURNAL_BUSY' });
  expect(() => first.append(taint('too late'))).toThrow(expect.objectContaining({ code: 'JOURNAL_BUSY' }));
  await expect(first.close()).rejects.toMatchObject({ code: 'JOURNAL_BUSY' });
  second.append(taint('alone'));
  expect(verifyJournal(dir, second.head())).toMatchObject({ ok: true, records: 3 });
  await second.close();
});

test('what was appended survives kill -9 in mid-sentence', async () => {
  const source = path.resolve('src/audit/journal.ts');
  const script = `
import { openJournal } from ${JSON.stringify(source)};
const journal = openJournal(process.argv[1], { sandbox: 'a', sandboxId: 'b', clock: { nowMs: () => 0 } });
for (let i = 0; i < 1000; i++) journal.append({ type: 'taint', cause: 'c', message: String(i) });
process.kill(process.pid, 'SIGKILL');
`;
  const tsx = path.resolve('node_modules/tsx/dist/cli.mjs');
  expect(() =>
    execFileSync(process.execPath, [tsx, '--input-type=module', '-e', script, dir], { stdio: 'ignore' }),
  ).toThrow();
  expect(verifyJournal(dir)).toMatchObject({ ok: true, records: 1001 });
  // The dead process left its lock; its pid is gone.
  expect(fs.existsSync(path.join(dir, 'writer.lock'))).toBe(true);
  await open().close();
  expect(verifyJournal(dir)).toMatchObject({ ok: true, records: 1002 });
});
