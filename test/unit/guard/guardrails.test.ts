import { expect, test } from 'vitest';
import { formatDecimal } from '../../../src/core/decimal.js';
import { documentOf, guardrailsSchema } from '../../../src/guard/guardrails.js';
import { rules } from '../../../src/guard/rules.js';

const parse = (more: object) => guardrailsSchema.safeParse({ version: 1, ...more });

test('amounts are whole numbers or decimals in quotes; nothing goes through a float (S14)', () => {
  expect(
    formatDecimal(guardrailsSchema.parse({ version: 1, notional: { max: '0.1' } }).notional?.max as never),
  ).toBe('0.1');
  for (const bad of [0.1, '1e3', '-1', '+1', ' 1', '0x1', '1_000', 'NaN']) {
    expect(parse({ notional: { max: bad } }).success).toBe(false);
  }
});

test('an unknown key, zone or time of day is an error', () => {
  for (const bad of [
    { notionl: {} },
    { timeZone: 'Mars' },
    { hours: [{ days: ['fri'], from: '9:30', to: '16:00' }] },
  ]) {
    expect(parse(bad).success).toBe(false);
  }
});

test('each limit has its rule and each rule its limit', () => {
  const settings = ['version', 'timeZone', 'currency', 'referenceMaxAgeSeconds'];
  const limits = Object.keys(guardrailsSchema.shape).filter((key) => !settings.includes(key));
  expect(rules.map(({ key }) => key).sort()).toEqual(limits.sort());
});

test('what goes to the sidecar as JSON comes back the same', () => {
  const read = guardrailsSchema.parse({
    version: 1,
    notional: { max: '12345678901234567890123.5' },
    maxLeverage: 3,
  });
  const back = guardrailsSchema.parse(documentOf(read));
  expect(documentOf(back)).toEqual(documentOf(read));
  expect(documentOf(read)).toMatchObject({ notional: { max: '12345678901234567890123.5' } });
});
