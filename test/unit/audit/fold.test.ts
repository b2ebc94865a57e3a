// The fast fold gives what the careful reader gives, of any journal and of any damage to it.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { JournalEvent } from '../../../src/audit/events.js';
import { createTimeReader, foldJournal } from '../../../src/audit/fold.js';
import { openJournal } from '../../../src/audit/journal.js';
import { readJournal } from '../../../src/audit/verify.js';

let dir = '';
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const ofTaint = (message: string): JournalEvent => ({ type: 'taint', cause: 'test', message });

async function write(messages: readonly string[], segmentBytes = 2_000): Promise<void> {
  dir = mkdtempSync(path.join(tmpdir(), 'tradebox-fold-'));
  let now = Date.parse('2026-11-20T23:59:59.990Z');
  const journal = openJournal(dir, {
    sandbox: 'one',
    sandboxId: 'id',
    segmentBytes,
    clock: { nowMs: () => (now += 7) },
  });
  for (const message of messages) journal.append(ofTaint(message));
  await journal.close();
}

function folded(): unknown[] | string {
  const taken: unknown[] = [];
  try {
    foldJournal(dir, (event, atMs) => taken.push([event, atMs]));
  } catch (error) {
    return String(error);
  }
  return taken;
}

function read(): unknown[] | string {
  try {
    return [...readJournal(dir, { isExact: false })].map(({ at, event }) => [event, Date.parse(at)]);
  } catch (error) {
    return String(error);
  }
}

test('any journal is given as it was written, over segments and midnight', async () => {
  const texts = fc.array(fc.string({ unit: 'binary', maxLength: 300 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(texts, async (messages) => {
      await write(messages);
      const taken = folded();
      expect(taken).toEqual(read());
      expect((taken as [JournalEvent][]).slice(1).map(([event]) => event)).toEqual(messages.map(ofTaint));
      rmSync(dir, { recursive: true });
    }),
    { numRuns: 20 },
  );
});

test('any byte that is changed, cut off or put in is met as the careful reader meets it', async () => {
  await write(['a', 'b', '\u00e9', 'd'], 1_000_000);
  const file = path.join(dir, '000001.jsonl');
  const whole = readFileSync(file);
  const place = fc.nat(whole.length - 1);
  const damage = fc.oneof(
    fc.tuple(place, fc.nat(255)).map(([at, byte]) => {
      const changed = Buffer.from(whole);
      changed[at] = byte;
      return changed;
    }),
    place.map((at) => whole.subarray(0, at)),
    fc.tuple(place, place).map(([to, from]) => Buffer.concat([whole.subarray(0, to), whole.subarray(from)])),
  );
  fc.assert(
    fc.property(damage, (bytes) => {
      writeFileSync(file, bytes);
      expect(folded()).toEqual(read());
    }),
    { numRuns: 200 },
  );
});

test('a line laid out in another way is read by the careful reader, once', async () => {
  await write(['a'], 1_000_000);
  const file = path.join(dir, '000001.jsonl');
  appendFileSync(file, '{"seq":3');
  expect(folded()).toHaveLength(2);
  expect(folded()).toEqual(read());
});

test('what the taker throws is no damage of the journal', async () => {
  await write(['a']);
  const refuse = () =>
    foldJournal(dir, () => {
      throw new Error('not such an event');
    });
  expect(refuse).toThrow('not such an event');
});

test('a time is read as Date reads it, anything else is none', () => {
  const timeOf = createTimeReader();
  const times = fc.date({ min: new Date('1970-01-01'), max: new Date('9999-12-31'), noInvalidDate: true });
  fc.assert(fc.property(times, (time) => timeOf(time.toISOString()) === time.getTime()));
  const odd = ['2026-13-01T00:00:00.000Z', '2026-11-20T24:00:00.000Z', '2026-11-20T00:00:00.00ZZ', '-', ''];
  expect(odd.map(timeOf)).toEqual(odd.map(() => Number.NaN));
});
