// When checkpoints are taken: of every journal of a box at once, and at intervals while a command lives.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { openJournal } from '../../../../src/audit/journal.js';
import { keepCheckpoints, takeCheckpoints } from '../../../../src/cli/launch/checkpoints.js';
import { fixedClock } from '../../../../src/core/clock.js';
import { boxJournal, paperJournal } from '../../../../src/sandbox/checkpoints.js';
import { temporaryDir } from '../../../support/host-files.js';

const clock = fixedClock(Date.UTC(2026, 10, 20, 12));
afterEach(() => {
  vi.useRealTimers();
});

async function boxWithJournals() {
  const stateDir = temporaryDir();
  const journals = [boxJournal(stateDir, 'lab'), paperJournal(stateDir, 'lab', 'okx-paper')];
  for (const { dir } of journals) {
    const journal = openJournal(dir, { sandbox: 'lab', sandboxId: 'a', clock });
    journal.append({ type: 'taint', cause: 'test', message: 'one' });
    await journal.close();
  }
  return { places: { clock, paths: { stateDir } }, journals };
}

test('every journal of the box gets one; what does not hold is named and stays unsigned', async () => {
  const { places, journals } = await boxWithJournals();
  expect(takeCheckpoints(places, 'lab')).toEqual({ problems: [], head: expect.objectContaining({ seq: 2 }) });
  for (const { checkpoints } of journals) expect(readFileSync(checkpoints, 'utf8')).toContain('"seq":2');
  const file = join(journals[1]?.dir ?? '', '000001.jsonl');
  writeFileSync(file, `${readFileSync(file, 'utf8').split('\n')[0]}\n`);
  expect(takeCheckpoints(places, 'lab').problems).toEqual([
    'the journal paper/lab/okx-paper does not hold: The journal ends at record 1; it once reached record 2.',
  ]);
});

test('a head is told only of a journal whose checkpoints are the host’s own', async () => {
  const { places, journals } = await boxWithJournals();
  takeCheckpoints(places, 'lab');
  const file = journals[0]?.checkpoints ?? '';
  writeFileSync(file, readFileSync(file, 'utf8').replace('"seq":2', '"seq":1'));
  const { problems, head } = takeCheckpoints(places, 'lab');
  expect(head).toBeUndefined();
  expect(problems).toEqual([expect.stringContaining('did not sign')]);
});

test('at intervals, until told to end; a problem is said once', async () => {
  const { places, journals } = await boxWithJournals();
  const said: string[] = [];
  vi.useFakeTimers();
  const end = keepCheckpoints(
    { ...places, output: { warn: (text) => said.push(text) } },
    () => ['lab'],
    1_000,
  );
  expect(() => readFileSync(journals[0]?.checkpoints ?? '')).toThrow();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(readFileSync(journals[0]?.checkpoints ?? '', 'utf8')).toContain('"seq":2');
  const file = join(journals[0]?.dir ?? '', '000001.jsonl');
  const whole = readFileSync(file, 'utf8');
  writeFileSync(file, `${whole.split('\n')[0]}\n`);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(said).toHaveLength(1);
  end();
  writeFileSync(file, '');
  await vi.advanceTimersByTimeAsync(3_000);
  expect(said).toHaveLength(1);
});
