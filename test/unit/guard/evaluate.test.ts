import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../src/core/decimal.js';
import { evaluate, marginsOf } from '../../../src/guard/evaluate.js';
import { guardrailsSchema } from '../../../src/guard/guardrails.js';
import { codesOf, factsOf, type GivenOrder, nowMs } from '../../support/guard-facts.js';

const guardrails = (limits: object) => guardrailsSchema.parse({ version: 1, ...limits });

test('every rule is asked and every reason kept; a denial beats a hold', () => {
  const verdict = evaluate(
    guardrails({ sides: ['sell'], notional: { max: 1 }, firstOrders: 1 }),
    factsOf({}),
  );
  expect(verdict.outcome).toBe('deny');
  expect(verdict.approvers).toBe(0);
  expect(verdict.findings.map(({ rule, code }) => [rule, code])).toEqual([
    ['sides', 'SIDE_NOT_ALLOWED'],
    ['notional', 'NOTIONAL_TOO_LARGE'],
    ['firstOrders', 'FIRST_ORDERS'],
  ]);
});

test('of several holds the strictest counts', () => {
  const verdict = evaluate(guardrails({ firstOrders: 1, approval: { twoAbove: 1 } }), factsOf({}));
  expect([verdict.outcome, verdict.approvers]).toEqual(['hold', 2]);
});

test('a burst halts the account', () => {
  const verdict = evaluate(
    guardrails({ repeat: { orders: 1, minutes: 1 } }),
    factsOf({ earlier: [[1, '1']] }),
  );
  expect(verdict.halts).toBe(true);
});

test('S11: a rule that throws denies', () => {
  const facts = factsOf({});
  const broken = {
    ...facts,
    activity: {
      ...facts.activity,
      countSince: () => {
        throw new Error('x');
      },
    },
  };
  const verdict = evaluate(guardrails({ rate: { perSecond: 5 } }), broken);
  expect(verdict.findings.map(({ code }) => code)).toEqual(['RULE_FAILED']);
  expect(verdict.outcome).toBe('deny');
});

test('no rules, nothing to object', () => {
  expect(codesOf({})).toEqual([]);
});

test('a tighter limit never lets through what a wider one refused', () => {
  const order = fc.record<GivenOrder>({
    quantity: fc.integer({ min: 1, max: 9_999 }).map((n) => `${n}.5`),
    price: fc.integer({ min: 1, max: 500 }).map(String),
    side: fc.constantFrom('buy', 'sell'),
    unit: fc.constantFrom('base', 'quote', 'contracts'),
    position: fc.integer({ min: -500, max: 500 }).map(String),
  });
  const limit = fc.integer({ min: 1, max: 100_000 });
  fc.assert(
    fc.property(order, limit, limit, (given, a, b) => {
      const [tight, wide] = a < b ? [a, b] : [b, a];
      const of = (max: number) =>
        evaluate(
          guardrails({ notional: { max }, maxPositionNotional: max, approval: { above: max } }),
          factsOf({ orders: [given] }),
        ).outcome;
      const rank = { allow: 0, hold: 1, deny: 2 };
      expect(rank[of(tight)]).toBeGreaterThanOrEqual(rank[of(wide)]);
    }),
    { numRuns: 200 },
  );
});

/** The numbers of the one rule that is set: name, value, limit, left. */
const numbers = (limits: object, given: Parameters<typeof factsOf>[0]) =>
  marginsOf(guardrails(limits), factsOf(given)).flatMap(({ margins }) =>
    margins.map(({ name, value, limit, left }) => [
      name,
      value && formatDecimal(value),
      formatDecimal(limit),
      left && formatDecimal(left),
    ]),
  );
const book = { bids: [['99', '9']] as [string, string][], asks: [['101', '9']] as [string, string][] };
const [hundred, zero] = [decimal('100'), decimal('0')];
const contracts = { unit: 'contracts', position: '2' } as const;

test.each<[object, Parameters<typeof factsOf>[0], string[]]>([
  [
    { amendsPerMinute: 5 },
    { amends: 2, orders: [{ action: 'amend' }] },
    ['amendments a minute', '3', '5', '2'],
  ],
  [{ approval: { above: 90 } }, {}, ['worth without approval', '100', '90', '-10']],
  [
    { approval: { twoAbove: 150 } },
    { earlier: [[10, '20']] },
    ['worth with one approval', '120', '150', '30'],
  ],
  [{ cancelToFill: { ratio: 3 } }, { cancels: 5, fills: 1 }, ['cancels in the window', '5', '19', '14']],
  [{ cancelsPerMinute: 4 }, { cancels: 6 }, ['cancels a minute', '6', '4', '-2']],
  [
    { closeCooldownSeconds: 60 },
    { results: { lastCloseOf: () => nowMs - 90_000 } },
    ['pause since the last close', '90', '60', '30'],
  ],
  [{ cooldownSeconds: 60 }, { earlier: [[20, '1']] }, ['pause since the last order', '20', '60', '-40']],
  [
    { lossCooldownSeconds: 60 },
    { results: { lastLossMs: nowMs - 61_500 } },
    ['pause since the last loss', '61.5', '60', '1.5'],
  ],
  [{ duplicateSeconds: 60 }, { sameSecondsAgo: 70 }, ['pause since the same order', '70', '60', '10']],
  [
    { pingPongSeconds: 60 },
    { earlier: [[50, '1']], earlierSide: 'sell' },
    ['pause since the other side', '50', '60', '-10'],
  ],
  [{ daily: { orders: 3 } }, { earlier: [[9, '1']] }, ['orders today', '2', '3', '1']],
  [{ daily: { notional: 101 } }, { earlier: [[9, '2']] }, ['turnover today', '102', '101', '-1']],
  [{ daily: { loss: 50 } }, { equity: decimal('990') }, ['loss today', '10', '50', '40']],
  [
    { daily: { realisedLoss: 50 } },
    { results: { realisedSince: () => [{ instrument: 'A', isContracts: false, amount: decimal('-60') }] } },
    ['realised loss today', '60', '50', '-10'],
  ],
  [
    { daily: { fees: 5 } },
    { fees: { paidSince: () => [{ instrument: 'A', amount: decimal('2') }] } },
    ['fees today', '2', '5', '3'],
  ],
  [{ firstOrders: 3 }, { accepted: 1 }, ['orders accepted before', '1', '3', '-2']],
  [
    { marketOrders: { maxSlippageBps: 150 } },
    { orders: [{ type: 'market', book }] },
    ['slippage', '100', '150', '50'],
  ],
  [{ maxConcentration: 20 }, { orders: [contracts] }, ['worth of the position', '300', '200', '-100']],
  [{ maxDrawdown: 10 }, { equity: decimal('950') }, ['fall from the peak', '5', '10', '5']],
  [{ maxEquityShare: 20 }, {}, ['worth of the request', '100', '200', '100']],
  [{ maxGrossExposure: 150 }, { grossExposure: hundred }, ['gross exposure', '200', '150', '-50']],
  [{ maxNetExposure: 150 }, { netExposure: zero.minus(hundred) }, ['net exposure long', '0', '150', '150']],
  [{ maxLeverage: 3 }, { orders: [{ leverage: '5' }] }, ['leverage', '5', '3', '-2']],
  [{ maxLossesInRow: 3 }, { results: { lossesInRow: () => 2 } }, ['losses in a row', '2', '2', '0']],
  [{ maxOpenNotional: 150 }, { open: { notional: hundred } }, ['unexecuted orders', '200', '150', '-50']],
  [{ maxOpenOrders: 3 }, { open: { count: 1 } }, ['orders at rest', '2', '3', '1']],
  [{ maxPositionNotional: 400 }, { orders: [contracts] }, ['worth of the position', '300', '400', '100']],
  [{ maxQuantity: { '*': '0.5' } }, {}, ['quantity', '1', '0.5', '-0.5']],
  [{ notional: { max: 120 } }, {}, ['worth of the order', '100', '120', '20']],
  [{ notional: { min: 120 } }, {}, ['least worth of the order', '100', '120', '-20']],
  [{ priceCollarBps: 50 }, { orders: [{ price: '101' }] }, ['distance from the market', '100', '50', '-50']],
  [{ rate: { perHour: 3 } }, { earlier: [[9, '1']] }, ['orders a hour', '2', '3', '1']],
  [{ repeat: { orders: 1, minutes: 5 } }, { earlier: [[9, '1']] }, ['orders in the window', '2', '1', '-1']],
  [{ requireEvidence: { sources: 2 } }, { evidence: [] }, ['sources', '0', '2', '-2']],
  [{ spotBalance: true }, { orders: [{ spot: ['1', '1', '80'] }] }, ['paid at most', '100', '80', '-20']],
  [{ spotBalance: true }, { orders: [{ spot: ['3', '3', '0'], side: 'sell' }] }, ['sold', '1', '3', '2']],
  [
    { volatilityHalt: { moveBps: 300, minutes: 5 } },
    { orders: [{ range: ['100', '102'] }] },
    ['move of the price', '200', '300', '100'],
  ],
])('%j: its number, and a reason exactly where nothing is left', (limits, given, expected) => {
  expect(numbers(limits, given)).toEqual([expected]);
  expect(codesOf(limits, given).length > 0).toBe(expected[3]?.startsWith('-'));
});

test('of several orders the one nearest to the limit is told, and one that is not known before all others', () => {
  const limits = guardrails({ notional: { max: 120 } });
  const given = (...orders: GivenOrder[]) =>
    marginsOf(limits, factsOf({ orders })).flatMap(({ margins }) =>
      margins.map(({ symbol, left }) => [symbol, left?.toFixed()]),
    );
  const [small, large] = [{ instrument: 'A', quantity: '0.1' }, { instrument: 'B' }];
  expect(given(small, large)).toEqual([['B', '20']]);
  expect(given(large, small)).toEqual([['B', '20']]);
  expect(given(large, { instrument: 'C', type: 'market', last: null }, small)).toEqual([['C', undefined]]);
});

test('every rule that is asked is there, also without numbers; one that exits pass is not asked of them', () => {
  const limits = guardrails({ sides: ['sell'], noReversal: true, maxLeverage: 3 });
  expect(marginsOf(limits, factsOf({}))).toEqual([
    { rule: 'sides', margins: [] },
    { rule: 'maxLeverage', margins: [] },
    { rule: 'noReversal', margins: [] },
  ]);
  const exit = factsOf({ orders: [{ side: 'sell', type: 'market', unit: 'contracts', position: '5' }] });
  expect(marginsOf(limits, exit).map(({ rule }) => rule)).toEqual(['noReversal']);
});

test('a rule whose numbers fail has none', () => {
  const facts = factsOf({});
  const failing = {
    ...facts,
    open: {
      ...facts.open,
      get notional(): never {
        throw new Error('x');
      },
    },
  };
  expect(marginsOf(guardrails({ maxOpenNotional: 1 }), failing)).toEqual([
    { rule: 'maxOpenNotional', margins: [] },
  ]);
});
