import { expect, test } from 'vitest';
import type { JournalEvent } from '../../../../src/audit/events.js';
import { decimal } from '../../../../src/core/decimal.js';
import { closeAll } from '../../../../src/sidecar/orders/flatten.js';
import type { CallAccount, CallResult } from '../../../../src/sidecar/venue-calls.js';
import type { VenueCall, VenuePosition } from '../../../../src/venues/admin.js';
import { venues } from '../../../../src/venues/venues.js';

type Answer = 'fills' | 'takes' | 'refuses' | 'loses' | 'turns';

/** A venue that answers one attempt after the other so; `unread` looks at its positions fail first. */
function start(answers: Answer[], { unread = 0, quantity = '-2', breaks = false, isHeld = true } = {}) {
  let held = decimal(quantity);
  let failing = unread;
  const events: JournalEvent[] = [];
  const positions: VenuePosition[] = [];
  const account = { id: 'a', environment: 'demo' } as CallAccount;
  const calls = { positions: { what: 'positions' }, close: { what: 'close' } };
  const answer = (what: string): unknown => {
    if (what === 'positions') {
      if (failing-- > 0) return undefined;
      return held.eq(decimal('0')) ? [] : [{ instrument: 'X', quantity: held }];
    }
    const next = answers.shift() ?? 'refuses';
    if (next === 'fills') held = decimal('0');
    if (next === 'turns') held = held.times(decimal('-1'));
    return next === 'loses' ? undefined : { isAccepted: next !== 'refuses' };
  };
  const ask = async <Result>(_: CallAccount, call: VenueCall<Result>): Promise<CallResult<Result>> => {
    const value = answer((call as unknown as { what: string }).what) as Result | undefined;
    return value === undefined
      ? { isUnderstood: false, problem: 'no whole answer came', status: 0 }
      : { isUnderstood: true, value };
  };
  const run = (untilMs = Date.now() + 5_000) =>
    closeAll({
      trading: {
        account,
        journal: {
          append: (event) => {
            if (breaks) throw new Error('disk full');
            return events.push(event);
          },
        },
      },
      admin: {
        positions: () => calls.positions as never,
        closePosition: () => calls.close as never,
        ...(isHeld && { isCloseHeldToReduce: true as const }),
      },
      ask,
      nowMs: () => Date.now(),
      untilMs,
      pace: { stepMs: 2, settleMs: 10 },
    });
  return { run, events, positions };
}

test('what is refused, lost, or taken and not filled is closed again until nothing is left', async () => {
  const { run, events } = start(['refuses', 'loses', 'takes', 'fills']);
  expect(await run()).toEqual({ accepted: 1, problem: '' });
  expect(events.map((event) => (event.type === 'trading.closing' ? event.attempt : event.type))).toEqual(
    [1, 2, 3, 4].flatMap((attempt) => [attempt, 'trading.closed']),
  );
});

test('positions that cannot be read are asked for again', async () => {
  const { run } = start(['fills'], { unread: 2 });
  expect(await run()).toEqual({ accepted: 1, problem: '' });
  const deaf = start([], { unread: 1_000 });
  expect((await deaf.run(Date.now() + 20)).problem).toBe('positions could not be read: no whole answer came');
});

test('a venue that refuses for good is told of, after a few attempts', async () => {
  const { run, events } = start([]);
  expect(await run()).toEqual({ accepted: 0, problem: 'positions are still open: -2 X' });
  expect(events.filter(({ type }) => type === 'trading.closing')).toHaveLength(5);
});

test('a position that turned around is not closed the other way', async () => {
  const { run, events } = start(['turns', 'fills']);
  expect(await run()).toEqual({ accepted: 1, problem: 'positions are still open: 2 X' });
  expect(events.filter(({ type }) => type === 'trading.closing')).toHaveLength(1);
});

test('one instrument held cross and isolated is two positions, each closed by itself', async () => {
  const open = new Map<string, VenuePosition>([
    ['isolated', { instrument: 'X', quantity: decimal('2'), marginMode: 'isolated' }],
    ['cross', { instrument: 'X', quantity: decimal('-1'), marginMode: 'cross' }],
  ]);
  const report = await closeAll({
    trading: {
      account: { id: 'a', environment: 'demo' } as CallAccount,
      journal: { append: () => ({}) as never },
    },
    admin: {
      positions: () => ({ value: () => [...open.values()] }) as never,
      closePosition: (_, { marginMode = '' }) =>
        ({ value: () => ({ isAccepted: open.delete(marginMode) }) }) as never,
    },
    ask: async (_, call) => ({ isUnderstood: true, value: (call as unknown as { value(): never }).value() }),
    nowMs: () => Date.now(),
    untilMs: Date.now() + 1_000,
    pace: { stepMs: 2, settleMs: 10 },
  });
  expect(report).toEqual({ accepted: 2, problem: '' });
});

test('out of time, each position still gets its one attempt', async () => {
  const { run } = start(['fills']);
  expect(await run(0)).toEqual({ accepted: 1, problem: '' });
  expect(await start(['takes', 'fills']).run(0)).toMatchObject({ problem: 'positions are still open: -2 X' });
});

test('a journal that fails keeps no position open, and the failure is told', async () => {
  const { run } = start(['fills'], { breaks: true });
  expect(await run()).toMatchObject({ accepted: 1, problem: '', journalFailure: new Error('disk full') });
});

test.each(['takes', 'loses'] as const)(
  'an order that a venue %s, and that could open the reverse, is sent once',
  async (answer) => {
    const { run, events } = start(['refuses', answer, 'fills'], { isHeld: false });
    const { accepted, problem } = await run();
    expect(accepted).toBe(answer === 'takes' ? 1 : 0);
    expect(problem).toContain('positions are still open: -2 X; an order to close was sent');
    expect(events.filter(({ type }) => type === 'trading.closing')).toHaveLength(2);
  },
);

test('the venues that hold a close to reducing are those whose request says so', () => {
  const holding = venues.filter(({ admin }) => admin?.isCloseHeldToReduce === true).map(({ id }) => id);
  // The orders that close at Tradier and IBKR are plain ones. Alpaca ("Close a Position") and Coinbase ("Close Position") have calls of
  // their own; what those pages say, that they liquidate or place an order to close, promises nothing beside another order.
  expect(holding.toSorted()).toEqual(['binance', 'bybit', 'hyperliquid', 'kraken-futures', 'okx']);
});
