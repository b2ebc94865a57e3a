// What the looks at an account find out, and what of it is told.
import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import type { AlertNote } from '../../../../src/sidecar/alerts/triggers.js';
import { AccountWatch, type WatchParts } from '../../../../src/sidecar/orders/account-watch.js';

const startMs = Date.UTC(2026, 10, 20, 12);

function ground({ wants = ['balance', 'loss'] }: { wants?: string[] } = {}) {
  let nowMs = startMs;
  let worth: string | undefined = '1000';
  const asked: string[] = [];
  const noted: string[] = [];
  const told: AlertNote[] = [];
  const holdings = [{ instrument: 'BTC', quantity: decimal('-2'), sinceMs: startMs - 3_600_000 }];
  const watch = new AccountWatch({
    accounts: () =>
      [
        {
          account: { id: 'main', environment: 'live', venue: { admin: { equity: () => 'equity' } } },
          activity: {
            holdings: () => holdings,
            equityMarks: {
              isNews: () => noted.length === 0,
              facts: () => ({ atStart: () => decimal('1000') }),
            },
          },
          noteEquity: (usd: Parameters<typeof formatDecimal>[0]) => noted.push(formatDecimal(usd)),
        },
      ] as unknown as ReturnType<WatchParts['accounts']>,
    alerts: { wants: (trigger) => wants.includes(trigger), tell: (note) => void told.push(note) },
    ask: (async (_account: unknown, call: string) => {
      asked.push(call);
      return worth === undefined ? { isUnderstood: false } : { isUnderstood: true, value: decimal(worth) };
    }) as unknown as WatchParts['ask'],
    timeZone: () => 'UTC',
    nowMs: () => nowMs,
  });
  const look = async (usd: string | undefined, atMs = nowMs) => {
    worth = usd;
    nowMs = atMs;
    told.length = 0;
    await watch.look();
    return told.map(({ trigger }) => trigger);
  };
  const of = (trigger: string) => told.find((note) => note.trigger === trigger);
  return { look, of, asked, noted };
}

test('how long a position is held: the first look tells it whole, later ones what came on top', async () => {
  const { look, of } = ground();
  await look('1000');
  expect(of('position')).toMatchObject({
    account: 'main',
    message: '-2 BTC held for 1 hours',
    held: { beforeMs: 0, afterMs: 3_600_000 },
  });
  await look('1000', startMs + 60_000);
  expect(of('position')?.held).toEqual({ beforeMs: 3_600_000, afterMs: 3_660_000 });
});

test('worth and loss come with what they were at the look before, and the first mark is journaled', async () => {
  const { look, of, noted } = ground();
  expect(await look('1000')).toEqual(['position', 'balance', 'loss']);
  expect(of('balance')?.worth).toEqual({ before: undefined, after: decimal('1000') });
  await look('950', startMs + 60_000);
  expect(of('balance')?.worth).toEqual({ before: decimal('1000'), after: decimal('950') });
  expect(of('loss')?.loss).toEqual({ before: decimal('0'), after: decimal('50') });
  expect(of('loss')?.message).toBe('the account lost 50 USD since its day began');
  expect(noted).toEqual(['1000']);
  // Another day begins anew.
  await look('940', startMs + 86_400_000);
  expect(of('loss')?.loss?.before).toBeUndefined();
});

test('the venue is asked only where somebody wants to know, and without an answer nothing is told', async () => {
  const quiet = ground({ wants: [] });
  expect([await quiet.look('1'), quiet.asked]).toEqual([['position'], []]);
  const dumb = ground();
  expect([await dumb.look(undefined), dumb.asked, dumb.noted]).toEqual([['position'], ['equity'], []]);
});
