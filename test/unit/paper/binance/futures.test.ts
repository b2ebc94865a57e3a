// Binance's USDⓈ-M futures on paper: ccxt's binanceusdm unmodified; positions, margin and profit as the engine has them.
import { describe, expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import { perpetuals } from '../../../../src/paper/binance/call.js';
import { futuresAccountRoutes } from '../../../../src/paper/binance/futures-account.js';
import { futuresMarketRoutes } from '../../../../src/paper/binance/futures-market.js';
import { contractOf, futuresOrderRow } from '../../../../src/paper/binance/futures-rows.js';
import { futuresTradingRoutes } from '../../../../src/paper/binance/futures-trading.js';
import { leverage } from '../../../../src/paper/engine/instruments.js';
import { binance } from '../../../../src/venues/binance/binance.js';
import { classesOf } from '../../../support/paper-routes.js';
import { paperVenue } from '../../../support/paper-venue.js';

const symbol = 'BTC/USDT:USDT';

function connect() {
  const paper = paperVenue(binance);
  const client = paper.connectCcxt(
    { apiKey: paper.secrets.apiKey, secret: paper.secrets.secretKey },
    'binanceusdm',
  );
  return { paper, client };
}

test('ccxt reads, rests, amends and cancels an order', async () => {
  const { client } = connect();
  await client.loadMarkets();
  expect(client.market(symbol)).toMatchObject({ swap: true, linear: true, contractSize: 1, settle: 'USDT' });
  const before = await client.fetchBalance();
  expect(before.USDT?.total).toBe(100_000);
  const book = await client.fetchOrderBook(symbol, 5);
  const bid = Number(book.bids[0]?.[0]);
  const ticker = await client.fetchTicker(symbol);
  expect(ticker.last).toBeGreaterThanOrEqual(bid);
  expect((await client.fetchFundingRate(symbol)).markPrice).toBeGreaterThan(1);
  const priced = (factor: number) => Number(client.priceToPrecision(symbol, bid * factor));
  const resting = await client.createOrder(symbol, 'limit', 'buy', 0.02, priced(0.97));
  expect(resting).toMatchObject({ status: 'open', amount: 0.02, price: priced(0.97) });
  const held = await client.fetchBalance();
  expect(Number(held.USDT?.free)).toBeLessThan(Number(before.USDT?.free));
  const amended = await client.editOrder(String(resting.id), symbol, 'limit', 'buy', 0.01, priced(0.96));
  expect(amended).toMatchObject({ id: resting.id, amount: 0.01, price: priced(0.96) });
  const open = await client.fetchOpenOrders(symbol);
  expect(open).toMatchObject([{ id: resting.id, amount: 0.01, symbol }]);
  await client.cancelOrder(String(resting.id), symbol);
  expect(await client.fetchOpenOrders(symbol)).toEqual([]);
  expect(await client.fetchOrder(String(resting.id), symbol)).toMatchObject({ status: 'canceled' });
  await expect(client.createOrder(symbol, 'limit', 'buy', 100, priced(0.97))).rejects.toThrow(
    'Margin is insufficient',
  );
});

test('a position is opened, seen and closed; what it made is in the balance', async () => {
  const { client } = connect();
  await client.createOrder(symbol, 'market', 'sell', 0.5);
  const [position] = await client.fetchPositions([symbol]);
  expect(position).toMatchObject({ side: 'short', contracts: 0.5, symbol });
  const entry = Number(position?.entryPrice);
  await expect(
    client.createOrder(symbol, 'market', 'sell', 0.1, undefined, { reduceOnly: true }),
  ).rejects.toThrow('ReduceOnly');
  await client.createOrder(symbol, 'market', 'buy', 2, undefined, { reduceOnly: true });
  expect(await client.fetchPositions([symbol])).toEqual([]);
  const trades = await client.fetchMyTrades(symbol);
  const soldFor = trades.filter(({ side }) => side === 'sell');
  const cost = soldFor.reduce((sum, { cost: one }) => sum + Number(one), 0);
  expect(cost / 0.5).toBeCloseTo(entry, 4);
  const made = trades.reduce((sum, { info, fee }) => sum + Number(info.realizedPnl) - Number(fee?.cost), 0);
  expect(Number((await client.fetchBalance()).USDT?.total)).toBeCloseTo(100_000 + made, 6);
  expect(await client.fetchOpenOrders(symbol)).toEqual([]);
});

describe('spot and futures of one key', () => {
  test('each list has its own orders, and neither finds the other’s', async () => {
    const { paper, client } = connect();
    const spot = paper.connectCcxt({ apiKey: paper.secrets.apiKey, secret: paper.secrets.secretKey });
    const future = await client.createOrder(symbol, 'limit', 'buy', 0.01, 50_000);
    const pair = await spot.createOrder('BTC/USDT', 'limit', 'buy', 0.01, 50_000);
    expect((await client.fetchOpenOrders(symbol)).map(({ id }) => id)).toEqual([future.id]);
    expect((await spot.fetchOpenOrders('BTC/USDT')).map(({ id }) => id)).toEqual([pair.id]);
    await expect(client.cancelOrder(String(pair.id), symbol)).rejects.toThrow('Unknown order');
    await expect(spot.fetchOrder(String(future.id), 'BTC/USDT')).rejects.toThrow('does not exist');
    await client.cancelAllOrders(symbol);
    expect(await spot.fetchOpenOrders('BTC/USDT')).toHaveLength(1);
  });
});

test('S14: margin and fee of a resting order are what its bytes say, to the last digit', async () => {
  const { paper, client } = connect();
  await client.loadMarkets();
  const before = decimal(String((await client.fetchBalance()).info.availableBalance));
  await client.createOrder(symbol, 'limit', 'buy', 0.0123, 50_000.1);
  const after = decimal(String((await client.fetchBalance()).info.availableBalance));
  const sent = paper.seen.find(({ method }) => method === 'POST');
  if (sent === undefined) throw new Error('no order was sent');
  const parsed = binance.parseOrders(sent, { account: 'a', environment: 'paper' });
  if (!parsed.ok) throw new Error(parsed.message);
  const [intent] = parsed.intents;
  expect(intent?.quantity?.unit).toBe('base');
  const notional = (intent?.price ?? decimal('0')).times(intent?.quantity?.value ?? decimal('0'));
  const { takerFee } = contractOf(perpetuals.need('BTCUSDT').symbol);
  const held = notional.div(leverage).round(16, 3).plus(notional.times(takerFee));
  expect(formatDecimal(before.minus(after))).toBe(formatDecimal(held));
});

test('the routes are those of Binance’s table', () => {
  const routes = [futuresAccountRoutes, futuresTradingRoutes, futuresMarketRoutes];
  const known = ['fapi', 'dapi', 'papi'].map((api) =>
    routes.map((table) => {
      const names = [...table.keys()].filter((name) => name.includes(` /${api}/`));
      return classesOf(binance, `${api}.binance.com`, names);
    }),
  );
  const trading = ['amend', 'cancel', 'order'];
  expect(known).toEqual([
    [['read'], [...trading, 'read'], ['read']],
    [['read'], trading, ['read']],
    [['read'], trading, []],
  ]);
  expect(() => contractOf('BTC-USDT')).toThrow('no perpetual');
  expect(futuresOrderRow).toBeTypeOf('function');
});
