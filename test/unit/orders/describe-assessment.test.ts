import { expect, test } from 'vitest';
import type { AssessmentRecord } from '../../../src/audit/order-events.js';
import { describeAssessment } from '../../../src/orders/describe-assessment.js';

const margin = (limit: string, left: string | undefined, more: object = {}) => ({
  name: 'n',
  unit: 'money',
  value: '7',
  limit,
  ...(left === undefined ? {} : { left }),
  ...more,
});

const known: AssessmentRecord = {
  effects: [
    {
      instrument: 'A',
      unit: 'contracts',
      before: '-2',
      after: '1',
      from: 'venue',
      quoted: { amount: '125', currency: 'USDT' },
      fee: { amount: '0.05', bps: '10', fills: 3 },
      slippage: { amount: '0.1', bps: '21.5', from: 'book' },
    },
  ],
  rules: [
    { rule: 'sides', margins: [] },
    { rule: 'notional', margins: [margin('100', '93')] },
    { rule: 'approval', margins: [margin('5', '-2')] },
  ],
};

test('effect, cost and every margin, each in a row of its own', () => {
  expect(describeAssessment(known, 'EUR')).toEqual([
    ['in quote', '125 USDT'],
    ['position', '-2 -> 1 contracts'],
    ['fee', '10 bps, about 0.05 EUR (the dearest of its last 3 fills)'],
    ['slippage', '21.5 bps, about 0.1 EUR (by the order book)'],
    ['limit', 'notional: n 7, at most 100 EUR, 93 left'],
    ['limit', 'approval: n 7, at most 5 EUR, 2 beyond'],
    ['asked', 'rules without numbers: sides'],
  ]);
});

test('what is not known is said to be so, and no number stands there', () => {
  const rules = [{ rule: 'rate', margins: [{ name: 'n', unit: 'requests', limit: '5' }] }];
  const rows = describeAssessment({ effects: [{ instrument: 'A', unit: 'base' }], rules }, 'EUR');
  expect(rows.slice(0, 3).map(([name, text]) => [name, /^not known/.test(text), /\d/.test(text)])).toEqual([
    ['position', true, false],
    ['fee', true, false],
    ['slippage', true, false],
  ]);
  expect(rows[3]).toEqual(['limit', 'rate: n not known, at most 5 requests']);
});

test.each([
  ['spread', '1 bps (at least: half the spread, whatever its size)'],
  ['limit', '1 bps (at most: by its limit price)'],
] as const)('slippage by the %s says which way it errs', (from, text) => {
  const effects = [{ instrument: 'A', unit: 'base', slippage: { bps: '1', from } }];
  expect(describeAssessment({ effects, rules: [] }, 'EUR')[2]?.[1]).toBe(text);
});

test('on a screen the nearest margins: what is not known, what is beyond, then by the share that is left', () => {
  const margins = [
    margin('100', '60'),
    margin('1000', '90'),
    margin('5', '-2'),
    margin('9', undefined),
    margin('100', '70', { isLeast: true }),
  ];
  const rows = describeAssessment(
    { effects: [], rules: [...known.rules.slice(0, 1), { rule: 'r', margins }] },
    'EUR',
    4,
  );
  expect(rows).toEqual([
    ['limit', 'r: n 7, at most 9 EUR'],
    ['limit', 'r: n 7, at most 5 EUR, 2 beyond'],
    ['limit', 'r: n 7, at most 1000 EUR, 90 left'],
    ['limit', 'r: n 7, at most 100 EUR, 60 left'],
    ['', 'and 1 limits with more left, in `tradebox orders show`'],
  ]);
});

test('symbols of the request are neutral, and name the order where there are several', () => {
  const evil = `\u001b[2J\u202e${'x'.repeat(90)}`;
  const effects = [
    { instrument: evil, unit: 'base' },
    { instrument: 'B', unit: 'base', before: '1', from: 'fills' as const },
  ];
  const rules = [{ rule: 'r', margins: [margin('9', '2', { symbol: evil })] }];
  const rows = describeAssessment({ effects, rules }, 'EUR');
  expect(JSON.stringify(rows)).not.toMatch(/[^\x20-\x7e\u2026]|\\u001b|x{50}/);
  expect(rows[0]?.[1]).toMatch(/^\\u\{1b\}\[2J.*: not known/);
  expect(rows[3]).toEqual(['position', 'B: 1 -> not known base (by fills of this account through tradebox)']);
});
