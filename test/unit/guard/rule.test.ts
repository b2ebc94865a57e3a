import { expect, test } from 'vitest';
import { defineRule, deny, missing } from '../../../src/guard/rule.js';

test('findings deny unless they say otherwise; missing data denies', () => {
  expect(deny('X', 'because')).toEqual({ outcome: 'deny', code: 'X', message: 'because' });
  expect(missing('the price')).toEqual(deny('DATA_MISSING', 'the price is not known'));
});

test('a rule is itself', () => {
  const rule = { key: 'postOnly', summary: '', bindsExits: true, judge: () => [] } as const;
  expect(defineRule(rule)).toBe(rule);
});
