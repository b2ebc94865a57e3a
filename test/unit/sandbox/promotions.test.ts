import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openJournal } from '../../../src/audit/journal.js';
import { fixedClock } from '../../../src/core/clock.js';
import { accountJournal, checkJournal } from '../../../src/sandbox/checkpoints.js';
import {
  addPromotion,
  promotionsFile,
  proveBound,
  readPromotions,
  standingOf,
} from '../../../src/sandbox/promotions.js';
import { promotionTo } from '../../support/account-past.js';
import { temporaryDir } from '../../support/host-files.js';

const nowMs = Date.UTC(2026, 10, 20, 12);
const to = promotionTo(nowMs);

test('an account begins at the bottom and goes up one place at a time', () => {
  const state = temporaryDir();
  expect(standingOf(readPromotions(state, 'okx-main'))).toEqual({ rung: 'demo', step: 0 });
  addPromotion(state, to('readonly'));
  addPromotion(state, to('propose'));
  addPromotion(state, to('live', 1, { override: { reason: 'a test', missing: ['all'] } }));
  addPromotion(state, to('live', 2));
  const promotions = readPromotions(state, 'okx-main');
  expect(standingOf(promotions)).toEqual({ rung: 'live', step: 2 });
  expect(promotions[2]?.override).toEqual({ reason: 'a test', missing: ['all'] });
  expect(statSync(promotionsFile(state, 'okx-main')).mode & 0o777).toBe(0o600);
});

test('a place left out, a changed line, a line of another account and a line taken out are no promotions', () => {
  const state = temporaryDir();
  addPromotion(state, to('readonly'));
  addPromotion(state, to('live', 1)); // nobody's lawful way, signed all the same
  expect(() => readPromotions(state, 'okx-main')).toThrow('did not sign');

  const other = temporaryDir();
  addPromotion(other, to('readonly'));
  addPromotion(other, to('propose'));
  const file = promotionsFile(other, 'okx-main');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('"filled":20', '"filled":21'));
  expect(() => readPromotions(other, 'okx-main')).toThrow('did not sign');
  writeFileSync(file, text.split('\n').slice(1).join('\n'));
  expect(() => readPromotions(other, 'okx-main')).toThrow('did not sign');
  writeFileSync(file, text.replaceAll('okx-main', 'okx-side'));
  expect(() => readPromotions(other, 'okx-main')).toThrow('did not sign');
  writeFileSync(file, 'garbage\n');
  expect(() => addPromotion(other, to('readonly'))).toThrow('did not sign');
  writeFileSync(file, text);
  expect(standingOf(readPromotions(other, 'okx-main')).rung).toBe('propose');
  rmSync(join(other, 'journal-key.pem'));
  expect(() => readPromotions(other, 'okx-main')).toThrow('did not sign');
});

test('a promotion is bound to the journal that showed it', async () => {
  const state = temporaryDir();
  const journal = accountJournal(state, 'okx-main');
  const opened = openJournal(journal.dir, { sandbox: 'lab', sandboxId: 'a', clock: fixedClock(nowMs) });
  opened.append({ type: 'policy.loaded', digest: 'one' });
  await opened.close();
  const { head } = checkJournal(state, journal, nowMs);
  addPromotion(state, to('readonly', 0, { heads: [{ journal: journal.id, ...head }] }));
  const promotions = readPromotions(state, 'okx-main');
  expect(() => proveBound(state, 'okx-main', promotions, nowMs)).not.toThrow();

  const file = join(journal.dir, '000001.jsonl');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace('"one"', '"two"'));
  expect(() => proveBound(state, 'okx-main', promotions, nowMs)).toThrow('does not hold');
  writeFileSync(file, text);
  rmSync(journal.dir, { recursive: true });
  expect(() => proveBound(state, 'okx-main', promotions, nowMs)).toThrow('is gone');
  expect(() => proveBound(state, 'okx-side', [], nowMs)).not.toThrow();
});
