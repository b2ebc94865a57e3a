import { expect, test } from 'vitest';
import { Floods } from '../../../src/orders/floods.js';

const reasons = (...codes: string[]) => codes.map((code) => ({ code, message: 'm', rule: 'r' }));

test('a denial like one of ten seconds ago is not recorded again; another reason is, and so is the next window', () => {
  const floods = new Floods();
  expect(floods.repeated('f', reasons('A'), 1_000)).toBeUndefined();
  expect(floods.recorded('f', { order: 'o1', reasons: reasons('A'), nowMs: 1_000 })).toBe(0);
  expect(floods.repeated('f', reasons('A'), 10_999)).toEqual({ order: 'o1' });
  expect(floods.repeated('f', reasons('B'), 1_100)).toBeUndefined();
  expect(floods.repeated('g', reasons('A'), 1_100)).toBeUndefined();
  expect(floods.repeated('f', reasons('A'), 11_000)).toBeUndefined();
  expect(floods.recorded('f', { order: 'o2', reasons: reasons('A'), nowMs: 11_000 })).toBe(1);
});

test('of different ones no more are recorded than the budget allows, and the next record counts the rest', () => {
  const floods = new Floods();
  const deny = (count: number, nowMs: number) => {
    let recorded = 0;
    let unrecorded = 0;
    for (let index = 0; index < count; index += 1) {
      const name = `${nowMs} ${index}`;
      if (floods.repeated(name, reasons('A'), nowMs) !== undefined) continue;
      recorded += 1;
      unrecorded += floods.recorded(name, { order: name, reasons: reasons('A'), nowMs });
    }
    return { recorded, unrecorded };
  };
  expect(deny(1_000, 1_000_000)).toEqual({ recorded: 60, unrecorded: 0 });
  expect(deny(1_000, 1_050_000)).toEqual({ recorded: 10, unrecorded: 940 });
  expect(deny(1_000, 1_053_000)).toEqual({ recorded: 0, unrecorded: 0 });
});

test('replaced bodies count for as long as a human may take', () => {
  const floods = new Floods();
  for (let count = 0; count < 5; count += 1) floods.replaced(1_000 * count);
  expect(floods.replacedWithin(5_000, 3_000)).toBe(2);
  expect(floods.replacedWithin(5_000, 60_000)).toBe(5);
});
