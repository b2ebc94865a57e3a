import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import type { OrderIntent } from '../../../../src/core/order.js';
import { guardrailsSchema } from '../../../../src/guard/guardrails.js';
import { Activity } from '../../../../src/orders/activity.js';
import { Ledger } from '../../../../src/orders/ledger.js';
import type { MarketMemory } from '../../../../src/sidecar/orders/market-memory.js';
import { createRulesJudge } from '../../../../src/sidecar/orders/rules-judge.js';
import { type SpotParts, spotFacts } from '../../../../src/sidecar/orders/spot-facts.js';
import { binance } from '../../../../src/venues/binance/binance.js';

const pairs: Record<string, { base: string; quote: string }> = {
  'BTC-USDT': { base: 'BTC', quote: 'USDT' },
  'ETH-USDT': { base: 'ETH', quote: 'USDT' },
  'BTC-EUR': { base: 'BTC', quote: 'EUR' },
};
const market = {
  balance: () => ({ total: decimal('100'), free: decimal('90') }),
  // Of the euro pair no price is known.
  price: (instrument: string) =>
    instrument === 'BTC-EUR' ? undefined : { last: decimal('10'), bid: decimal('8'), ageMs: 0 },
  terms: (instrument: string) => {
    const pair = pairs[instrument];
    return pair && { ...pair, multiplier: decimal('1'), isInverse: false };
  },
} as unknown as SpotParts['market'];
const order = (
  instrument: string,
  side: 'buy' | 'sell',
  value: string,
  more: Partial<OrderIntent> = {},
): OrderIntent => ({
  venue: 'okx',
  account: 'main',
  moneyMode: 'DEMO',
  action: 'place',
  instrument,
  side,
  type: 'limit',
  price: decimal('20'),
  quantity: { value: decimal(value), unit: 'base' },
  ...more,
});
const told = (unseen: readonly OrderIntent[]) => {
  const { held, free, cash, quote, cost } = spotFacts(pairs['BTC-USDT'], decimal('7'), {
    market,
    maxAgeMs: 1,
    unseen,
  });
  return [held, free, cash, quote, cost].map((each) =>
    typeof each === 'object' ? formatDecimal(each) : each,
  );
};

test.each<[string, OrderIntent[], (string | undefined)[]]>([
  ['nothing on its way', [], ['90', '90']],
  ['a purchase, at its limit price', [order('BTC-USDT', 'buy', '2')], ['90', '50']],
  ['one of another pair with the same money', [order('ETH-USDT', 'buy', '1')], ['90', '70']],
  [
    'one for so much money',
    [order('ETH-USDT', 'buy', '3', { quantity: { value: decimal('3'), unit: 'quote' } })],
    ['90', '87'],
  ],
  ['more than there is', [order('ETH-USDT', 'buy', '9')], ['90', '0']],
  ['a sale of the same coins for other money', [order('BTC-EUR', 'sell', '4')], ['86', '90']],
  [
    'a sale for so much money',
    [order('BTC-USDT', 'sell', '1', { quantity: { value: decimal('16'), unit: 'quote' } })],
    ['88', '90'],
  ],
  ['a purchase with other money', [order('BTC-EUR', 'buy', '4', { type: 'market' })], ['90', '90']],
  ['a purchase in a pair that is not known', [order('X', 'buy', '1')], [undefined, undefined]],
  [
    'contracts',
    [order('X', 'buy', '1', { quantity: { value: decimal('1'), unit: 'contracts' } })],
    ['90', '90'],
  ],
])('%s', (_title, unseen, [free, cash]) => {
  expect(told(unseen)).toEqual(['100', free, cash, 'USDT', '7']);
});

test('at a price that nobody knows a purchase may spend anything', () => {
  const blind = { ...market, price: () => undefined } as unknown as SpotParts['market'];
  const parts = {
    market: blind,
    maxAgeMs: 1,
    unseen: [order('ETH-USDT', 'buy', '1', { type: 'market', price: undefined as never })],
  };
  expect(spotFacts(pairs['BTC-USDT'], undefined, parts)).toMatchObject({
    cash: undefined,
    free: decimal('90'),
  });
});

test('however many requests there are, together they never get more than is free', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 12 }), (wants) => {
      const passed: OrderIntent[] = [];
      for (const want of wants) {
        const { cash } = spotFacts(pairs['BTC-USDT'], undefined, { market, maxAgeMs: 1, unseen: passed });
        const value = decimal(String(want));
        if (cash?.gte(value))
          passed.push(order('ETH-USDT', 'buy', '1', { quantity: { value, unit: 'quote' } }));
      }
      const spent = passed.reduce((sum, { quantity }) => sum.plus(quantity?.value ?? '0'), decimal('0'));
      expect(spent.lte(decimal('90'))).toBe(true);
    }),
  );
});

test.each<[string, 'buy' | 'sell', string[]]>([
  ['api/v3/order', 'buy', []],
  ['api/v3/order', 'sell', []],
  ['sapi/v1/margin/order', 'buy', ['DATA_MISSING']],
  ['sapi/v1/margin/order', 'sell', ['DATA_MISSING']],
  ['sapi/v1/margin/order/oco', 'sell', ['DATA_MISSING']],
  ['fapi/v1/order', 'sell', ['DATA_MISSING']],
  ['papi/v1/um/order', 'buy', ['DATA_MISSING']],
])('%s, %s: the spot wallet says what is free for spot orders alone', (operation, side, codes) => {
  const ledger = new Ledger();
  const judge = createRulesJudge({
    guardrails: () => guardrailsSchema.parse({ version: 1, spotBalance: true }),
    ledger,
    activity: new Activity(),
    market: {
      ...market,
      book: () => undefined,
      balancesAskedMs: () => 0,
      equity: () => undefined,
    } as unknown as MarketMemory,
    rates: {} as never,
    tellsBalances: true,
    spendsBalances: binance.admin?.spendsBalances,
    noteEquity: () => undefined,
    nowMs: () => 1_800_000_000_000,
  });
  const intents = [order('BTC-USDT', side, '1')];
  const { reasons } = judge.judge({ operation, intents, likeness: 'f', stage: 'proposal' });
  expect(reasons.map(({ code }) => code)).toEqual(codes);
});
