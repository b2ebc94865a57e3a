import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OrderEvent } from '../../../src/audit/order-events.js';
import { decimal } from '../../../src/core/decimal.js';
import type { AskedMembers, OrderIntent } from '../../../src/core/order.js';
import { denied, deniedBy } from '../../../src/orders/admission.js';
import { fingerprintOf, identityOf, isFingerprintOf } from '../../../src/orders/fingerprint.js';
import { intentOf, recordOf } from '../../../src/orders/intent-record.js';
import { Ledger } from '../../../src/orders/ledger.js';
import { committedStates, finalStates, nextState, orderStates } from '../../../src/orders/lifecycle.js';
import { createModeJudge } from '../../../src/orders/mode-judge.js';
import { WaitingRoom } from '../../../src/orders/waiting-room.js';

const intent: OrderIntent = {
  venue: 'okx',
  account: 'main',
  moneyMode: 'DEMO',
  action: 'place',
  instrument: 'BTC-USDT',
  side: 'buy',
  type: 'limit',
  quantity: { value: decimal('0.10'), unit: 'base' },
  price: decimal('100'),
  clientOrderId: 'mine',
  legs: [],
};

const proposed = (order: string, fingerprint = 'f'): OrderEvent => ({
  type: 'order.proposed',
  order,
  request: 'r',
  operation: 'trade/order',
  fingerprint,
  intents: [recordOf(intent)],
});
const judged = (order: string, decision: 'allow' | 'hold' | 'deny'): OrderEvent => ({
  type: 'order.judged',
  order,
  stage: 'proposal',
  decision,
  approvals: 1,
  reasons: [],
});
const releasing = (order: string): OrderEvent => ({
  type: 'order.releasing',
  order,
  request: 'r',
  digest: 'd',
  clientOrderIds: ['mine'],
});

test('an intent comes back from its record as it was', () => {
  expect(recordOf(intentOf(recordOf(intent)))).toEqual(recordOf(intent));
  expect(recordOf(intent)).toMatchObject({ quantity: { value: '0.1', unit: 'base' }, price: '100' });
  const { quantity: _quantity, ...rest } = intent;
  const bot: OrderIntent = { ...rest, type: 'bot', margin: decimal('12.50') };
  expect(recordOf(bot)).toMatchObject({ type: 'bot', margin: '12.5' });
  expect(recordOf(intentOf(recordOf(bot)))).toEqual(recordOf(bot));
});

describe('the fingerprint', () => {
  const of = (more: Partial<OrderIntent>, operation = 'trade/order') =>
    fingerprintOf(operation, [{ ...intent, ...more }]);
  const usual = of({});

  test('is that of what is asked for, however it is spelled and whatever the client calls it', () => {
    expect(of({ quantity: { value: decimal('0.1000'), unit: 'base' } })).toBe(usual);
    expect(of({ clientOrderId: 'other' })).toBe(usual);
  });

  test('changes with every member, and with the order that an amend means', () => {
    const all = [
      of({}, 'trade/batch-orders'),
      of({ side: 'sell' }),
      of({ price: decimal('100.1') }),
      of({ quantity: { value: decimal('0.1'), unit: 'quote' } }),
      of({ reduceOnly: true }),
      of({ account: 'b' }),
      of({ moneyMode: 'LIVE' }),
      of({ legs: [intent] }),
      of({ action: 'amend' }),
      of({ action: 'amend', clientOrderId: 'other' }),
      usual,
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test('changes with everything else that is asked for, while the likeness is of what is traded', () => {
    const asking = (asks: AskedMembers, terms?: Record<string, string>) =>
      identityOf('trade/order', [{ ...intent, asks, ...(terms === undefined ? {} : { terms }) }]);
    const cross = asking(['{', 'tdMode', 'cross'], { tdMode: 'cross' });
    const cash = asking(['{', 'tdMode', 'cash'], { tdMode: 'cash' });
    expect(
      new Set([cross, cash, asking(['{', 'tdMode', ['{', 'cash', 'x']])].map((each) => each.fingerprint))
        .size,
    ).toBe(3);
    expect([cross.likeness, cash.likeness]).toEqual([usual, usual]);
    expect(identityOf('trade/order', [intent])).toEqual({ fingerprint: usual, likeness: usual });
  });

  test('is named by enough of its beginning', () => {
    expect(isFingerprintOf(usual.slice(0, 8), usual)).toBe(true);
    expect(isFingerprintOf(usual.slice(0, 7), usual)).toBe(false);
    expect(isFingerprintOf('', usual)).toBe(false);
    expect(isFingerprintOf(usual.slice(1, 12), usual)).toBe(false);
  });
});

test('what may have reached the venue never becomes something that can be sent', () => {
  const events: OrderEvent[] = [
    judged('a', 'allow'),
    judged('a', 'hold'),
    { type: 'order.approved', order: 'a', fingerprint: 'f', approver: 'x' },
    releasing('a'),
    { type: 'order.sent', order: 'a' },
    ...(['acknowledged', 'refused', 'unknown', 'unsent'] as const).map(
      (outcome): OrderEvent => ({ type: 'order.answered', order: 'a', outcome, status: 0, outcomes: [] }),
    ),
    { type: 'order.closed', order: 'a', cause: 'human', by: 'x', message: '' },
    { type: 'order.reconciled', order: 'a', outcomes: [] },
  ];
  const context = { approvals: 9, approvalsWanted: 1 };
  for (const state of orderStates) {
    for (const event of events) {
      const next = nextState(state, event, context);
      if (finalStates.has(state)) expect([state, event.type, next]).toEqual([state, event.type, undefined]);
      if (!committedStates.has(state) || next === undefined) continue;
      expect([state, next, committedStates.has(next) || next === 'unsent']).toEqual([state, next, true]);
      expect(next === 'releasing').toBe(false);
    }
  }
});

test('any list of events either folds or is refused, and the refused one changes nothing', () => {
  const anyEvent = fc.oneof(
    ...['a', 'b'].flatMap((order) => [
      fc.constant(proposed(order)),
      fc.constantFrom(judged(order, 'allow'), judged(order, 'hold'), judged(order, 'deny')),
      fc.constant(releasing(order)),
      fc.constant<OrderEvent>({ type: 'order.sent', order }),
    ]),
  );
  fc.assert(
    fc.property(fc.array(anyEvent), (events) => {
      const ledger = new Ledger();
      for (const event of events) {
        const before = JSON.stringify(ledger.orders());
        if (ledger.accepts(event)) ledger.apply(event, 1);
        else {
          expect(() => ledger.apply(event, 1)).toThrow();
          expect(JSON.stringify(ledger.orders())).toBe(before);
        }
      }
      for (const states of [['held'], ['approved'], ['approved', 'held'], ['held', 'releasing']] as const) {
        const found = ledger.open().filter(({ state }) => states.some((each) => each === state));
        expect(new Set(ledger.openIn(...states))).toEqual(new Set(found));
      }
    }),
  );
});

test('orders that wait are listed in the order in which they came, though one is approved meanwhile', () => {
  const ledger = new Ledger();
  for (const order of ['a', 'b', 'c']) {
    ledger.apply(proposed(order), 1);
    ledger.apply(judged(order, 'hold'), 1);
  }
  ledger.apply({ type: 'order.approved', order: 'a', fingerprint: 'f', approver: 'x' }, 2);
  const waiting = () => ledger.openIn('held', 'approved').map(({ id, state }) => `${id} ${state}`);
  expect(waiting()).toEqual(['a approved', 'b held', 'c held']);
  ledger.apply(releasing('a'), 3);
  expect(waiting()).toEqual(['b held', 'c held']);
});

test('finished orders are forgotten one by one, open ones never', () => {
  const ledger = new Ledger();
  ledger.apply(proposed('open'), 0);
  for (let index = 0; index < 1_200; index += 1) {
    ledger.apply(proposed(`n${index}`), index);
    ledger.apply(judged(`n${index}`, 'deny'), index);
  }
  expect(ledger.order('open')?.state).toBe('proposed');
  expect(ledger.orders()).toHaveLength(1_001);
  expect(ledger.order('n199')).toBeUndefined();
});

test('a new exchange knows nothing of what was open, a halt outlives it', () => {
  const ledger = new Ledger();
  ledger.apply({ type: 'trading.state', account: 'main', state: 'HALTED', cause: 'c', by: 'b' }, 0);
  for (const event of [proposed('a'), judged('a', 'allow'), releasing('a')]) ledger.apply(event, 0);
  ledger.apply(
    {
      type: 'account.attached',
      account: 'm',
      venue: 'okx',
      environment: 'paper',
      sandbox: 's',
      isFresh: true,
    },
    1,
  );
  expect(ledger.open()).toEqual([]);
  expect(ledger.tradingState).toBe('HALTED');
});

describe('a mode', () => {
  const question = { operation: 'o', intents: [intent], likeness: 'f', stage: 'proposal' } as const;
  const said = (decision: 'allow' | 'hold' | 'deny', approvals = 0) => ({
    prepare: async () => {},
    judge: () => ({ decision, approvals, reasons: [] }),
  });

  test('demo passes what the rules pass, propose holds it, live needs rules', () => {
    expect(createModeJudge('demo', () => undefined).judge(question).decision).toBe('allow');
    expect(createModeJudge('propose', () => undefined).judge(question)).toMatchObject({
      decision: 'hold',
      approvals: 1,
    });
    expect(createModeJudge('live', () => undefined).judge(question)).toMatchObject({
      decision: 'deny',
      reasons: [{ code: 'GUARDRAILS_MISSING' }],
    });
    expect(createModeJudge('live', () => said('allow')).judge(question).decision).toBe('allow');
  });

  test('what a venue asks back about real money a human decides on, each question by itself', () => {
    const asking = (text: string) => ({ ...question, intents: [{ ...intent, question: text }] });
    const live = createModeJudge('live', () => said('allow'));
    expect(live.judge(asking('Sure?'))).toMatchObject({
      decision: 'hold',
      approvals: 1,
      reasons: [{ code: 'VENUE_QUESTION' }],
    });
    expect(createModeJudge('demo', () => said('allow')).judge(asking('Sure?')).decision).toBe('allow');
    expect(createModeJudge('live', () => said('deny')).judge(asking('Sure?')).decision).toBe('deny');
    expect(live.judge({ ...asking('Sure?'), stage: 'release' }).decision).toBe('allow');
    const [one, other] = ['Sure?', 'Really?'].map((text) => fingerprintOf('o', asking(text).intents));
    expect(one).not.toBe(other);
  });

  test('no mode softens a no, and two people stay two', () => {
    for (const mode of ['demo', 'propose', 'live'] as const) {
      expect(createModeJudge(mode, () => said('deny')).judge(question).decision).toBe('deny');
    }
    expect(createModeJudge('propose', () => said('hold', 2)).judge(question).approvals).toBe(2);
  });

  test('at the release, what enough people approved is not held again', () => {
    const ledger = new Ledger();
    for (const event of [proposed('a'), judged('a', 'hold')]) ledger.apply(event, 0);
    ledger.apply({ type: 'order.approved', order: 'a', fingerprint: 'f', approver: 'x' }, 0);
    const entry = ledger.order('a');
    const release = { ...question, stage: 'release', ...(entry && { entry }) } as const;
    expect(createModeJudge('live', () => said('hold', 1)).judge(release).decision).toBe('allow');
    expect(createModeJudge('live', () => said('hold', 2)).judge(release).decision).toBe('hold');
    expect(createModeJudge('live', () => said('deny')).judge(release).decision).toBe('deny');
  });
});

test('who waits too long is told so, who is taken out is not', async () => {
  const room = new WaitingRoom(10);
  const proposal = { request: 'r', operation: 'o', intents: [] };
  const late = denied('a', 'LATE', 'm');
  const [first, second] = [1, 2].map(() => room.wait('a', proposal, { isGone: () => false }, late));
  const [one] = room.take('a');
  one?.resolve(deniedBy('a', []));
  expect(await first).toMatchObject({ code: 'DENIED' });
  expect(room.take('a')).toEqual([]);
  const third = await room.wait('b', proposal, { isGone: () => false }, late);
  expect(third).toBe(late);
  expect(second).toBeInstanceOf(Promise);
});

test('an approval claimed under another client order id is known by that one, too', () => {
  const ledger = new Ledger();
  const events = [proposed('a'), judged('a', 'allow'), { ...releasing('a'), clientOrderIds: ['other'] }];
  for (const event of events) ledger.apply(event as OrderEvent, 1);
  expect([ledger.byClientOrderId('other')?.id, ledger.byClientOrderId('mine')?.id]).toEqual(['a', 'a']);
});

test('a key that signed counts once, whatever its owner is called by then', () => {
  const ledger = new Ledger();
  const signed = (approver: string, key: string) =>
    ledger.apply(
      { type: 'order.approved', order: 'a', fingerprint: 'f', approver, key, expiresMs: 1, signature: 's' },
      0,
    );
  ledger.apply(
    { type: 'order.proposed', order: 'a', request: 'r', operation: 'o', fingerprint: 'f', intents: [] },
    0,
  );
  ledger.apply(
    { type: 'order.judged', order: 'a', stage: 'proposal', decision: 'hold', approvals: 2, reasons: [] },
    0,
  );
  signed('ann', 'k1');
  signed('anna', 'k1');
  expect(ledger.order('a')?.state).toBe('held');
  signed('bob', 'k2');
  expect(ledger.order('a')?.state).toBe('approved');
});
