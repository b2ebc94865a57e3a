import { expect, test } from 'vitest';
import {
  bottom,
  describeStanding,
  mayEnter,
  missingFor,
  nextStanding,
  type Standing,
  stepLimits,
  wanted,
} from '../../../src/orders/ladder.js';

const none = { filled: 0, readDays: 0, unknown: 0 };

test('the way up goes through every rung, then by steps, and ends', () => {
  const way: string[] = [];
  for (let at: Standing | undefined = bottom; at !== undefined; at = nextStanding(at)) {
    way.push(`${at.rung} ${at.step}`);
    if (at.rung === 'live') expect(stepLimits(at.step)).toBeDefined();
  }
  expect(way.slice(0, 5)).toEqual(['demo 0', 'readonly 0', 'propose 0', 'live 1', 'live 2']);
  expect(way.at(-1)).toBe('live 7');
  expect(stepLimits(0)).toBeUndefined();
  expect(stepLimits(8)).toBeUndefined();
});

test('each step moves more than the one before, beginning small', () => {
  const sizes = [1, 2, 3, 4, 5, 6, 7].map((step) => Number(stepLimits(step)?.maxNotional));
  expect(sizes[0]).toBe(50);
  expect([...sizes].sort((a, b) => a - b)).toEqual(sizes);
});

test('each rung asks for its own evidence, one short is refused', () => {
  const demo: Standing = { rung: 'demo', step: 0 };
  expect(missingFor(demo, { ...none, filled: wanted.demoFilled - 1 })).toEqual([
    '19 of 20 orders filled with play money at this venue',
  ]);
  expect(missingFor(demo, { ...none, filled: wanted.demoFilled })).toEqual([]);
  const readonly: Standing = { rung: 'readonly', step: 0 };
  expect(missingFor(readonly, { ...none, filled: 99, readDays: 6 })).toHaveLength(1);
  expect(missingFor(readonly, { ...none, readDays: 7 })).toEqual([]);
  const propose: Standing = { rung: 'propose', step: 0 };
  expect(missingFor(propose, { ...none, filled: 9 })).toHaveLength(1);
  expect(missingFor(propose, { ...none, filled: 10 })).toEqual([]);
  const live: Standing = { rung: 'live', step: 2 };
  expect(missingFor(live, { ...none, filled: 19 })).toHaveLength(1);
  expect(missingFor(live, { ...none, filled: 20, unknown: 1 })).toEqual([
    'the outcome of 1 orders is not known',
  ]);
  expect(missingFor(live, { ...none, filled: 20 })).toEqual([]);
});

test('a rung opens its mode and those below', () => {
  expect(mayEnter({ rung: 'propose', step: 0 }, 'propose')).toBe(true);
  expect(mayEnter({ rung: 'propose', step: 0 }, 'readonly')).toBe(true);
  expect(mayEnter({ rung: 'propose', step: 0 }, 'live')).toBe(false);
  expect(mayEnter({ rung: 'live', step: 1 }, 'live')).toBe(true);
});

test('a place in words', () => {
  expect(describeStanding({ rung: 'readonly', step: 0 })).toBe('readonly');
  expect(describeStanding({ rung: 'live', step: 1 })).toContain('at most 50 dollars an order, 500 a day');
});
