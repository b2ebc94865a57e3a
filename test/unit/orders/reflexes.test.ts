import { describe, expect, test } from 'vitest';
import type { OrderEvent } from '../../../src/audit/order-events.js';
import { type Decimal, decimal } from '../../../src/core/decimal.js';
import type { OrderIntent } from '../../../src/core/order.js';
import { recordOf } from '../../../src/orders/intent-record.js';
import { Ledger } from '../../../src/orders/ledger.js';
import { defaultReflexLimits, judgeReflexes, type PositionFacts } from '../../../src/orders/reflexes.js';

const contracts = (side: 'buy' | 'sell', size: string, more: Partial<OrderIntent> = {}): OrderIntent => ({
  venue: 'okx',
  account: 'main',
  moneyMode: 'DEMO',
  action: 'place',
  instrument: 'BTC-USDT-SWAP',
  side,
  type: 'market',
  quantity: { value: decimal(size), unit: 'contracts' },
  ...more,
});

const at = (
  now: Decimal | undefined,
  last?: { quantity: Decimal; closedMs: number | undefined },
): PositionFacts => ({
  now: () => now,
  last: () => last,
});

/** With `steps` 2 it is about to leave. */
function letOut(
  ledger: Ledger,
  id: string,
  fingerprint: string,
  atMs: number,
  intents: OrderIntent[],
  steps = 3,
): void {
  const events: OrderEvent[] = [
    {
      type: 'order.proposed',
      order: id,
      request: 'r',
      operation: 'o',
      fingerprint,
      intents: intents.map(recordOf),
    },
    { type: 'order.judged', order: id, stage: 'proposal', decision: 'allow', approvals: 0, reasons: [] },
    { type: 'order.releasing', order: id, request: 'r', digest: 'd', clientOrderIds: [] },
  ];
  for (const event of events.slice(0, steps)) ledger.apply(event, atMs);
}

const judge = (
  intent: OrderIntent,
  positions: PositionFacts,
  { ledger = new Ledger(), nowMs = 0, likeness = 'f', stage = 'proposal' as 'proposal' | 'release' } = {},
) =>
  judgeReflexes(
    { operation: 'o', intents: [intent], likeness, stage },
    { ledger, positions, nowMs, limits: defaultReflexLimits, isExit: () => false },
  )?.reasons[0]?.code;

describe('a position', () => {
  const long = at(decimal('2'));
  test.each([
    ['reduced', contracts('sell', '1'), undefined],
    ['closed', contracts('sell', '2'), undefined],
    ['turned around', contracts('sell', '2.1'), 'POSITION_FLIP'],
    [
      'turned around by a linear perpetual, which counts coins',
      contracts('sell', '2.1', { quantity: { value: decimal('2.1'), unit: 'base' }, isDerivative: true }),
      'POSITION_FLIP',
    ],
    ['added to', contracts('buy', '9'), undefined],
    ['closed by an order that can only reduce', contracts('sell', '9', { reduceOnly: true }), undefined],
    [
      'not meant by a spot order',
      contracts('sell', '9', { quantity: { value: decimal('9'), unit: 'base' } }),
      undefined,
    ],
  ])('of two, %s', (_, intent, code) => {
    expect(judge(intent, long)).toBe(code);
  });

  test('that is not known bars an order', () => {
    expect(judge(contracts('sell', '1'), at(undefined))).toBe('POSITION_UNKNOWN');
  });

  test('is not closed over an order that would open the reverse then', () => {
    const ledger = new Ledger();
    letOut(ledger, 'a', 'x', 0, [contracts('sell', '2', { type: 'limit' })]);
    const all = contracts('sell', '1', {
      quantity: { value: decimal('1'), unit: 'close-all' },
      reduceOnly: true,
    });
    const bound = contracts('sell', '2', { reduceOnly: true });
    for (const position of [long, at(decimal('4'))])
      expect([all, bound].map((intent) => judge(intent, position, { ledger }))).toEqual([
        'POSITION_FLIP',
        undefined,
      ]);
    expect(judge(all, at(undefined), { ledger })).toBe('POSITION_UNKNOWN');
    expect(judge(all, at(decimal('-2')), { ledger })).toBeUndefined();
    expect([all, bound].map((intent) => judge(intent, at(undefined)))).toEqual([undefined, undefined]);
  });

  test('that is not known may be closed while only orders that add to it rest', () => {
    const ledger = new Ledger();
    letOut(ledger, 'a', 'x', 0, [contracts('buy', '1', { type: 'limit' })]);
    const bound = (side: 'buy' | 'sell') => contracts(side, '2', { reduceOnly: true });
    const all = contracts('sell', '1', { quantity: { value: decimal('1'), unit: 'close-all' } });
    expect([bound('sell'), bound('buy'), all].map((one) => judge(one, at(undefined), { ledger }))).toEqual([
      undefined,
      undefined,
      'POSITION_UNKNOWN',
    ]);
  });

  test('is closed over what the venue holds to reducing, and over a market order that was answered', () => {
    const all = contracts('sell', '1', { quantity: { value: decimal('1'), unit: 'close-all' } });
    const ledger = new Ledger();
    letOut(ledger, 'a', 'x', 0, [contracts('sell', '2', { type: 'stop', reduceOnly: true })]);
    letOut(ledger, 'b', 'y', 0, [contracts('sell', '1')]);
    expect(judge(all, long, { ledger })).toBe('POSITION_FLIP');
    ledger.apply({ type: 'order.sent', order: 'b' }, 0);
    const answered = { type: 'order.answered', order: 'b', outcome: 'acknowledged', status: 200 } as const;
    ledger.apply({ ...answered, outcomes: [{ state: 'accepted' }] }, 0);
    expect(judge(all, long, { ledger })).toBeUndefined();
  });

  test('is not turned around by the orders of one request together', () => {
    const code = (...intents: OrderIntent[]) =>
      judgeReflexes(
        { operation: 'o', intents, likeness: 'f', stage: 'proposal' },
        { ledger: new Ledger(), positions: long, nowMs: 0, limits: defaultReflexLimits, isExit: () => false },
      )?.reasons[0]?.code;
    expect(code(contracts('sell', '1'), contracts('sell', '1'))).toBeUndefined();
    expect(code(contracts('sell', '2'), contracts('sell', '1'))).toBe('POSITION_FLIP');
    const bound = contracts('sell', '2', { reduceOnly: true });
    expect(code(contracts('sell', '1', { type: 'limit' }), bound)).toBe('POSITION_FLIP');
  });

  test('is meant by name where the account holds two, or the order is refused', () => {
    const other = { ...long, now: () => 'other' as const };
    expect(judge(contracts('sell', '1'), other)).toBe('POSITION_SIDE_UNKNOWN');
    expect(judge(contracts('sell', '1', { positionSide: 'short' }), other)).toBe('POSITION_SIDE_UNKNOWN');
  });

  test('of the other side is not closed by what is on its way on this one', () => {
    const ledger = new Ledger();
    letOut(ledger, 'a', 'x', 0, [contracts('sell', '2', { positionSide: 'short' })]);
    expect(judge(contracts('sell', '2'), long, { ledger })).toBeUndefined();
  });

  test('counts what is on its way', () => {
    const ledger = new Ledger();
    letOut(ledger, 'a', 'x', 0, [contracts('sell', '1')]);
    expect(judge(contracts('sell', '1'), long, { ledger })).toBeUndefined();
    expect(judge(contracts('sell', '1.5'), long, { ledger })).toBe('POSITION_FLIP');
  });

  test('just closed is not closed again, and may be opened anew after a while', () => {
    const closed = at(decimal('0'), { quantity: decimal('2'), closedMs: 0 });
    expect(judge(contracts('sell', '2'), closed, { nowMs: 1_000 })).toBe('REVERSED_CLOSE');
    expect(judge(contracts('buy', '2'), closed, { nowMs: 1_000 })).toBeUndefined();
    expect(judge(contracts('sell', '2'), closed, { nowMs: 60_000 })).toBeUndefined();
    const unseen = at(decimal('0'), { quantity: decimal('2'), closedMs: undefined });
    expect(judge(contracts('sell', '2'), unseen, { nowMs: 60_000 })).toBe('REVERSED_CLOSE');
  });
});

test('an identical order right after the first is refused, later and after a human’s yes it is not', () => {
  const ledger = new Ledger();
  letOut(ledger, 'a', 'f', 0, [contracts('buy', '1')]);
  const flat = at(decimal('0'));
  expect(judge(contracts('buy', '1'), flat, { ledger, nowMs: 1_999 })).toBe('DUPLICATE_ORDER');
  expect(judge(contracts('buy', '1'), flat, { ledger, nowMs: 2_000 })).toBeUndefined();
  expect(judge(contracts('buy', '1'), flat, { ledger, nowMs: 0, likeness: 'g' })).toBeUndefined();
  expect(judge(contracts('buy', '1'), flat, { ledger, nowMs: 0, stage: 'release' })).toBeUndefined();
});

test('an order that was let out and is not on the wire yet counts: it is no second time, and one of the hour', () => {
  const ledger = new Ledger();
  letOut(ledger, 'a', 'f', 0, [contracts('buy', '1')], 2);
  const flat = at(decimal('0'));
  expect(judge(contracts('buy', '1'), flat, { ledger })).toBe('DUPLICATE_ORDER');
  const other = Array.from({ length: defaultReflexLimits.ordersPerHour - 1 }, () => contracts('buy', '2'));
  letOut(ledger, 'b', 'g', 0, other, 2);
  expect(judge(contracts('buy', '3'), flat, { ledger, likeness: 'h' })).toBe('ORDER_THROTTLE');
});

test('an order that an amendment made larger turns a position round together with another', () => {
  const ledger = new Ledger();
  const named = { clientOrderId: 'c1' } as const;
  letOut(ledger, 'a', 'a', 0, [contracts('sell', '1', { type: 'limit', ...named })]);
  const judged = () => judge(contracts('sell', '1'), at(decimal('2')), { ledger });
  expect(judged()).toBeUndefined();
  letOut(ledger, 'b', 'b', 0, [contracts('sell', '2', { action: 'amend', ...named })]);
  expect(judged()).toBe('POSITION_FLIP');
});

test('an OCO is one order: it turns no position round that each of its parts closes, and counts once within the hour', () => {
  const parts = [
    contracts('sell', '2', { type: 'limit' }),
    contracts('sell', '2', { type: 'stop', isAlternative: true }),
  ];
  const long = at(decimal('2'));
  const judged = (intents: OrderIntent[], ledger: Ledger, ordersPerHour = 120) =>
    judgeReflexes(
      { operation: 'o', intents, likeness: 'z', stage: 'proposal' },
      {
        ledger,
        positions: long,
        nowMs: 10_000,
        limits: { ...defaultReflexLimits, ordersPerHour },
        isExit: () => false,
      },
    )?.reasons[0]?.code;
  expect(judged(parts, new Ledger())).toBeUndefined();
  expect(
    judged(
      [contracts('sell', '2', { type: 'limit' }), contracts('sell', '2', { type: 'stop' })],
      new Ledger(),
    ),
  ).toBe('POSITION_FLIP');
  const ledger = new Ledger();
  letOut(ledger, 'a', 'a', 0, [
    contracts('sell', '1', { type: 'limit' }),
    contracts('sell', '1', { isAlternative: true }),
  ]);
  expect(ledger.releasedWithin(0, 1_000)).toBe(1);
  // One rests already, which is one of the two that are held.
  expect(judged([contracts('sell', '1', { type: 'limit' })], ledger, 2)).toBeUndefined();
  expect(judged(parts, ledger, 2)).toBe('POSITION_FLIP');
  expect(judged([contracts('sell', '1', { type: 'limit' })], ledger, 1)).toBe('ORDER_THROTTLE');
});

test('an approval that waits to be claimed bars nothing that differs from it, until its request leaves', () => {
  const ledger = new Ledger();
  const intents = [contracts('buy', '1')];
  letOut(ledger, 'a', 'f', 0, intents, 1);
  const held = { stage: 'proposal', decision: 'hold', approvals: 1, reasons: [], expiresMs: 9 } as const;
  ledger.apply({ type: 'order.judged', order: 'a', ...held }, 0);
  ledger.apply({ type: 'order.approved', order: 'a', fingerprint: 'f', approver: 'x' }, 0);
  const codeWith = (...leaving: string[]) =>
    judgeReflexes(
      { operation: 'o', intents, likeness: 'f', stage: 'proposal', leaving: new Set(leaving) },
      { ledger, positions: at(decimal('0')), nowMs: 0, limits: defaultReflexLimits, isExit: () => false },
    )?.reasons[0]?.code;
  expect(codeWith()).toBeUndefined();
  expect(codeWith('b')).toBeUndefined();
  expect(codeWith('a')).toBe('DUPLICATE_ORDER');
});

test('orders whose outcome is unknown bar the next, cancels do not', () => {
  const ledger = new Ledger();
  const lose = (id: string, intents: OrderIntent[]) => {
    letOut(ledger, id, id, 0, intents);
    ledger.apply({ type: 'order.sent', order: id }, 0);
    const answered = {
      type: 'order.answered',
      order: id,
      outcome: 'unknown',
      status: 502,
      outcomes: [],
    } as const;
    ledger.apply(answered, 0);
  };
  const cancel = contracts('buy', '1', { action: 'cancel' });
  const next = () => judge(contracts('buy', '1'), at(decimal('0')), { ledger, nowMs: 60_000 });
  for (let count = 0; count < defaultReflexLimits.maxUnknown; count += 1) lose(`c${count}`, [cancel]);
  lose('a', [contracts('buy', '1')]);
  lose('b', [contracts('buy', '1', { action: 'amend' })]);
  expect(next()).toBeUndefined();
  lose('d', [cancel, contracts('buy', '1')]);
  expect(next()).toBe('VENUE_UNSTABLE');
});

test('1,138 trades in 45 minutes are stopped at the 121st', () => {
  const ledger = new Ledger();
  let sent = 0;
  let first: number | undefined;
  for (let trade = 0; trade < 1_138; trade += 1) {
    const nowMs = Math.floor((trade * 45 * 60_000) / 1_138);
    const intent = contracts('buy', String(trade + 1));
    const said = judgeReflexes(
      { operation: 'o', intents: [intent], likeness: `f${trade}`, stage: 'proposal' },
      { ledger, positions: at(decimal('0')), nowMs, limits: defaultReflexLimits, isExit: () => false },
    );
    if (said === undefined) {
      letOut(ledger, `o${trade}`, `f${trade}`, nowMs, [intent]);
      sent += 1;
    } else {
      first ??= trade;
      expect(said).toMatchObject({
        latch: { cause: 'more than 120 orders within an hour' },
        reasons: [{ code: 'ORDER_THROTTLE' }],
      });
    }
  }
  expect([sent, first]).toEqual([120, 120]);
});

describe('exits', () => {
  /** What the reflexes say of an exit of one contract, of a request that may be one. */
  const exit = (ledger: Ledger, nowMs: number, likeness: string) =>
    judgeReflexes(
      { operation: 'o', intents: [contracts('sell', '1')], likeness, stage: 'proposal' },
      {
        ledger,
        positions: at(decimal('1000')),
        nowMs,
        limits: { ...defaultReflexLimits, ordersPerHour: 3 },
        isExit: () => true,
      },
    );
  const used = () => {
    const ledger = new Ledger();
    for (const id of ['a', 'b', 'c']) letOut(ledger, id, id, 0, [contracts('buy', '1')]);
    return ledger;
  };

  test('pass once the orders of the hour are used up, so many a minute that cancels find room beside them', () => {
    const ledger = used();
    let passed = 0;
    for (let count = 0; count < 100; count += 1) {
      const said = exit(ledger, 1_000, `e${count}`);
      if (said === undefined) {
        letOut(ledger, `e${count}`, `e${count}`, 1_000, [contracts('sell', '1')]);
        passed += 1;
      } else {
        expect(said.reasons[0]?.code).toBe('EXIT_THROTTLE');
        expect(said.latch).toBeUndefined();
      }
    }
    expect(passed).toBe(30);
    // A burst before them is none of theirs, and a minute later they pass again.
    expect(exit(ledger, 60_999, 'x')?.reasons[0]?.code).toBe('EXIT_THROTTLE');
    expect(exit(ledger, 61_000, 'x')).toBeUndefined();
  });

  test('count as many as a request places, and those within the limit of the hour do not', () => {
    const batch = (ledger: Ledger, count: number) =>
      judgeReflexes(
        {
          operation: 'o',
          intents: Array.from({ length: count }, () => contracts('sell', '1')),
          likeness: 'batch',
          stage: 'proposal',
        },
        {
          ledger,
          positions: at(decimal('1000')),
          nowMs: 1_000,
          limits: { ...defaultReflexLimits, ordersPerHour: 3 },
          isExit: () => true,
        },
      )?.reasons[0]?.code;
    expect([batch(used(), 30), batch(used(), 31), batch(used(), 100)]).toEqual([
      undefined,
      'EXIT_THROTTLE',
      'EXIT_THROTTLE',
    ]);
    expect([batch(new Ledger(), 33), batch(new Ledger(), 34)]).toEqual([undefined, 'EXIT_THROTTLE']);
    const ledger = used();
    letOut(
      ledger,
      'd',
      'd',
      1_000,
      Array.from({ length: 20 }, () => contracts('sell', '1')),
    );
    expect([batch(ledger, 10), batch(ledger, 11)]).toEqual([undefined, 'EXIT_THROTTLE']);
  });

  test('pass however many outcomes are unknown', () => {
    const ledger = new Ledger();
    for (const id of ['a', 'b', 'c']) {
      letOut(ledger, id, id, 0, [contracts('buy', '1')]);
      const answered = { type: 'order.answered', outcome: 'unknown', status: 502, outcomes: [] } as const;
      ledger.apply({ ...answered, order: id }, 0);
    }
    expect(judge(contracts('sell', '1'), at(decimal('1')), { ledger })).toBe('VENUE_UNSTABLE');
    expect(exit(ledger, 0, 'x')).toBeUndefined();
  });
});

test('the count of a window is that of its orders, batches by their legs, cancels not at all', () => {
  const ledger = new Ledger();
  letOut(ledger, 'a', 'a', 0, [contracts('buy', '1'), contracts('buy', '2')]);
  letOut(ledger, 'b', 'b', 1_000, [contracts('buy', '1', { action: 'cancel' })]);
  letOut(ledger, 'c', 'c', 2_000, [contracts('buy', '1', { action: 'amend' })]);
  expect(ledger.releasedWithin(2_000, 10_000)).toBe(3);
  expect(ledger.releasedWithin(2_000, 2_000)).toBe(1);
  expect(ledger.releasedWithin(5_000, 3_000)).toBe(0);
});

test('what the README promises where nothing else is set: looks each hour, 120 orders an hour', () => {
  expect(defaultReflexLimits).toMatchObject({ reconcileMs: 3_600_000, ordersPerHour: 120 });
});

test('what is on its way takes nothing off a position in another account or margin mode', () => {
  const ledger = new Ledger();
  letOut(ledger, 'a', 'a', 0, [contracts('sell', '5', { venueAccount: 'U1', terms: { tdMode: 'cross' } })]);
  const sell = (more: Partial<OrderIntent>) =>
    judge(contracts('sell', '5', more), at(decimal('5')), { ledger });
  expect(sell({ venueAccount: 'U2' })).toBeUndefined();
  expect(sell({ venueAccount: 'U1', terms: { tdMode: 'isolated' } })).toBeUndefined();
  expect([sell({ venueAccount: 'U1' }), sell({})]).toEqual(['POSITION_FLIP', 'POSITION_FLIP']);
});
