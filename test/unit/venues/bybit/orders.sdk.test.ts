// bybit-api, unmodified: what its methods send for Bybit's other products is read to the order that was meant.
import { RestClientV5 } from 'bybit-api';
import { expect, test } from 'vitest';
import { bybit } from '../../../../src/venues/bybit/bybit.js';
import { parseOrders } from '../../../../src/venues/bybit/orders.js';
import { axiosWire } from '../../../support/axios-wire.js';
import { makeDecoys } from '../../../support/venue-requests.js';

const decoy = makeDecoys(bybit);
const spread = { symbol: 'SOLUSDT_SOL/USDT', qty: '0.1' } as const;
const leg = { category: 'linear', symbol: 'BTCUSDT', side: 'buy', qty: '2' } as const;
const outcome = { tokenId: 't1', eventId: 'e1', orderType: 1, slippage: '0.05' } as const;
const trade = {
  fromTokenAmount: '100',
  slippage: '0.01',
  quoteData: 'abc',
  gas: '0.1',
  quoteMode: 0,
  correctingCode: 'a1',
} as const;
const terms = { ...parseContext(), action: 'place', instrument: 'ETHBTC', side: 'sell' } as const;

function parseContext() {
  return { venue: 'bybit', account: 'a', moneyMode: 'LIVE' } as const;
}

test.each<[string, string, (client: RestClientV5) => Promise<unknown>]>([
  [
    'place buy SOLUSDT, sell SOLUSDT',
    'a spread',
    (client) =>
      client.submitSpreadOrder({
        ...spread,
        side: 'Buy',
        orderType: 'Limit',
        price: '21',
        orderLinkId: 'x',
        timeInForce: 'GTC',
      }),
  ],
  [
    'amend SOLUSDT, SOLUSDT',
    'its amendment',
    (client) => client.amendSpreadOrder({ ...spread, orderId: 's1' }),
  ],
  ['place buy BTCUSDT', 'an inquiry', (client) => client.createRFQ({ counterparties: ['LP4'], list: [leg] })],
  ['place sell ETHBTC', 'others’ quotes', (client) => client.acceptNonLPQuote({ rfqId: '5' })],
  [
    'place sell BTCUSDT',
    'a quote',
    (client) =>
      client.createRFQQuote({
        rfqId: '5',
        expiresIn: 60,
        quoteBuyList: [{ category: 'linear', symbol: 'BTCUSDT', price: '9' }],
      }),
  ],
  [
    'place sell ETHBTC',
    'a quote that is taken',
    (client) => client.executeRFQQuote({ rfqId: '5', quoteId: '6', quoteSide: 'buy' }),
  ],
  [
    'place BTC-UP',
    'an event contract',
    (client) =>
      client.submitEventQuote({ symbol: 'BTC-UP', orderLinkId: 'x', grossPayoutRatio: '1.8', amount: '10' }),
  ],
  [
    'place buy BTCUSDT',
    'a strategy',
    (client) =>
      client.createStrategyOrder({
        category: 'UTA_USDT',
        symbol: 'BTCUSDT',
        side: 'Buy',
        strategyType: 'twap',
        size: '0.1',
        duration: 600,
      }),
  ],
  [
    'place buy DEX_1/CEX_1',
    'a token',
    (client) => client.executeAlphaTradePurchase({ ...trade, fromTokenCode: 'CEX_1', toTokenCode: 'DEX_1' }),
  ],
  [
    'place buy e1/t1',
    'an outcome',
    (client) => client.executeAlphaPredictionBuy({ ...outcome, amount: '5', payTokenCode: 'USDC' }),
  ],
  [
    'place sell e1/t1',
    'an outcome that is sold',
    (client) => client.executeAlphaPredictionSell({ ...outcome, size: '5' }),
  ],
  ['place sell ETHBTC', 'a conversion', (client) => client.confirmConvertQuote({ quoteTxId: '1' })],
])('%s: %s', async (expected, _, send) => {
  const wire = axiosWire();
  const keys = { key: decoy.apiKey!, secret: decoy.secretKey! };
  await send(new RestClientV5(keys, { adapter: wire.adapter as never }));
  const [request] = wire.sent;
  if (request === undefined) throw new Error('nothing was sent');
  expect(bybit.authenticate(request, decoy)).toEqual({ kind: 'valid' });
  const parsed = parseOrders(request, {
    account: 'a',
    environment: 'live',
    instruments: new Map([
      ['SOLUSDT_SOL/USDT 1', 'SOLUSDT'],
      ['SOLUSDT_SOL/USDT 2', 'SOLUSDT'],
    ]),
    quoted: () => [terms],
  });
  if (!parsed.ok) throw new Error(`${parsed.code}: ${parsed.message}`);
  const [intent] = parsed.intents;
  const orders = (intent?.legs ?? [intent]).map((order) => [order?.side, order?.instrument].join(' ').trim());
  expect(`${intent?.action} ${orders.join(', ')}`).toBe(expected);
});
