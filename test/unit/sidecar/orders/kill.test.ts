// What `--flatten` closes when it is not known that nothing rests any more; the rest of a kill stands in orders.test.ts.
import { expect, test } from 'vitest';
import type { JournalEvent } from '../../../../src/audit/events.js';
import { decimal } from '../../../../src/core/decimal.js';
import { killAccount } from '../../../../src/sidecar/orders/kill.js';
import type { AskVenue } from '../../../../src/sidecar/venue-calls.js';
import type { RestingOrder } from '../../../../src/venues/admin.js';

type Trouble = 'none' | 'rests' | 'unlisted' | 'all unread';

/**
 * A venue with a position and one exit that rests, whose trouble lasts for so many rounds of cancelling. Each look at the clock comes
 * `stepMs` after the one before.
 */
function start(
  trouble: Trouble,
  { isHeld = false, closes = true, open = '2', rounds = 1_000, stepMs = 10_000 } = {},
) {
  const exit: RestingOrder = { instrument: 'X', venueOrderId: '1', side: 'sell', kind: 'plain' };
  let [held, isResting, round, nowMs] = [decimal(open), true, 0, 0];
  const asked: string[] = [];
  const events: JournalEvent[] = [];
  const calls: Record<string, () => unknown> = {
    list: () => {
      round += 1;
      if (trouble === 'unlisted' && round <= rounds) return undefined;
      return trouble === 'all unread' ? undefined : { orders: isResting ? [exit] : [] };
    },
    cancel: () => {
      isResting = trouble === 'rests' && round <= rounds;
      return isResting ? { canceled: 0, failed: 1 } : { canceled: 1, failed: 0 };
    },
    positions: () => {
      if (trouble === 'all unread') return undefined;
      return held.eq(decimal('0')) ? [] : [{ instrument: 'X', quantity: held }];
    },
    close: () => {
      held = decimal('0');
      return { isAccepted: true };
    },
  };
  const admin = {
    openOrders: () => 'list',
    cancelBatchSize: 1,
    cancelOrders: () => 'cancel',
    positions: () => 'positions',
    ...(closes && { closePosition: () => 'close' }),
    ...(isHeld && { isCloseHeldToReduce: true }),
  };
  const ask = (async (_account: unknown, call: string) => {
    asked.push(call);
    const value = calls[call]?.();
    return value === undefined
      ? { isUnderstood: false, problem: 'busy', status: 503 }
      : { isUnderstood: true, value };
  }) as unknown as AskVenue;
  const trading = {
    account: { id: 'a', venue: { admin }, environment: 'live' },
    desk: { setState() {}, ledger: { openIn: () => [], apply() {} } },
    journal: { append: (event: JournalEvent) => events.push(event) },
  };
  return {
    asked,
    events,
    kill: (order: { flatten: boolean; force?: boolean }) =>
      killAccount(trading as never, { ...order, by: 'ann' }, { ask, nowMs: () => (nowMs += stepMs) }),
  };
}

test.each(['rests', 'unlisted'] as const)(
  'an exit that may still rest (%s) keeps a plain close from being sent: the position is told, and what to do',
  async (trouble) => {
    const { kill, asked, events } = start(trouble);
    const report = await kill({ flatten: true });
    expect(report).toMatchObject({ isVerified: false, closedPositions: 0 });
    expect(report.problem).toMatch(
      /positions are still open: 2 X; not closed, because .* --flatten --force$/,
    );
    expect(asked).not.toContain('close');
    expect(events.map(({ type }) => type)).toEqual(['trading.closed', 'trading.killed']);
    expect(events[0]).toMatchObject({ isAccepted: false, problem: expect.stringContaining('not sent') });
  },
);

test('with --force it is sent all the same, once', async () => {
  const { kill, asked } = start('rests');
  expect(await kill({ flatten: true, force: true })).toMatchObject({ isVerified: false, closedPositions: 1 });
  expect(asked.filter((call) => call === 'close')).toHaveLength(1);
});

test('a close that the venue holds to reducing is sent whatever rests, and without --flatten none is', async () => {
  const held = start('rests', { isHeld: true });
  expect(await held.kill({ flatten: true })).toMatchObject({ isVerified: false, closedPositions: 1 });
  const without = start('rests', { isHeld: true });
  expect(await without.kill({ flatten: false })).toMatchObject({ closedPositions: 0 });
  expect(without.asked).not.toContain('positions');
});

test('once cancelling is verified a plain close is sent; lists that cannot be read are asked for longer then', async () => {
  const { kill, asked } = start('none');
  expect(await kill({ flatten: true })).toMatchObject({ isVerified: true, closedPositions: 1, problem: '' });
  expect(asked.filter((call) => call === 'close')).toHaveLength(1);
  const late = start('unlisted', { rounds: 5, stepMs: 100 });
  expect(await late.kill({ flatten: true })).toMatchObject({ isVerified: true, closedPositions: 1 });
  const cancelling = start('unlisted', { rounds: 5, stepMs: 100 });
  expect(await cancelling.kill({ flatten: false })).toMatchObject({ isVerified: false });
});

test('nothing is said of positions where there are none; where they cannot be read that is said', async () => {
  const flat = await start('rests', { open: '0' }).kill({ flatten: true });
  expect(flat.problem).toBe('1 orders still rest');
  const unread = await start('all unread').kill({ flatten: true });
  expect(unread.problem).toMatch(/no position was closed, and they could not be read: busy; .*--force/);
  // Where nothing can be closed from here `--force` is no advice.
  const closeless = await start('rests', { closes: false }).kill({ flatten: true });
  expect(closeless.problem).not.toContain('--force');
});
