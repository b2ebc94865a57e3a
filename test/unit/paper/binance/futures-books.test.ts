// Binance's COIN-M futures and portfolio margin on paper: ccxt unmodified; coins held and made as the engine has them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import { notionalOf } from '../../../../src/guard/money.js';
import { coinMargined } from '../../../../src/paper/binance/call.js';
import { binanceDialect } from '../../../../src/paper/binance/dialect.js';
import { bookOf, routesOfBooks } from '../../../../src/paper/binance/futures-books.js';
import { contractOf } from '../../../../src/paper/binance/futures-rows.js';
import { Engine } from '../../../../src/paper/engine/engine.js';
import { leverage } from '../../../../src/paper/engine/instruments.js';
import { floorTo } from '../../../../src/paper/engine/market.js';
import { binance } from '../../../../src/venues/binance/binance.js';
import { paperVenue } from '../../../support/paper-venue.js';
import { asReal, makeDecoys, requestOf, stampAt } from '../../../support/venue-requests.js';

const inverse = 'BTC/USD:BTC';

function connect(options: object = {}, name: 'binance' | 'binancecoinm' = 'binancecoinm') {
  const paper = paperVenue(binance);
  const { apiKey, secretKey: secret } = paper.secrets;
  return { paper, client: paper.connectCcxt({ apiKey, secret, options }, name) };
}

test('each contract is of one book, each book has its paths', () => {
  expect(bookOf({ symbol: 'BTC-USD-SWAP' }).of({ symbol: 'BTC-USD-SWAP' })).toBe('BTCUSD_PERP');
  expect(bookOf({ symbol: 'BTC-USDT-SWAP' }).of({ symbol: 'BTC-USDT-SWAP' })).toBe('BTCUSDT');
  expect(routesOfBooks(() => [['GET', 'order', () => ({})]]).map(([name]) => name)).toEqual([
    'GET /fapi/v1/order',
    'GET /dapi/v1/order',
    'GET /papi/v1/um/order',
    'GET /papi/v1/cm/order',
  ]);
});

test('ccxt trades COIN-M contracts: reads, rests, amends, cancels, opens and closes', async () => {
  const { client } = connect();
  await client.loadMarkets();
  expect(client.market(inverse)).toMatchObject({
    swap: true,
    inverse: true,
    contractSize: 100,
    settle: 'BTC',
  });
  expect((await client.fetchBalance()).BTC?.total).toBe(1);
  const book = await client.fetchOrderBook(inverse, 5);
  const bid = Number(book.bids[0]?.[0]);
  expect((await client.fetchTicker(inverse)).last).toBeGreaterThanOrEqual(bid);
  const priced = (factor: number) => Number(client.priceToPrecision(inverse, bid * factor));
  const resting = await client.createOrder(inverse, 'limit', 'buy', 20, priced(0.97));
  expect(resting).toMatchObject({ status: 'open', amount: 20, price: priced(0.97) });
  const amended = await client.editOrder(String(resting.id), inverse, 'limit', 'buy', 10, priced(0.96));
  expect(amended).toMatchObject({ id: resting.id, amount: 10, price: priced(0.96) });
  expect(await client.fetchOpenOrders(inverse)).toMatchObject([
    { id: resting.id, amount: 10, symbol: inverse },
  ]);
  await client.cancelOrder(String(resting.id), inverse);
  expect(await client.fetchOrder(String(resting.id), inverse)).toMatchObject({ status: 'canceled' });
  await expect(client.createOrder(inverse, 'limit', 'buy', 100_000, priced(0.97))).rejects.toThrow(
    'Margin is insufficient',
  );
  await client.createOrder(inverse, 'market', 'buy', 50);
  const [position] = await client.fetchPositions([inverse]);
  expect(position).toMatchObject({ side: 'long', contracts: 50, symbol: inverse });
  await client.createOrder(inverse, 'market', 'sell', 90, undefined, { reduceOnly: true });
  expect(await client.fetchPositions([inverse])).toEqual([]);
  // What was paid in coins is what the average price says, and the balance is what was made of it.
  const trades = await client.fetchMyTrades(inverse);
  const bought = trades.filter(({ side }) => side === 'buy');
  const coins = bought.reduce((sum, { info }) => sum + Number(info.baseQty), 0);
  expect(5000 / coins).toBeCloseTo(Number(position?.entryPrice), 4);
  const made = trades.reduce((sum, { info }) => sum + Number(info.realizedPnl) - Number(info.commission), 0);
  expect((await client.fetchBalance()).BTC?.total).toBeCloseTo(1 + made, 12);
  const entries = await client.fetchLedger('BTC');
  expect(entries.reduce((sum, { info }) => sum + Number(info.income), 0)).toBeCloseTo(made, 12);
});

describe('portfolio margin', () => {
  test.each([
    ['USDⓈ-M', 'BTC/USDT:USDT', 0.02, 'USDT', 100_000],
    ['COIN-M', inverse, 20, 'BTC', 1],
  ] as const)('%s: ccxt with portfolioMargin', async (_, symbol, amount, coin, owned) => {
    const { paper, client } = connect(
      {
        portfolioMargin: true,
        defaultType: 'swap',
        defaultSubType: symbol === inverse ? 'inverse' : 'linear',
      },
      'binance',
    );
    await client.loadMarkets();
    const balance = await client.fetchBalance({ type: 'swap' });
    expect(balance[coin]?.free).toBe(owned);
    const { last } = await client.fetchTicker(symbol);
    const far = Number(client.priceToPrecision(symbol, Number(last) * 0.97));
    const resting = await client.createOrder(symbol, 'limit', 'buy', amount, far);
    expect(await client.fetchOpenOrders(symbol)).toMatchObject([{ id: resting.id, amount, symbol }]);
    await client.cancelOrder(String(resting.id), symbol);
    expect(await client.fetchOpenOrders(symbol)).toEqual([]);
    await client.createOrder(symbol, 'market', 'sell', amount);
    expect(await client.fetchPositions([symbol])).toMatchObject([{ side: 'short', contracts: amount }]);
    await client.createOrder(symbol, 'market', 'buy', amount, undefined, { reduceOnly: true });
    expect(await client.fetchPositions([symbol])).toEqual([]);
    expect(await client.fetchMyTrades(symbol)).toHaveLength(2);
    const sent = paper.seen.filter(({ method }) => method !== 'GET').map(({ path }) => path);
    expect(new Set(sent)).toEqual(new Set([symbol === inverse ? '/papi/v1/cm/order' : '/papi/v1/um/order']));
  });
});

// S14: contracts times their size are the dollars; by price and leverage the coins that the account holds back, and the fee of them.
test.each(['dapi.binance.com/dapi/v1/order', 'papi.binance.com/papi/v1/cm/order'])(
  '%s: what is read is what is held, to the last digit',
  (url) => {
    const instrument = contractOf(coinMargined.need('BTCUSD_PERP').symbol);
    const secrets = asReal(makeDecoys(binance));
    const nowMs = 1_795_000_000_000;
    const arbitrary = [fc.integer({ min: 700, max: 950 }), fc.integer({ min: 1, max: 1500 })] as const;
    fc.assert(
      fc.property(...arbitrary, (perMille, quantity) => {
        const engine = new Engine({ seed: 'money', accounts: ['a'] });
        engine.advance(nowMs);
        const last = engine.market.last(instrument, engine.second);
        const asked = last.times(decimal(String(perMille))).div(decimal('1000'));
        const price = floorTo(asked, instrument.tickSize);
        const fields = { symbol: 'BTCUSD_PERP', side: 'BUY', type: 'LIMIT', timeInForce: 'GTC' };
        const request = requestOf(
          'POST',
          `https://${url}`,
          [['content-type', 'application/x-www-form-urlencoded']],
          new URLSearchParams({
            ...fields,
            quantity: String(quantity),
            price: formatDecimal(price),
            timestamp: String(nowMs),
          }).toString(),
        );
        const parsed = binance.parseOrders(request, { account: 'a', environment: 'paper' });
        if (!parsed.ok) throw new Error(`${parsed.code}: ${parsed.message}`);
        const [intent] = parsed.intents;
        expect(intent?.quantity?.unit).toBe('contracts');
        const terms = { multiplier: decimal('100'), isInverse: true };
        const dollars = intent === undefined ? undefined : notionalOf(intent, undefined, terms, undefined);
        if (dollars === undefined) throw new Error('the order has no worth');
        const coins = dollars.div(decimal('100')).div(price).round(16).times(decimal('100'));
        const held = coins.div(leverage).round(16, 3).plus(coins.times(instrument.takerFee));
        const signed = binance.sign(request, secrets, stampAt(nowMs, 'paper'));
        const answer = binanceDialect.answer(
          { ...signed, host: request.host, port: 443 },
          { engine, credentials: [{ venue: 'binance', id: 'a', secrets }], nowMs },
        );
        const { ledger } = engine.account('a');
        expect(formatDecimal(ledger.held('BTC')), answer.body.toString()).toBe(formatDecimal(held));
        // Within a satoshi of what the dollars are worth in coins.
        const exact = dollars.div(price);
        expect(coins.minus(exact).abs().lt(decimal('0.00000001'))).toBe(true);
        expect(ledger.held('USDT').eq(decimal('0'))).toBe(true);
      }),
      { numRuns: 40 },
    );
  },
);
