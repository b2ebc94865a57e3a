// Guardrails are changed under a running sidecar; what counts is which orders reach the exchange.
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import type { JournalEvent } from '../../../../src/audit/events.js';
import { formatDecimal } from '../../../../src/core/decimal.js';
import { holdGuardrails } from '../../../../src/sidecar/orders/guardrails-reload.js';
import { type OrderBox, startOrderBox } from '../../../support/order-box.js';

const rules = (max: number, more: object = {}) => ({ version: 1, notional: { max }, ...more });

describe('the rules in force', () => {
  const start = (first?: unknown) => {
    const events: JournalEvent[] = [];
    const held = holdGuardrails(first, { append: (event) => events.push(event) });
    const load = (guardrails: unknown, ...confirmed: string[]) =>
      held.loadGuardrails({ guardrails, confirmed, by: 'ann' });
    const most = () => {
      const max = held.current()?.notional?.max;
      return max && formatDecimal(max);
    };
    return { held, events, load, most };
  };

  test('a tightening counts at once and is journaled, also the first rules of all', () => {
    const { events, load, most } = start();
    expect(most()).toBeUndefined();
    expect(load(rules(100))).toMatchObject({ isInForce: true, loosened: [] });
    expect(load(rules(50))).toMatchObject({ isInForce: true, loosened: [] });
    expect(most()).toBe('50');
    expect(events).toMatchObject(
      Array.from({ length: 2 }, () => ({ type: 'guardrails.loaded', loosened: [], by: 'ann' })),
    );
  });

  test('a loosening changes nothing, not even what it tightens, until a human has agreed to that very limit', () => {
    const { held, events, load, most } = start(rules(100));
    const next = rules(200, { postOnly: true });
    const expected = { isInForce: false, loosened: [{ limit: 'notional.max', change: 'looser' }] };
    expect(load(next)).toMatchObject(expected);
    expect(load(next, 'daily.orders')).toMatchObject(expected);
    expect(most()).toBe('100');
    expect(held.current()?.postOnly).toBeUndefined();
    expect(load(next, 'notional.max')).toMatchObject({ isInForce: true });
    expect(most()).toBe('200');
    expect(events.map(({ type }) => type)).toEqual([
      'guardrails.rejected',
      'guardrails.rejected',
      'guardrails.loaded',
    ]);
    expect(events[2]).toMatchObject({ loosened: ['notional.max'], by: 'ann' });
  });

  test('whoever waits for a yes is told of, until rules are in force', () => {
    const told: string[] = [];
    const held = holdGuardrails(rules(100), { append: () => 1 }, (why) => told.push(why));
    const load = (max: number, ...confirmed: string[]) =>
      held.loadGuardrails({ guardrails: rules(max), confirmed, by: 'ann' });
    expect(held.problem()).toBeUndefined();
    load(200);
    expect(held.problem()).toBe('not confirmed by a human: looser notional.max');
    held.rejectGuardrails('guardrails.yaml:2:3: no such key');
    expect(held.problem()).toBe('guardrails.yaml:2:3: no such key');
    expect(told).toEqual([
      'not confirmed by a human: looser notional.max',
      'guardrails.yaml:2:3: no such key',
    ]);
    load(200, 'notional.max');
    expect(held.problem()).toBeUndefined();
  });

  test('what is not well-formed leaves the old rules and says so', () => {
    const { events, load, most } = start(rules(100));
    expect(() => load({ version: 1, notional: { max: 0.5 } })).toThrow(/notional/);
    expect(() => load(null)).toThrow(/schema/);
    expect(most()).toBe('100');
    expect(events.map(({ type }) => type)).toEqual(['guardrails.rejected', 'guardrails.rejected']);
  });

  test('rules whose change cannot be journaled do not come into force', () => {
    const held = holdGuardrails(rules(100), {
      append: () => {
        throw new Error('disk full');
      },
    });
    expect(() => held.loadGuardrails({ guardrails: rules(50), confirmed: [], by: 'ann' })).toThrow(/disk/);
    expect(formatDecimal(held.current()?.notional?.max as never)).toBe('100');
  });
});

describe('on the wire', () => {
  let desk: OrderBox;
  afterEach(() => desk.stop());

  test('the next order meets the new rules, and one that was approved before meets them at its release', async () => {
    desk = await startOrderBox({
      guardrails: rules(100, { approval: { above: 40 } }),
      reflexes: { ordersPerHour: 10_000, duplicateMs: 0, closedMs: 0 },
      approval: { holdMs: 50 },
    });
    const { orders } = desk.box.sidecar.state;
    const placed = () => desk.taken.filter((each) => each === 'POST trade/order').length;
    const reload = (guardrails: unknown, ...confirmed: string[]) =>
      orders.loadGuardrails({ guardrails, confirmed, by: 'ann' });
    const approval = { approval: { above: 40 } };
    await desk.place({ sz: '0.001' });
    const [held] = orders.list(1).orders;
    await orders.approve(held?.order ?? '', held?.fingerprint.slice(0, 8) ?? '', 'ann');
    reload(rules(45, approval));
    await desk.place({ sz: '0.001' }); // claims the approval
    expect(placed()).toBe(0);
    const codes = desk
      .events()
      .flatMap((event) => (event.type === 'order.judged' ? event.reasons.map(({ code }) => code) : []));
    expect(codes).toContain('NOTIONAL_TOO_LARGE');
    reload(rules(1_000));
    expect((await desk.place({ sz: '0.0011' })).body.code).not.toBe('0');
    expect(placed()).toBe(0);
    reload(rules(1_000), 'notional.max', 'approval');
    expect((await desk.place({ sz: '0.0011' })).body.code).toBe('0');
    expect(placed()).toBe(1);
    const types = desk.box.events().map(({ type }) => type);
    expect(types.filter((type) => type.startsWith('guardrails'))).toEqual([
      'guardrails.loaded',
      'guardrails.rejected',
      'guardrails.loaded',
    ]);
  });
});

test('each start of a box that may trade journals its rules, and whose yes made them looser', async () => {
  const box = await startOrderBox({
    guardrails: rules(200),
    loosened: { limits: ['notional.max'], by: 'ann' },
  });
  onTestFinished(() => box.stop());
  const started = () =>
    box.box.events().flatMap((event) => (event.type === 'sidecar.started' ? [event.guardrails] : []));
  expect(started()).toEqual([
    {
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      rules: expect.objectContaining({ version: 1, notional: { max: '200' } }),
      loosened: ['notional.max'],
      by: 'ann',
    },
  ]);
  const reply = box.box.sidecar.state.orders.loadGuardrails({
    guardrails: rules(100),
    confirmed: [],
    by: 'ann',
  });
  expect(box.box.events().at(-1)).toMatchObject({
    type: 'guardrails.loaded',
    digest: reply.digest,
    rules: expect.objectContaining({ notional: { max: '100' } }),
  });
});
