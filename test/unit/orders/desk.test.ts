import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { JournalEvent } from '../../../src/audit/events.js';
import type { OrderEvent } from '../../../src/audit/order-events.js';
import { fixedClock } from '../../../src/core/clock.js';
import { decimal } from '../../../src/core/decimal.js';
import type { OrderIntent } from '../../../src/core/order.js';
import type { Admission } from '../../../src/orders/admission.js';
import { clockSlackMs } from '../../../src/orders/clock-watch.js';
import { OrderDesk } from '../../../src/orders/desk.js';
import { defaultDeskLimits } from '../../../src/orders/desk-parts.js';
import type { Judge, Judgement, Question } from '../../../src/orders/judge.js';
import { Ledger } from '../../../src/orders/ledger.js';

const intent = (more: Partial<OrderIntent> = {}): OrderIntent => ({
  venue: 'okx',
  account: 'main',
  moneyMode: 'DEMO',
  action: 'place',
  instrument: 'BTC-USDT',
  side: 'buy',
  type: 'limit',
  quantity: { value: decimal('1'), unit: 'base' },
  price: decimal('100'),
  ...more,
});

const here = { isGone: () => false };
const hold: Judgement = { decision: 'hold', approvals: 1, reasons: [] };
const pass: Judgement = { decision: 'allow', approvals: 0, reasons: [] };

/** A desk over a journal in memory; `restart` gives another desk over the same journal. */
function world(first: Judgement | ((question: Question) => Judgement) = hold, limits = {}) {
  const journal: { at: number; event: JournalEvent }[] = [];
  // `set` moves it as time does; `setBy` is what somebody does to it.
  const shown = fixedClock(1_000_000);
  let setBy = 0;
  const passed = { awakeMs: () => shown.nowMs(), wholeMs: () => shown.nowMs() };
  const clock = { nowMs: () => shown.nowMs() + setBy, passed };
  let judgement =
    typeof first === 'function' ? first : ({ stage }: Question) => (stage === 'release' ? pass : first);
  let count = 0;
  let tainted = false;
  /** Records that are in the file: a line that is appended takes with it those that were noted. */
  let written = 0;
  const judge: Judge = { prepare: async () => {}, judge: (question) => judgement(question) };
  const exitBy = (isExit: NonNullable<Judge['isExit']>) => Object.assign(judge, { isExit });
  const assessBy = (assess: NonNullable<Judge['assess']>) => Object.assign(judge, { assess });
  const open = (): OrderDesk => {
    const ledger = new Ledger();
    for (const { at, event } of journal) ledger.apply(event, at);
    const append = (event: JournalEvent): number => {
      written = journal.push({ at: clock.nowMs(), event });
      return written;
    };
    const note = (event: JournalEvent): number => journal.push({ at: clock.nowMs(), event });
    return new OrderDesk({
      account: 'main',
      ledger,
      journal: { append, note, durable: async () => {} },
      judge,
      clock,
      limits: { ...defaultDeskLimits, holdMs: 20, ...limits },
      newOrderId: () => {
        count += 1;
        return `o${count}`;
      },
      isTainted: () => tainted,
    });
  };
  return {
    journal,
    clock: {
      nowMs: clock.nowMs,
      /** Time that really passed. */
      trueMs: shown.nowMs,
      set: (ms: number) => shown.set(ms - setBy),
      setBy: (ms: number) => {
        setBy += ms;
      },
    },
    open,
    assessBy,
    exitBy,
    events: () => journal.map(({ event }) => event as OrderEvent),
    unwritten: () => journal.slice(written).map(({ event }) => event.type),
    judgeBy: (next: (question: Question) => Judgement) => {
      judgement = next;
    },
    taint: () => {
      tainted = true;
    },
  };
}

const ask = (desk: OrderDesk, more: Partial<OrderIntent> = {}, waiter = here): Promise<Admission> =>
  desk.admit({ request: 'r', operation: 'trade/order', intents: [intent(more)] }, waiter);

const shown = (desk: OrderDesk, order: string): string =>
  desk.ledger.order(order)?.fingerprint.slice(0, 8) ?? '';
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

test('only what lets nothing out yet waits for the next line of the journal', async () => {
  const all = world(({ intents }) => (intents[0]?.side === 'sell' ? { ...pass, decision: 'deny' } : pass));
  const desk = all.open();
  await ask(desk, { side: 'sell' });
  expect(all.unwritten()).toEqual([]);
  const admission = await ask(desk);
  if (admission.kind !== 'release') throw new Error('not released');
  const { order } = admission;
  expect(all.unwritten()).toEqual(['order.proposed', 'order.judged']);
  // The caller waits for the disk up to that place, and with it for all before.
  expect(desk.releasing(order, 'r', 'd', [])).toBe(all.journal.length);
  desk.progress({ type: 'order.sent', order });
  expect(all.unwritten().slice(2)).toEqual(['order.releasing', 'order.sent']);
  desk.progress({ type: 'order.answered', order, outcome: 'acknowledged', status: 200, outcomes: [] });
  expect(all.unwritten()).toEqual([]);
  all.judgeBy(() => hold);
  await ask(desk, { price: decimal('101') });
  expect(all.unwritten()).toEqual([]);
});

test('what is known of an order is journaled with its hold, and asked for only then', async () => {
  const asked: string[] = [];
  const assessment = { effects: [], rules: [{ rule: 'sides', margins: [] }] };
  const all = world(({ stage, intents }) =>
    stage === 'release' || intents[0]?.side === 'sell' ? pass : hold,
  );
  all.assessBy(({ stage, likeness }) => {
    asked.push(`${stage} ${likeness.length}`);
    return assessment;
  });
  const desk = all.open();
  await desk.admit({ request: 'r', operation: 'o', intents: [intent()], client: 'cli/1' }, here);
  expect(await ask(desk, { side: 'sell' })).toMatchObject({ kind: 'release' });
  expect(asked).toEqual(['proposal 64']);
  const [held, passed] = all.open().ledger.orders();
  expect([held?.assessment, held?.client]).toEqual([assessment, 'cli/1']);
  expect([passed?.assessment, passed?.client]).toEqual([undefined, undefined]);
});

test('an order is held though nothing is known of it', async () => {
  const all = world();
  all.assessBy(() => {
    throw new Error('x');
  });
  const desk = all.open();
  expect(await ask(desk)).toMatchObject({ kind: 'pending' });
  expect(desk.ledger.order('o1')?.assessment).toBeUndefined();
});

describe('a held order', () => {
  let all: ReturnType<typeof world>;
  let desk: OrderDesk;
  beforeEach(() => {
    all = world();
    desk = all.open();
  });

  test('waits for a time, then its client is told the id', async () => {
    expect(await ask(desk)).toMatchObject({ kind: 'pending', order: 'o1' });
    expect(desk.ledger.order('o1')?.state).toBe('held');
  });

  test('is released on the socket that waits, once, whoever else asked for the same', async () => {
    const [first, second] = [ask(desk), ask(desk, { clientOrderId: 'another' })];
    await settled();
    expect(desk.ledger.orders()).toHaveLength(1);
    desk.approve('o1', shown(desk, 'o1'), 'ann');
    expect(await first).toEqual({ kind: 'release', order: 'o1' });
    expect(await second).toMatchObject({ kind: 'deny', code: 'ALREADY_RELEASED' });
    desk.releasing('o1', 'r', 'd', []);
    expect(() => desk.releasing('o1', 'r', 'd', [])).toThrow();
  });

  test('is not sent for a client that is gone, and waits for the identical request', async () => {
    let isGone = false;
    const waiting = ask(desk, {}, { isGone: () => isGone });
    await settled();
    isGone = true;
    desk.approve('o1', shown(desk, 'o1'), 'ann');
    expect(await waiting).toMatchObject({ kind: 'pending' });
    expect(desk.ledger.order('o1')?.state).toBe('approved');
    expect(await ask(desk, { clientOrderId: 'fresh' })).toEqual({ kind: 'release', order: 'o1' });
    // The approval is taken: the next one is asked about anew.
    expect(await ask(desk)).toMatchObject({ kind: 'pending', order: 'o2' });
  });

  test.each([
    ['price', { price: decimal('100.01') }],
    ['side', { side: 'sell' as const }],
    ['quantity', { quantity: { value: decimal('1.1'), unit: 'base' as const } }],
    ['money mode', { moneyMode: 'LIVE' as const }],
    ['a leg', { legs: [intent({ side: 'sell' })] }],
  ])('another %s does not pass under its approval', async (_, more) => {
    await ask(desk);
    desk.approve('o1', shown(desk, 'o1'), 'ann');
    expect(await ask(desk, more)).toMatchObject({ kind: 'pending', order: 'o2' });
    expect(desk.ledger.order('o1')?.state).toBe('approved');
  });

  test('is void when its body changes under the same client order id', async () => {
    await ask(desk, { clientOrderId: 'mine' });
    desk.approve('o1', shown(desk, 'o1'), 'ann');
    expect(await ask(desk, { clientOrderId: 'mine', price: decimal('1') })).toMatchObject({ order: 'o2' });
    expect(desk.ledger.order('o1')?.state).toBe('rejected');
    expect(all.events()).toContainEqual(expect.objectContaining({ type: 'order.closed', cause: 'changed' }));
  });

  test('lets out nothing that asks for anything else than what was shown, though it trades the same', async () => {
    const desk = world().open();
    const asking = (tdMode: string, more: Partial<OrderIntent> = {}) =>
      ask(desk, { terms: { tdMode }, asks: ['{', 'tdMode', tdMode], ...more });
    await asking('cash');
    desk.approve('o1', shown(desk, 'o1'), 'ann');
    expect(await asking('cross')).toMatchObject({ kind: 'pending', order: 'o2' });
    expect(await ask(desk)).toMatchObject({ kind: 'pending', order: 'o3' });
    expect(await asking('cash', { clientOrderId: 'another' })).toMatchObject({
      kind: 'release',
      order: 'o1',
    });
    expect(desk.ledger.order('o1')?.intents[0]).toMatchObject({ terms: { tdMode: 'cash' } });
  });

  test('needs the right fingerprint, and enough of it', async () => {
    await ask(desk);
    expect(() => desk.approve('o1', '00000000', 'ann')).toThrow(/another fingerprint/);
    expect(() => desk.approve('o1', shown(desk, 'o1').slice(0, 7), 'ann')).toThrow(/another fingerprint/);
    expect(() => desk.approve('o9', shown(desk, 'o1'), 'ann')).toThrow(/no order/);
  });

  test('expires as a timeout, and an approval that nobody claims does, too', async () => {
    await ask(desk);
    all.clock.set(all.clock.nowMs() + defaultDeskLimits.decideMs);
    expect(() => desk.approve('o1', shown(desk, 'o1'), 'ann')).toThrow(/expired/);
    await ask(desk);
    desk.approve('o2', shown(desk, 'o2'), 'ann');
    all.clock.set(all.clock.nowMs() + defaultDeskLimits.claimMs);
    expect(await ask(desk)).toMatchObject({ kind: 'pending', order: 'o3' });
    const closed = all.events().filter(({ type }) => type === 'order.closed');
    expect(closed).toMatchObject([{ cause: 'timeout' }, { cause: 'timeout' }]);
  });

  test('does not survive a halt; cancels pass', async () => {
    await ask(desk);
    desk.approve('o1', shown(desk, 'o1'), 'ann');
    desk.setState('HALTED', 'killed', 'ann');
    expect(desk.ledger.order('o1')?.state).toBe('rejected');
    expect(await ask(desk)).toMatchObject({ kind: 'deny', code: 'TRADING_HALTED' });
    expect(await ask(desk, { action: 'cancel', venueOrderId: '7' })).toMatchObject({ kind: 'release' });
    desk.setState('REDUCE_ONLY', 'x', 'ann');
    expect(await ask(desk)).toMatchObject({ kind: 'deny', code: 'TRADING_REDUCE_ONLY' });
    // On a spot account the flag proves nothing.
    expect(await ask(desk, { reduceOnly: true })).toMatchObject({ kind: 'deny' });
    const contracts = { value: decimal('1'), unit: 'contracts' } as const;
    expect(await ask(desk, { reduceOnly: true, quantity: contracts })).toMatchObject({ kind: 'pending' });
    const perpetual = { reduceOnly: true, isDerivative: true, clientOrderId: 'linear' } as const;
    expect(await ask(desk, perpetual)).toMatchObject({ kind: 'pending' });
  });

  test('does not outlive a rule that lets exits alone pass, unless the venue holds it to reducing', async () => {
    const close: Partial<OrderIntent> = {
      reduceOnly: true,
      quantity: { value: decimal('1'), unit: 'contracts' },
    };
    await ask(desk);
    await ask(desk, close);
    desk.approve('o1', shown(desk, 'o1'), 'ann');
    all.judgeBy(() => ({ ...hold, decision: 'deny', latch: { cause: 'a fall', endsWaiting: true } }));
    await ask(desk, { price: decimal('101') });
    expect(['o1', 'o2'].map((id) => desk.ledger.order(id)?.state)).toEqual(['rejected', 'held']);
    expect(desk.ledger).toMatchObject({ tradingState: 'REDUCE_ONLY', stateCause: 'a fall' });
    desk.setState('HALTED', 'killed', 'ann');
    expect(desk.ledger.order('o2')?.state).toBe('rejected');
    expect(desk.ledger.stateCause).toBe('killed; a fall');
  });

  test('a tainted box claims no approval', async () => {
    await ask(desk);
    desk.approve('o1', shown(desk, 'o1'), 'ann');
    all.taint();
    expect(await ask(desk)).toMatchObject({ kind: 'deny', code: 'BOX_TAINTED' });
  });
});

test('two people: each signs with a key of their own; one alone, or one key twice, does not release', async () => {
  const desk = world({ ...hold, approvals: 2 }).open();
  const approve = (name: string, key?: string) => {
    const signed = key === undefined ? undefined : { key, expiresMs: 1, signature: 's' };
    return desk.approve('o1', shown(desk, 'o1'), name, signed);
  };
  await ask(desk);
  expect(() => approve('ann')).toThrow(/approver key/);
  approve('ann', 'k1');
  expect(desk.ledger.order('o1')?.state).toBe('held');
  expect(() => approve('ann', 'k1')).toThrow(/already/);
  expect(() => approve('ann-again', 'k1')).toThrow(/already/);
  expect(() => approve('bob')).toThrow(/approver key/);
  approve('bob', 'k2');
  expect(desk.ledger.order('o1')?.state).toBe('approved');
});

test('the rules are asked again at the release, and may take the approval back', async () => {
  const all = world();
  const desk = all.open();
  await ask(desk);
  desk.approve('o1', shown(desk, 'o1'), 'ann');
  const drifted = { code: 'PRICE_DRIFT', message: 'm', rule: 'r' };
  all.judgeBy(({ stage }) =>
    stage === 'release' ? { ...hold, decision: 'deny', reasons: [drifted] } : hold,
  );
  expect(await ask(desk)).toMatchObject({ kind: 'deny', code: 'PRICE_DRIFT' });
  expect(desk.ledger.order('o1')?.state).toBe('rejected');
});

test('rules that throw deny', async () => {
  const desk = world(() => {
    throw new Error('a bug');
  }).open();
  expect(await ask(desk)).toMatchObject({ kind: 'deny', code: 'RULES_FAILED' });
});

describe('what is held to reducing by the venue', () => {
  const contracts = (size: string, more: Partial<OrderIntent> = {}): Partial<OrderIntent> => ({
    quantity: { value: decimal(size), unit: 'contracts' },
    clientOrderId: `c${size}`,
    side: 'sell',
    type: 'market',
    ...more,
  });
  const attached = intent({ side: 'buy', quantity: { value: decimal('1'), unit: 'contracts' } });
  let size = 0;
  /** Whether it leaves: the exit, the same without the flag, and what is no exit for all its flag. */
  async function leaving(desk: OrderDesk): Promise<boolean[]> {
    const orders = [
      { reduceOnly: true },
      {},
      { reduceOnly: true, legs: [attached] },
      { reduceOnly: true, action: 'amend', venueOrderId: '7' },
    ] as const;
    const said: boolean[] = [];
    for (const more of orders) {
      size += 1;
      said.push((await ask(desk, contracts(String(size), more))).kind === 'release');
    }
    return said;
  }
  const open = () => world(pass).open();

  test('leaves whatever the sidecar found, and not once a human halted, before or after', async () => {
    const reduced = open();
    reduced.setState('REDUCE_ONLY', 'a burst', 'sidecar');
    expect(await leaving(reduced)).toEqual([true, false, false, false]);
    const doubted = open();
    doubted.setState('HALTED', 'drift: a position', 'sidecar');
    expect(await leaving(doubted)).toEqual([true, false, false, false]);
    doubted.setState('HALTED', 'killed', 'ann');
    expect(await leaving(doubted)).toEqual([false, false, false, false]);
    doubted.setState('ACTIVE', 'resumed', 'ann');
    doubted.setState('HALTED', 'drift: another position', 'sidecar');
    expect(await leaving(doubted)).toEqual([true, false, false, false]);
    const killed = open();
    killed.setState('HALTED', 'killed', 'ann');
    killed.setState('HALTED', 'drift: a position', 'sidecar');
    expect(await leaving(killed)).toEqual([false, false, false, false]);
    expect(killed.ledger).toMatchObject({ stateCause: 'drift: a position; killed', stateBy: 'sidecar' });
  });

  test('and so does what the judge knows for an exit, where the position is not in doubt', async () => {
    const all = world(pass);
    const desk = all.open();
    const sale = () => {
      size += 1;
      return ask(desk, contracts(String(size)));
    };
    desk.setState('REDUCE_ONLY', 'a burst', 'sidecar');
    expect(await sale()).toMatchObject({ kind: 'deny', code: 'TRADING_REDUCE_ONLY' });
    all.exitBy(({ operation, intents }) => operation === 'trade/order' && intents[0]?.side === 'sell');
    expect(await sale()).toMatchObject({ kind: 'release' });
    all.exitBy(() => {
      throw new Error('a bug');
    });
    expect(await sale()).toMatchObject({ kind: 'deny' });
    all.exitBy(() => true);
    desk.setState('HALTED', 'drift: a position', 'sidecar');
    expect(await sale()).toMatchObject({ kind: 'deny', code: 'TRADING_HALTED' });
  });

  test('a latch never loosens a halt', async () => {
    const all = world({ decision: 'deny', approvals: 0, reasons: [], latch: { cause: 'too many' } });
    const desk = all.open();
    desk.setState('HALTED', 'drift: a position', 'sidecar');
    await ask(desk, contracts('1', { reduceOnly: true }));
    expect(desk.ledger).toMatchObject({ tradingState: 'HALTED', stateCause: 'drift: a position' });
  });
});

test('another cause of a halt is kept beside the first, once; resuming ends them all', () => {
  const all = world();
  const desk = all.open();
  desk.setState('HALTED', 'killed', 'ann');
  desk.setState('HALTED', 'drift: a position', 'sidecar');
  desk.setState('HALTED', 'drift: a position', 'sidecar');
  desk.setState('HALTED', 'killed', 'ann');
  expect(desk.ledger).toMatchObject({ tradingState: 'HALTED', stateCause: 'drift: a position; killed' });
  expect(all.events()).toHaveLength(2);
  desk.setState('ACTIVE', 'resumed', 'ann');
  desk.setState('ACTIVE', 'resumed again', 'ann');
  expect(all.events()).toHaveLength(3);
});

test('bodies under one client order id take as much room as held orders do', async () => {
  const all = world(hold, { maxHeld: 5 });
  const desk = all.open();
  const codes: string[] = [];
  for (let px = 1; px <= 40; px += 1) {
    const admission = await ask(desk, { clientOrderId: 'same', price: decimal(String(px)) });
    codes.push(admission.kind === 'release' ? 'released' : admission.code);
  }
  expect(codes.filter((code) => code === 'PENDING_APPROVAL')).toHaveLength(5);
  expect(codes.filter((code) => code === 'APPROVAL_FLOOD')).toHaveLength(35);
  all.clock.set(all.clock.nowMs() + 300_001);
  expect(await ask(desk, { clientOrderId: 'same' })).toMatchObject({ code: 'PENDING_APPROVAL' });
});

test('a flood of denials is a few records, and pushes nothing that was sent out of the ledger', async () => {
  const no = { decision: 'deny', approvals: 0, reasons: [{ code: 'NO', message: 'm', rule: 'r' }] } as const;
  const all = world(({ intents }) => (intents[0]?.clientOrderId === 'sent' ? pass : no));
  const desk = all.open();
  const sent = await ask(desk, { clientOrderId: 'sent' });
  if (sent.kind !== 'release') throw new Error('not released');
  desk.releasing(sent.order, 'r', 'digest', ['sent']);
  desk.progress({ type: 'order.sent', order: sent.order });
  const outcomes = [{ state: 'accepted', venueOrderId: 'v1' }] as const;
  desk.progress({
    type: 'order.answered',
    order: sent.order,
    outcome: 'acknowledged',
    status: 200,
    outcomes,
  });
  desk.progress({
    type: 'order.reconciled',
    order: sent.order,
    outcomes: [{ ...outcomes[0], state: 'filled' }],
  });
  const before = all.journal.length;
  const first = await ask(desk, { price: decimal('7') });
  for (let count = 0; count < 40; count += 1)
    expect(await ask(desk, { price: decimal('7') })).toMatchObject({ code: 'NO', order: first.order });
  expect(all.journal.length - before).toBe(2);
  for (let count = 0; count < 3_000; count += 1)
    expect(await ask(desk, { price: decimal(String(10 + count)) })).toMatchObject({
      kind: 'deny',
      code: 'NO',
    });
  expect(all.journal.length - before).toBeLessThanOrEqual(2 * 62);
  // Days of it, at the pace that is recorded.
  for (let count = 0; count < 1_200; count += 1) {
    all.clock.set(all.clock.nowMs() + 5_000);
    await ask(desk, { price: decimal(String(5_000 + count)) });
  }
  expect(desk.ledger.order(sent.order)?.state).toBe('reconciled');
  expect(await ask(desk, { clientOrderId: 'sent', price: decimal('9') })).toMatchObject({
    code: 'CLIENT_ID_USED',
  });
  const told = all
    .events()
    .flatMap((event) => (event.type === 'order.judged' ? [event.unrecorded ?? 0] : []));
  expect(told.reduce((sum, each) => sum + each)).toBeGreaterThan(2_900);
});

test('a flood of different orders is held back', async () => {
  const desk = world(hold, { maxHeld: 3, holdMs: 0 }).open();
  const prices = ['1', '2', '3', '4'];
  const last = (await Promise.all(prices.map((price) => ask(desk, { price: decimal(price) })))).at(-1);
  expect(last).toMatchObject({ kind: 'deny', code: 'APPROVAL_FLOOD' });
});

test('an identical order is refused while the outcome of the first is unknown', async () => {
  const desk = world(pass).open();
  await ask(desk);
  desk.releasing('o1', 'r', 'd', ['tbx1']);
  desk.progress({ type: 'order.sent', order: 'o1' });
  desk.progress({ type: 'order.answered', order: 'o1', outcome: 'unknown', status: 503, outcomes: [] });
  expect(await ask(desk)).toMatchObject({ kind: 'deny', code: 'OUTCOME_UNKNOWN' });
  desk.progress({ type: 'order.reconciled', order: 'o1', outcomes: [{ state: 'absent' }] });
  expect(await ask(desk)).toMatchObject({ kind: 'release' });
});

test('a client order id is good for one order, from when it was let out, not only once its bytes leave', async () => {
  const desk = world(pass).open();
  await ask(desk, { clientOrderId: 'mine' });
  expect(await ask(desk, { clientOrderId: 'mine' })).toMatchObject({ kind: 'deny', code: 'CLIENT_ID_USED' });
  desk.releasing('o1', 'r', 'd', ['mine']);
  expect(await ask(desk, { clientOrderId: 'mine' })).toMatchObject({ kind: 'deny', code: 'CLIENT_ID_USED' });
});

describe('a clock that is set', () => {
  test.each([-3_600_000, 3_600_000])(
    'by %i ms ends what waits, and nothing new leaves until a human looked',
    async (ms) => {
      const all = world();
      const desk = all.open();
      await ask(desk);
      await ask(desk, { price: decimal('101') });
      desk.approve('o2', shown(desk, 'o2'), 'ann');
      all.clock.setBy(ms);
      expect(() => desk.approve('o1', shown(desk, 'o1'), 'ann')).toThrow(/expired/);
      expect(await ask(desk, { price: decimal('101') })).toMatchObject({
        kind: 'deny',
        code: 'TRADING_REDUCE_ONLY',
      });
      expect(desk.ledger.orders().map(({ state }) => state)).toEqual(['expired', 'expired']);
      expect(desk.ledger.stateCause).toBe(
        `this machine's clock was set 3600 s ${ms < 0 ? 'back' : 'ahead'}: limits over time cannot be trusted`,
      );
      desk.setState('ACTIVE', 'resumed', 'ann');
      expect(await ask(desk)).toMatchObject({ kind: 'pending', order: 'o3' });
      expect(desk.ledger.tradingState).toBe('ACTIVE');
    },
  );

  test('never loosens a halt; reducing orders and cancels pass', async () => {
    const all = world(pass);
    const desk = all.open();
    all.clock.setBy(-60_000);
    const close = { reduceOnly: true, quantity: { value: decimal('1'), unit: 'contracts' as const } };
    expect(await ask(desk, close)).toMatchObject({ kind: 'release' });
    expect(await ask(desk, { action: 'cancel' })).toMatchObject({ kind: 'release' });
    desk.setState('HALTED', 'x', 'ann');
    all.clock.setBy(-60_000);
    desk.sweep();
    expect(desk.ledger).toMatchObject({
      tradingState: 'HALTED',
      stateCause: expect.stringMatching(/^x; this machine's clock was set 60 s back/),
    });
  });
});

// D12, S8: whatever happens in whatever order, a venue that receives what was released receives each decision at most once.
test('random interleavings with crashes: never twice, never without a decision, every state in the journal', async () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('ask' as const), price: fc.integer({ min: 1, max: 3 }), gone: fc.boolean() }),
    fc.record({ do: fc.constant('approve' as const), pick: fc.nat(9) }),
    fc.record({ do: fc.constant('reject' as const), pick: fc.nat(9) }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(1, 130_000, 310_000) }),
    fc.record({ do: fc.constant('send' as const), answer: fc.constantFrom('ok', 'no', 'lost', 'unsent') }),
    fc.record({ do: fc.constant('reconcile' as const), found: fc.boolean() }),
    fc.record({ do: fc.constant('crash' as const), at: fc.constantFrom('before', 'released', 'sent') }),
    fc.record({ do: fc.constant('halt' as const) }),
    fc.record({
      do: fc.constant('jump' as const),
      ms: fc.constantFrom(-7_200_000, -310_000, -9_000, 9_000, 3_600_000),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const all = world(
        ({ stage, intents: [one] }) => (stage === 'release' || one?.price?.eq(decimal('3')) ? pass : hold),
        { holdMs: 0 },
      );
      let desk = all.open();
      const atVenue: string[] = [];
      const granted: string[] = [];
      /** When an order was last said yes to, and the time that passed until it left. */
      const decided = new Map<string, number>();
      const waited: number[] = [];
      const send = (order: string, until: 'released' | 'sent' | 'answer'): boolean => {
        try {
          desk.releasing(order, 'r', 'd', [`tbx${order}`]);
        } catch {
          return false;
        }
        if (until === 'released') return true;
        desk.progress({ type: 'order.sent', order });
        atVenue.push(order);
        return until === 'answer';
      };
      for (const one of steps) {
        desk.sweep(); // as the clock of the sidecar does
        const held = desk.ledger.open();
        switch (one.do) {
          case 'ask': {
            const admission = await ask(
              desk,
              { price: decimal(String(one.price)) },
              { isGone: () => one.gone },
            );
            if (admission.kind === 'release') {
              granted.push(admission.order);
              waited.push(all.clock.trueMs() - (decided.get(admission.order) ?? all.clock.trueMs()));
            }
            break;
          }
          case 'approve': {
            const entry = held[one.pick];
            if (entry?.state !== 'held') break;
            desk.approve(entry.id, entry.fingerprint, 'ann');
            decided.set(entry.id, all.clock.trueMs());
            break;
          }
          case 'jump':
            all.clock.setBy(one.ms);
            break;
          case 'reject': {
            const entry = held[one.pick];
            if (entry?.state === 'held') desk.reject(entry.id, 'ann', 'no');
            break;
          }
          case 'wait':
            all.clock.set(all.clock.nowMs() + one.ms);
            break;
          case 'send': {
            const order = granted.pop();
            if (order === undefined) break;
            if (one.answer === 'unsent') {
              if (send(order, 'released'))
                desk.progress({ type: 'order.answered', order, outcome: 'unsent', status: 0, outcomes: [] });
            } else if (send(order, 'answer')) {
              const outcome = ({ ok: 'acknowledged', no: 'refused', lost: 'unknown' } as const)[one.answer];
              desk.progress({ type: 'order.answered', order, outcome, status: 0, outcomes: [] });
            }
            break;
          }
          case 'reconcile': {
            const [lost] = desk.ledger.openIn('unknown');
            if (lost !== undefined)
              desk.progress({
                type: 'order.reconciled',
                order: lost.id,
                outcomes: [{ state: one.found ? 'filled' : 'absent' }],
              });
            break;
          }
          case 'crash': {
            const order = granted.pop();
            if (order !== undefined && one.at !== 'before')
              send(order, one.at === 'sent' ? 'sent' : 'released');
            granted.length = 0;
            desk = all.open();
            for (const { id } of desk.ledger.openIn('releasing', 'sent'))
              desk.progress({
                type: 'order.answered',
                order: id,
                outcome: 'unknown',
                status: 0,
                outcomes: [],
              });
            break;
          }
          case 'halt':
            desk.setState('HALTED', 'x', 'ann');
            desk.setState('ACTIVE', 'x', 'ann');
            break;
        }
      }
      const events = all.events();
      // An approval is good for so long, whatever is done to the clock, but for what it may be set by unnoticed.
      for (const ms of waited) expect(ms).toBeLessThan(defaultDeskLimits.claimMs + clockSlackMs + 1);
      expect(new Set(atVenue).size).toBe(atVenue.length);
      for (const order of atVenue) {
        const own = events.filter((event) => 'order' in event && event.order === order);
        const releasing = own.findIndex(({ type }) => type === 'order.releasing');
        const yes = own.findIndex(
          (event) =>
            event.type === 'order.approved' || (event.type === 'order.judged' && event.decision === 'allow'),
        );
        expect(yes).toBeGreaterThanOrEqual(0);
        expect(yes).toBeLessThan(releasing);
      }
      const rebuilt = all.open().ledger;
      expect(rebuilt.orders().map(({ id, state }) => [id, state])).toEqual(
        desk.ledger.orders().map(({ id, state }) => [id, state]),
      );
    }),
    { numRuns: 150 },
  );
});

test('an approved order that comes with another member waits for a human anew, and is told which orders leave', async () => {
  const leaving: string[][] = [];
  const all = world((question) => {
    if (question.stage === 'proposal') leaving.push([...(question.leaving ?? [])]);
    return question.stage === 'release' ? pass : hold;
  });
  const desk = all.open();
  const first = await ask(desk, { asks: ['end_time', '8:00'] });
  desk.approve(first.order ?? '', shown(desk, first.order ?? ''), 'alice');
  const second = await ask(desk, { asks: ['end_time', '8:01'] });
  expect([second.kind, second.order === first.order]).toEqual(['pending', false]);
  expect((await ask(desk, { asks: ['end_time', '8:00'] })).kind).toBe('release');
  await ask(desk, { asks: ['end_time', '8:02'] });
  expect(leaving).toEqual([[], [], [first.order]]);
});

test('a denial that latches what the account is in already is no new record', async () => {
  const reasons = [{ code: 'ORDER_THROTTLE', message: 'm', rule: 'r' }];
  let cause = 'too many';
  const latching = (): Judgement => ({
    decision: 'deny',
    approvals: 0,
    reasons,
    latch: { cause },
  });
  const all = world(latching);
  const desk = all.open();
  const close: Partial<OrderIntent> = {
    reduceOnly: true,
    quantity: { value: decimal('1'), unit: 'contracts' },
  };
  await ask(desk, close);
  expect(desk.ledger.tradingState).toBe('REDUCE_ONLY');
  const before = all.journal.length;
  for (let count = 0; count < 500; count += 1)
    expect(await ask(desk, close)).toMatchObject({ kind: 'deny', code: 'ORDER_THROTTLE' });
  expect(all.journal.length).toBe(before);
  cause = 'another';
  await ask(desk, close);
  expect(desk.ledger.stateCause).toBe('another; too many');
});
