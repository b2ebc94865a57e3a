// What a sidecar finds that goes on from an earlier one's last look: drift that nobody saw is found, and what was sent explains the rest.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JournalEvent } from '../../../src/audit/events.js';
import type { IntentRecord, OrderEvent } from '../../../src/audit/order-events.js';
import { decimal } from '../../../src/core/decimal.js';
import { type AccountLook, DriftWatch } from '../../../src/orders/drift.js';
import { LastSeen } from '../../../src/orders/last-seen.js';
import { Ledger } from '../../../src/orders/ledger.js';

const swap = 'BTC-USDT-SWAP';

const held = (quantity: number, resting: AccountLook['resting'] = [], isHedged = false): AccountLook => ({
  resting,
  positions:
    quantity === 0
      ? []
      : [{ instrument: swap, quantity: decimal(String(quantity)), ...(isHedged ? { isHedged: true } : {}) }],
});

/** An account whose sidecars end and begin again over one journal. */
function ground(environment = 'demo') {
  const journal: { event: JournalEvent; atMs: number }[] = [];
  let nowMs = 1_000;
  let place = environment;
  let life: ReturnType<typeof begin>;
  const begin = () => {
    const [watch, lastSeen, ledger] = [new DriftWatch(), new LastSeen(), new Ledger()];
    for (const { event, atMs } of journal) {
      ledger.apply(event, atMs);
      lastSeen.apply(event, atMs, ledger);
    }
    return { watch, lastSeen, ledger };
  };
  const note = (event: OrderEvent) => {
    journal.push({ event, atMs: ++nowMs });
    life.ledger.apply(event, nowMs);
  };
  const attach = () => {
    const about = { account: 'main', venue: 'okx', sandbox: 'desk' };
    const event = {
      ...about,
      type: 'account.attached',
      environment: place,
      isFresh: place === 'paper',
    } as const;
    note(event);
    life.lastSeen.apply(event, nowMs, life.ledger);
    life.lastSeen.restore(life.watch, life.ledger);
  };
  life = begin();
  attach();
  let orders = 0;
  return {
    journal,
    records: () => journal.filter(({ event }) => event.type === 'account.seen').length,
    restart(in_ = place) {
      place = in_;
      life = begin();
      attach();
    },
    resume() {
      note({ type: 'trading.state', account: 'main', state: 'ACTIVE', cause: 'resumed', by: 'me' });
      life.watch.reset();
      life.lastSeen.resumed();
    },
    /** `during`: what happens while the venue is asked. */
    look(at: AccountLook, during: () => void = () => {}): string[] {
      const fromMs = ++nowMs;
      const { watch, lastSeen, ledger } = life;
      const open = ledger.openIn('releasing', 'sent', 'unknown', 'acknowledged');
      watch.begin(open);
      during();
      const drift = watch.end(at, ledger.orders());
      const seen = watch.seen();
      if (drift.length > 0 || seen === undefined) return drift;
      const news = lastSeen.news('main', seen, { fromMs, open });
      if (news !== undefined) note(news);
      return drift;
    },
    send(side: 'buy' | 'sell', value: string, more: Partial<IntentRecord> = {}): string {
      const order = `o${++orders}`;
      const base = { venue: 'okx', account: 'main', moneyMode: 'DEMO', action: 'place' } as const;
      const quantity = { value, unit: 'contracts' };
      const intents = [{ ...base, instrument: swap, side, type: 'limit', quantity, ...more }];
      const about = { order, request: 'r' };
      note({ ...about, type: 'order.proposed', operation: 'trade/order', fingerprint: order, intents });
      note({ order, type: 'order.judged', stage: 'proposal', decision: 'allow', approvals: 0, reasons: [] });
      note({ ...about, type: 'order.releasing', digest: 'd', clientOrderIds: [`c${order}`] });
      note({ order, type: 'order.sent' });
      life.watch.sent({ intents });
      life.lastSeen.sent();
      return order;
    },
    end(order: string, state: 'filled' | 'canceled' = 'filled') {
      note({
        order,
        type: 'order.answered',
        outcome: 'acknowledged',
        status: 200,
        outcomes: [{ state: 'accepted' }],
      });
      note({ order, type: 'order.reconciled', outcomes: [{ state }] });
    },
    close(quantity: string, positionSide?: 'long' | 'short') {
      const side = positionSide === undefined ? {} : { positionSide };
      note({ type: 'trading.closing', account: 'main', instrument: swap, quantity, attempt: 1, ...side });
    },
  };
}

test('what changed while no sidecar looked is drift at the next first look; what had been seen is none', () => {
  const { look, restart } = ground();
  expect(look(held(1))).toEqual([]);
  restart();
  expect(look(held(1))).toEqual([]);
  restart();
  const changed = `the position in ${swap} changed from 1 to 3, which no order sent from here explains`;
  expect(look(held(3))).toEqual([changed]);
  // Drift is not what later looks are held against, across further restarts.
  restart();
  expect(look(held(3))).toEqual([changed]);
  expect(look(held(0))[0]).toContain('changed from 1 to 0');
  const order = { venueOrderId: 'x9', instrument: swap };
  expect(look(held(1, [order]))).toEqual([`the order x9 of ${swap} rests and was not sent from here`]);
});

test('a human who resumed took it as it was then, and across restarts', () => {
  const { look, restart, resume } = ground();
  look(held(1));
  restart();
  expect(look(held(3))).toHaveLength(1);
  resume();
  expect(look(held(3))).toEqual([]);
  restart();
  expect(look(held(3))).toEqual([]);
  expect(look(held(1))).toHaveLength(1);
});

test('own orders explain what became of them meanwhile: at rest, sent since, or over while one looked', () => {
  const resting = ground();
  const order = resting.send('buy', '2');
  resting.look(held(0));
  resting.restart();
  expect(resting.look(held(2))).toEqual([]);
  resting.end(order);
  resting.look(held(2));
  resting.restart();
  expect(resting.look(held(4))).toHaveLength(1);

  const since = ground();
  since.look(held(0));
  since.end(since.send('buy', '2'));
  since.restart();
  expect(since.look(held(2.5))).toHaveLength(1);
  expect(since.look(held(2))).toEqual([]);

  const meanwhile = ground();
  const late = meanwhile.send('buy', '2');
  meanwhile.look(held(0), () => meanwhile.end(late));
  meanwhile.restart();
  expect(meanwhile.look(held(2))).toEqual([]);
});

test('a kill’s own closes explain what they closed, on their side', () => {
  const { look, restart, close } = ground();
  look(held(2));
  close('2');
  restart();
  expect(look(held(-1))).toHaveLength(1);
  expect(look(held(0))).toEqual([]);
  const apart = ground();
  apart.look(held(2, [], true));
  apart.close('2', 'long');
  apart.restart();
  expect(apart.look(held(0))).toEqual([]);
});

test('an exit that rests on after its order is over may fill at any time, also while no sidecar looks', () => {
  const child = [{ venueOrderId: 'tp1', instrument: swap }];
  const { look, restart, send, end } = ground();
  const leg: IntentRecord = {
    venue: 'okx',
    account: 'main',
    moneyMode: 'DEMO',
    action: 'place',
    instrument: swap,
  };
  end(send('buy', '1', { legs: [{ ...leg, side: 'sell', quantity: { value: '1', unit: 'contracts' } }] }));
  look(held(1, child));
  expect(look(held(1, child))).toEqual([]);
  restart();
  expect(look(held(0))).toEqual([]);
  expect(look(held(1))).toHaveLength(1);
});

test('a new exchange, and another environment under the same name, hold nothing of before', () => {
  const fresh = ground('paper');
  fresh.look(held(1));
  fresh.restart();
  expect(fresh.look(held(0))).toEqual([]);
  const moved = ground('demo');
  moved.look(held(1));
  moved.restart('live');
  expect(moved.look(held(0))).toEqual([]);
});

test('a look is written down when it shows something else, or orders were sent since, and not again', () => {
  const { look, records, send, end, restart } = ground();
  for (let times = 0; times < 3; times += 1) look(held(1));
  expect(records()).toBe(1);
  look(held(1, [], true));
  expect(records()).toBe(1); // drift: another side
  end(send('buy', '1'), 'canceled');
  look(held(1));
  look(held(1));
  expect(records()).toBe(2);
  restart();
  look(held(1));
  expect(records()).toBe(2);
});

test('what is too much to write down is held against nothing', () => {
  const { look, restart, journal } = ground();
  const many = Array.from({ length: 201 }, (_, index) => ({ venueOrderId: `v${index}`, instrument: swap }));
  look(held(1, many));
  expect(journal.at(-1)?.event).toMatchObject({ isTooMuch: true, foreign: [] });
  restart();
  expect(look(held(9))).toEqual([]);
});

test('random fills of own orders are never drift, however looks, ends and restarts interleave; one contract more is', () => {
  const step = fc.record({
    side: fc.constantFrom('buy' as const, 'sell' as const),
    size: fc.integer({ min: 1, max: 9 }),
    filled: fc.integer({ min: 0, max: 9 }),
    fills: fc.constantFrom('at once', 'in the look', 'later'),
    next: fc.constantFrom('look', 'restart', 'restart and look', 'nothing'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 16 }), fc.boolean(), (steps, buys) => {
      const { look, restart, send, end } = ground();
      let position = 0;
      const open: { order: string; rest: number }[] = [];
      const settle = () => {
        for (const { order, rest } of open.splice(0)) {
          position += rest;
          end(order);
        }
      };
      expect(look(held(position))).toEqual([]);
      for (const { side, size, filled, fills, next } of steps) {
        const order = send(side, String(size));
        open.push({ order, rest: (side === 'buy' ? 1 : -1) * Math.min(filled, size) });
        if (fills === 'at once') settle();
        if (next.startsWith('restart')) restart();
        // Positions are told before the fills of that moment.
        if (next.endsWith('look')) {
          const told = position;
          expect(look(held(told), () => fills === 'in the look' && settle())).toEqual([]);
        }
      }
      settle();
      restart();
      expect(look(held(position))).toEqual([]);
      restart();
      expect(look(held(position + (buys ? 1 : -1)))).toHaveLength(1);
    }),
    { numRuns: 150 },
  );
});
