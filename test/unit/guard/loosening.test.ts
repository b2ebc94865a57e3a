import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimal } from '../../../src/core/decimal.js';
import { evaluate } from '../../../src/guard/evaluate.js';
import { type Guardrails, type GuardrailsDocument, guardrailsSchema } from '../../../src/guard/guardrails.js';
import { loosenings } from '../../../src/guard/loosening.js';
import { factsOf, type Given, type GivenOrder, nowMs } from '../../support/guard-facts.js';

type Limits = Omit<GuardrailsDocument, 'version'>;

const read = (limits: Limits): Guardrails => guardrailsSchema.parse({ version: 1, ...limits });
const between = (before: Limits, after: Limits) =>
  loosenings(read(before), read(after)).map(({ limit, change }) => `${limit} ${change}`);

const monday: NonNullable<Limits['hours']>[number] = { days: ['mon', 'tue'], from: '09:00', to: '17:00' };

const cases: readonly (readonly [string, Limits, Limits, string[]])[] = [
  ['a key that is gone', { noReversal: true }, {}, ['noReversal removed']],
  ['amounts in another currency', { currency: 'USD' }, { currency: 'JPY' }, ['currency looser']],
  ['amounts in a currency of their own', {}, { currency: 'JPY' }, ['currency looser']],
  ['amounts in any currency', { currency: 'USD' }, {}, ['currency removed']],
  ['a key that comes', {}, { noReversal: true }, []],
  ['a higher ceiling', { maxOpenOrders: 5 }, { maxOpenOrders: 6 }, ['maxOpenOrders looser']],
  ['a lower ceiling', { maxOpenOrders: 5 }, { maxOpenOrders: 4 }, []],
  ['a shorter pause', { cooldownSeconds: 5 }, { cooldownSeconds: 4 }, ['cooldownSeconds looser']],
  [
    'a larger loss of the day',
    { daily: { realisedLoss: 5 } },
    { daily: { realisedLoss: 6 } },
    ['daily.realisedLoss looser'],
  ],
  ['one more loss in a row', { maxLossesInRow: 3 }, { maxLossesInRow: 4 }, ['maxLossesInRow looser']],
  [
    'a shorter pause after a loss',
    { lossCooldownSeconds: 5 },
    { lossCooldownSeconds: 4 },
    ['lossCooldownSeconds looser'],
  ],
  [
    'a larger share of the account',
    { maxEquityShare: 2 },
    { maxEquityShare: 2.5 },
    ['maxEquityShare looser'],
  ],
  ['a larger position in it', { maxConcentration: 2 }, { maxConcentration: 3 }, ['maxConcentration looser']],
  ['fewer first orders', { firstOrders: 5 }, { firstOrders: 4 }, ['firstOrders looser']],
  ['one more side', { sides: ['buy'] }, { sides: ['buy', 'sell'] }, ['sides looser']],
  [
    'one more symbol',
    { symbols: { allow: ['A'] } },
    { symbols: { allow: ['A', 'B'] } },
    ['symbols.allow looser'],
  ],
  ['a list of symbols gone', { symbols: { allow: ['A'] } }, { symbols: {} }, ['symbols.allow looser']],
  [
    'a denied symbol gone',
    { symbols: { deny: ['A', 'B'] } },
    { symbols: { deny: ['A'] } },
    ['symbols.deny looser'],
  ],
  ['market orders', { marketOrders: 'deny' }, { marketOrders: 'allow' }, ['marketOrders looser']],
  [
    'more slippage',
    { marketOrders: { maxSlippageBps: 5 } },
    { marketOrders: { maxSlippageBps: 6 } },
    ['marketOrders looser'],
  ],
  [
    'slippage where none was allowed',
    { marketOrders: 'deny' },
    { marketOrders: { maxSlippageBps: 1 } },
    ['marketOrders looser'],
  ],
  ['slippage bounded', { marketOrders: 'allow' }, { marketOrders: { maxSlippageBps: 50 } }, []],
  [
    'a larger move',
    { volatilityHalt: { moveBps: 100, minutes: 5 } },
    { volatilityHalt: { moveBps: 101, minutes: 4 } },
    ['volatilityHalt.moveBps looser', 'volatilityHalt.minutes looser'],
  ],
  ['no market orders', { marketOrders: 'allow' }, { marketOrders: 'deny' }, []],
  ['a smaller minimum', { notional: { min: 5 } }, { notional: { min: 4 } }, ['notional.min looser']],
  ['a maximum gone', { notional: { max: 5 } }, { notional: {} }, ['notional.max looser']],
  [
    'the last digit of an amount',
    { notional: { max: '0.1000000000000000001' } },
    { notional: { max: '0.1000000000000000002' } },
    ['notional.max looser'],
  ],
  [
    'a quantity of its own',
    { maxQuantity: { '*': 1 } },
    { maxQuantity: { '*': 1, BTC: 2 } },
    ['maxQuantity.BTC looser'],
  ],
  [
    'the quantity of all others gone',
    { maxQuantity: { '*': 1 } },
    { maxQuantity: { BTC: 1 } },
    ['maxQuantity.* looser'],
  ],
  ['a quantity of its own, below', { maxQuantity: { '*': 2 } }, { maxQuantity: { '*': 2, BTC: 1 } }, []],
  [
    'a shorter window of bursts',
    { repeat: { orders: 5, minutes: 5 } },
    { repeat: { orders: 5, minutes: 4 } },
    ['repeat.minutes looser'],
  ],
  [
    'a shorter window of pieces',
    { approval: { above: 1 } },
    { approval: { above: 1, splitSeconds: 299 } },
    ['approval.splitSeconds looser'],
  ],
  [
    'a second person less',
    { approval: { twoAbove: 9 } },
    { approval: { above: 1 } },
    ['approval.twoAbove looser'],
  ],
  ['older prices', { referenceMaxAgeSeconds: 5 }, {}, ['referenceMaxAgeSeconds looser']],
  [
    'another day',
    { daily: { orders: 1 } },
    { daily: { orders: 1 }, timeZone: 'Asia/Tokyo' },
    ['timeZone looser'],
  ],
  ['another day that nothing counts', {}, { timeZone: 'Asia/Tokyo' }, []],
  [
    'a market that has hours of its own no more',
    { hours: [monday, { ...monday, symbols: ['A'], to: '10:00' }] },
    { hours: [monday] },
    ['hours looser'],
  ],
  [
    'hours of its own for one more market',
    { hours: [monday] },
    { hours: [monday, { ...monday, symbols: ['A'] }] },
    ['hours looser'],
  ],
  [
    'shorter hours of a market',
    { hours: [monday, { ...monday, symbols: ['A'] }] },
    { hours: [monday, { ...monday, symbols: ['A'], to: '10:00' }] },
    [],
  ],
  ['larger fees', { daily: { fees: 1 } }, { daily: { fees: 2 } }, ['daily.fees looser']],
  ['a longer session', { hours: [monday] }, { hours: [{ ...monday, to: '17:01' }] }, ['hours looser']],
  ['a shorter session', { hours: [monday] }, { hours: [{ ...monday, from: '09:01' }] }, []],
  [
    'a holiday gone',
    { hours: [{ ...monday, holidays: ['2026-12-25'] }] },
    { hours: [monday] },
    ['hours looser'],
  ],
  [
    'another day of the week',
    { hours: [monday] },
    { hours: [{ ...monday, days: ['mon', 'sat'] }] },
    ['hours looser'],
  ],
  [
    'sessions elsewhere',
    { hours: [monday] },
    { hours: [{ ...monday, timeZone: 'Asia/Tokyo' }] },
    ['hours looser'],
  ],
];

test('hosts to cite and the wish for evidence become looser like other limits', () => {
  const hosts = { trustedNewsSources: ['news.test'] };
  expect(between(hosts, { trustedNewsSources: ['news.test', 'b.test'] })).toEqual([
    'trustedNewsSources looser',
  ]);
  const wanted = { requireEvidence: { sources: 2, withinMinutes: 10 } };
  expect(between(wanted, { requireEvidence: { sources: 1, withinMinutes: 20 } })).toEqual([
    'requireEvidence.sources looser',
    'requireEvidence.withinMinutes looser',
  ]);
  expect(between(wanted, {})).toEqual(['requireEvidence removed']);
});

test.each(cases)('%s', (_name, before, after, expected) => {
  expect(between(before, after)).toEqual(expected);
});

const whole = (max: number) => fc.integer({ min: 1, max });
const some = <Value>(values: readonly Value[]) =>
  fc.subarray([...values], { minLength: 1 }) as fc.Arbitrary<Value[]>;
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 1 });
const on = fc.constant(true as const);

/** Few values each, so that two sets often agree. */
const keys: { [Key in keyof Limits]-?: fc.Arbitrary<unknown> } = {
  timeZone: fc.constantFrom('UTC', 'Asia/Tokyo'),
  currency: fc.constantFrom('USD', 'EUR'),
  symbols: fc.record({ allow: optional(some(['BTC-USDT', 'ETH-USDT'])), deny: optional(some(['BTC-USDT'])) }),
  sides: some(['buy', 'sell']),
  types: some(['limit', 'market', 'stop']),
  timeInForce: some(['gtc', 'ioc']),
  marketOrders: fc.oneof(fc.constantFrom('allow', 'deny'), fc.record({ maxSlippageBps: whole(300) })),
  maxQuantity: fc.dictionary(fc.constantFrom('*', 'BTC-USDT'), whole(5)),
  notional: fc.record({ min: optional(whole(300)), max: optional(whole(600)) }),
  priceCollarBps: whole(3_000),
  volatilityHalt: fc.record({ moveBps: whole(900), minutes: whole(10) }),
  maxLeverage: whole(3),
  reduceOnly: on,
  postOnly: on,
  clientOrderId: on,
  noReversal: on,
  noSelfTrade: on,
  spotBalance: on,
  maxOpenOrders: whole(3),
  maxOpenNotional: whole(600),
  maxPositionNotional: whole(600),
  maxGrossExposure: whole(600),
  maxNetExposure: whole(600),
  maxEquityShare: whole(60),
  maxConcentration: whole(60),
  maxDrawdown: whole(60),
  daily: fc.record({
    orders: optional(whole(4)),
    notional: optional(whole(900)),
    realisedLoss: optional(whole(4)),
    loss: optional(whole(400)),
    fees: optional(whole(9)),
  }),
  maxLossesInRow: whole(4),
  rate: fc.record({
    perSecond: optional(whole(3)),
    perMinute: optional(whole(3)),
    perHour: optional(whole(3)),
  }),
  amendsPerMinute: whole(3),
  cancelsPerMinute: whole(3),
  cancelToFill: fc.record({ ratio: whole(3), minutes: whole(2), fromCancels: whole(3) }),
  duplicateSeconds: whole(90),
  repeat: fc.record({ orders: whole(4), minutes: whole(5) }),
  cooldownSeconds: whole(90),
  lossCooldownSeconds: whole(90),
  closeCooldownSeconds: whole(90),
  pingPongSeconds: whole(90),
  singleFlight: on,
  hours: fc.array(
    fc.record({
      days: some(['thu', 'fri']),
      from: fc.constantFrom('00:00', '09:00', '22:00'),
      to: fc.constantFrom('14:00', '17:00', '23:00'),
      symbols: optional(some(['BTC-*', 'ETH-USDT'])),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  firstOrders: whole(3),
  approval: fc.record({
    above: optional(whole(600)),
    twoAbove: optional(whole(900)),
    splitSeconds: optional(whole(90)),
  }),
  trustedNewsSources: some(['news.test', '*.wire.test']),
  requireEvidence: fc.record({ sources: whole(2), withinMinutes: whole(30) }),
  referenceMaxAgeSeconds: whole(20),
};

const given: fc.Arbitrary<Given> = fc.record({
  orders: fc.array(
    fc.record<GivenOrder>({
      instrument: fc.constantFrom('BTC-USDT', 'ETH-USDT'),
      side: fc.constantFrom('buy', 'sell'),
      type: fc.constantFrom('limit', 'market', 'stop'),
      quantity: whole(6).map(String),
      unit: fc.constantFrom('base', 'quote', 'contracts'),
      price: fc.integer({ min: 70, max: 130 }).map(String),
      leverage: whole(4).map(String),
      last: fc.constantFrom('100', null),
      ageMs: fc.integer({ min: 0, max: 20_000 }),
      position: fc.integer({ min: -6, max: 6 }).map(String),
      book: fc.constantFrom(
        {
          bids: [
            ['99', '2'],
            ['97', '9'],
          ],
          asks: [
            ['101', '2'],
            ['103', '9'],
          ],
        },
        { bids: [['99', '2']], asks: [] },
      ),
      range: fc.tuple(whole(5), whole(5)).map(([down, up]) => [String(100 - down), String(100 + up)]),
    }),
    { minLength: 1, maxLength: 2 },
  ),
  earlier: fc
    .array(fc.tuple(fc.integer({ min: 0, max: 400 }), whole(300).map(String)), { maxLength: 4 })
    .map((each) => each.sort(([a], [b]) => b - a)),
  sameSecondsAgo: whole(100),
  released: fc.integer({ min: 0, max: 4 }),
  equity: fc.integer({ min: 500, max: 1_100 }).map((usd) => decimal(String(usd))),
  earlierSide: fc.constantFrom('buy', 'sell'),
  cancels: fc.integer({ min: 0, max: 5 }),
  fills: fc.integer({ min: 0, max: 2 }),
  fees: whole(10).map((paid) => ({ paidSince: () => [{ instrument: 'B', amount: decimal(String(paid)) }] })),
  netExposure: fc.integer({ min: -500, max: 500 }).map((worth) => decimal(String(worth))),
  resting: fc.array(
    fc.record<GivenOrder>({ side: fc.constantFrom('buy', 'sell'), price: whole(130).map(String) }),
    {
      maxLength: 1,
    },
  ),
  results: fc
    .tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 90 }))
    .map(([lost, secondsAgo]) => ({
      realisedSince: () => [
        { instrument: 'BTC-USDT', isContracts: false, amount: decimal(lost === 0 ? '0' : `-${lost}`) },
      ],
      lossesInRow: () => lost,
      lastCloseOf: () => nowMs - secondsAgo * 1000,
      lastLossMs: nowMs - secondsAgo * 1000,
    })),
  evidence: fc.array(
    fc.record({
      url: fc.constantFrom('https://news.test/a', 'https://b.wire.test/'),
      host: fc.constantFrom('news.test', 'b.wire.test', 'other.test'),
      fetchedMs: fc.integer({ min: -40, max: 0 }).map((minutes) => nowMs + minutes * 60_000),
    }),
    { maxLength: 2 },
  ),
  nowMs: fc.integer({ min: 0, max: 86_400 }).map((seconds) => nowMs + seconds * 1000),
});

const strictness = { allow: 0, hold: 1, deny: 2 };

for (const key of Object.keys(keys) as (keyof Limits)[]) {
  test(`${key}: where nothing became looser, nothing more passes`, () => {
    const value = fc.option(keys[key], { nil: undefined });
    // Something around it that reads the key's neighbours: the day, the age of prices.
    const around = fc.constantFrom<Limits>({}, { daily: { orders: 2 } }, { priceCollarBps: 500 });
    let compared = 0;
    fc.assert(
      fc.property(value, value, around, given, (one, other, rest, facts) => {
        const [before, after] = [one, other].map((each) =>
          read({ ...rest, ...(each === undefined ? {} : { [key]: each }) } as Limits),
        );
        if (before === undefined || after === undefined || loosenings(before, after).length > 0) return;
        compared += 1;
        const [was, is] = [before, after].map((guardrails) => evaluate(guardrails, factsOf(facts)));
        expect(strictness[is?.outcome ?? 'allow']).toBeGreaterThanOrEqual(strictness[was?.outcome ?? 'deny']);
        if (is?.outcome === was?.outcome) expect(is?.approvers).toBeGreaterThanOrEqual(was?.approvers ?? 3);
      }),
      { numRuns: 150 },
    );
    expect(compared).toBeGreaterThan(10);
  });
}
