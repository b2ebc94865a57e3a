// Which of an account's positions an order means: the one, or one of the two sides that are held apart.
import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import type { PositionSide } from '../../../../src/core/order.js';
import { PositionMemory, type PositionParts } from '../../../../src/sidecar/orders/position-memory.js';
import type { VenueCall, VenuePosition } from '../../../../src/venues/admin.js';

const row = (quantity: string, isHedged?: true): VenuePosition => ({
  instrument: 'X',
  quantity: decimal(quantity),
  ...(isHedged && { isHedged }),
});

/** A memory that was told this. */
async function told(rows: readonly VenuePosition[]) {
  const at = { ms: 0 };
  const ask = () => Promise.resolve({ isUnderstood: true, value: rows });
  const seen: (readonly VenuePosition[])[] = [];
  const onPositions = (all: readonly VenuePosition[]) => void seen.push(all);
  const parts = { account: {}, ask, nowMs: () => at.ms, onPositions } as unknown as PositionParts;
  const memory = new PositionMemory(parts);
  await memory.learn(() => ({}) as VenueCall<readonly VenuePosition[]>);
  expect(seen).toEqual([rows]);
  const of = (positionSide?: PositionSide, maxAgeMs = 1_000) => {
    const held = memory.of({ instrument: 'X', positionSide }, maxAgeMs);
    return held === undefined || held === 'other' ? held : formatDecimal(held);
  };
  return { memory, of, at };
}

test('each side is compared with itself, never with what is left of both', async () => {
  const { of } = await told([row('10', true), row('-10', true)]);
  expect([of('long'), of('short')]).toEqual(['10', '-10']);
  expect(of()).toBe('other');
});

test('a side that is not held is zero, and so is each where nothing is', async () => {
  const { of } = await told([row('10', true)]);
  expect([of('long'), of('short')]).toEqual(['10', '0']);
  const flat = await told([]);
  expect([flat.of(), flat.of('long'), flat.of('short')]).toEqual(['0', '0', '0']);
});

test('the one position of an account is no side', async () => {
  const { memory, of } = await told([row('2'), row('1')]);
  expect([of(), of('long'), of('short')]).toEqual(['3', 'other', 'other']);
  expect([memory.wasSeen('X'), memory.wasSeen('Y')]).toEqual([true, false]);
});

test('what was told too long ago, or never, is not known', async () => {
  const { memory, of, at } = await told([row('2')]);
  expect(memory.isRecent).toBe(true);
  at.ms = 1_001;
  expect([of(), memory.isRecent]).toEqual([undefined, false]);
  at.ms = -1;
  expect(of()).toBeUndefined();
});
