import { expect, test } from 'vitest';
import { formatDecimal } from '../../../src/core/decimal.js';
import { defineRule, deny, exactLimit, missing } from '../../../src/guard/rule.js';

test('findings deny unless they say otherwise; missing data denies', () => {
  expect(deny('X', 'because')).toEqual({ outcome: 'deny', code: 'X', message: 'because' });
  expect(missing('the price')).toEqual(deny('DATA_MISSING', 'the price is not known'));
});

test('a rule is itself', () => {
  const rule = { key: 'postOnly', summary: '', bindsExits: true, judge: () => [] } as const;
  expect(defineRule(rule)).toBe(rule);
});

test('S14: a limit that is written as a number is that number, however many there are', () => {
  for (const _again of [1, 2]) expect(formatDecimal(exactLimit(0.1))).toBe('0.1');
  for (let limit = 1; limit <= 1_200; limit += 1) {
    expect(formatDecimal(exactLimit(limit / 8))).toBe(String(limit / 8));
  }
  expect(formatDecimal(exactLimit(0.1))).toBe('0.1');
});
