// Kraken Futures on paper: ccxt unmodified; positions, refusals, the dead-man switch, signatures, in the venue's shapes.
import { createHash, createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { sizeDecimals } from '../../../../src/paper/desk.js';
import { accountRoutes } from '../../../../src/paper/kraken-futures/account.js';
import { contracts } from '../../../../src/paper/kraken-futures/call.js';
import { krakenFuturesDialect } from '../../../../src/paper/kraken-futures/dialect.js';
import { marketRoute } from '../../../../src/paper/kraken-futures/market-data.js';
import { tradingRoutes } from '../../../../src/paper/kraken-futures/trading.js';
import { currencyOf } from '../../../../src/paper/kraken-futures/wallets.js';
import { krakenFutures } from '../../../../src/venues/kraken-futures/kraken-futures.js';
import { classesOf } from '../../../support/paper-routes.js';
import { paperVenue } from '../../../support/paper-venue.js';
import { requestOf } from '../../../support/venue-requests.js';

const symbol = 'BTC/USD:USD';

function connect() {
  const paper = paperVenue(krakenFutures);
  const { apiKey, secret } = paper.secrets;
  return { paper, client: paper.connectCcxt({ apiKey, secret }, 'krakenfutures') };
}

test('ccxt reads, rests, amends, finds and cancels an order', async () => {
  const { client } = connect();
  await client.loadMarkets();
  expect(client.market(symbol)).toMatchObject({ swap: true, linear: true, contractSize: 1, settle: 'USD' });
  expect((await client.fetchBalance()).USD?.total).toBe(100_000);
  const bid = Number((await client.fetchOrderBook(symbol)).bids[0]?.[0]);
  expect((await client.fetchTicker(symbol)).last).toBeGreaterThanOrEqual(bid);
  const priced = (factor: number) => Number(client.priceToPrecision(symbol, bid * factor));
  const resting = await client.createOrder(symbol, 'limit', 'buy', 0.02, priced(0.97), {
    clientOrderId: 'mine',
  });
  expect(resting).toMatchObject({ status: 'open', amount: 0.02, clientOrderId: 'mine' });
  const id = String(resting.id);
  await client.editOrder(id, symbol, 'limit', 'buy', 0.03, priced(0.96));
  const open = await client.fetchOpenOrders(symbol);
  expect(open).toMatchObject([{ id, amount: 0.03, info: { limitPrice: priced(0.96) }, status: 'open' }]);
  expect(await client.fetchOrder(id, symbol)).toMatchObject({ status: 'open', filled: 0 });
  await client.cancelOrder(id, symbol);
  expect(await client.fetchOpenOrders(symbol)).toEqual([]);
  expect(await client.fetchOrder(id, symbol)).toMatchObject({ status: 'canceled' });
  await expect(client.cancelOrder(id, symbol)).rejects.toThrow('notFound');
});

test('an edit moves the trigger of a stop', async () => {
  const { client } = connect();
  await client.loadMarkets();
  const bid = Number((await client.fetchOrderBook(symbol)).bids[0]?.[0]);
  const priced = (factor: number) => Number(client.priceToPrecision(symbol, bid * factor));
  const stop = { triggerPrice: priced(0.9) };
  const { id } = await client.createOrder(symbol, 'limit', 'sell', 0.02, priced(0.9), stop);
  const moved = { stopPrice: priced(0.8) };
  await client.editOrder(String(id), symbol, 'limit', 'sell', 0.03, priced(0.79), moved);
  expect(await client.fetchOpenOrders(symbol)).toMatchObject([
    { amount: 0.03, info: { ...moved, limitPrice: priced(0.79) } },
  ]);
  const plain = await client.createOrder(symbol, 'limit', 'buy', 0.02, priced(0.97));
  await expect(
    client.editOrder(String(plain.id), symbol, 'limit', 'buy', 0.02, priced(0.97), moved),
  ).rejects.toThrow('orderForEditNotAStop');
});

test('a market order opens a position of base currency, and a reduce-only one closes it', async () => {
  const { client } = connect();
  await client.loadMarkets();
  const taken = await client.createOrder(symbol, 'market', 'sell', 0.05);
  expect(taken).toMatchObject({ status: 'closed', filled: 0.05 });
  expect(await client.fetchPositions()).toMatchObject([{ symbol, side: 'short', contracts: 0.05 }]);
  const fills = await client.fetchMyTrades(symbol);
  expect(fills.reduce((sum, { amount }) => sum + Number(amount), 0)).toBeCloseTo(0.05, 9);
  await client.createOrder(symbol, 'market', 'buy', 0.05, undefined, { reduceOnly: true });
  expect(await client.fetchPositions()).toEqual([]);
  await expect(
    client.createOrder(symbol, 'market', 'buy', 0.05, undefined, { reduceOnly: true }),
  ).rejects.toThrow('wouldNotReducePosition');
});

test('an inverse contract is a dollar: ccxt trades it, with margin, profit and fees in a wallet of the coin', async () => {
  const { client } = connect();
  const inverse = 'BTC/USD:BTC';
  await client.loadMarkets();
  expect(client.market(inverse)).toMatchObject({ id: 'PI_XBTUSD', inverse: true, contractSize: 1 });
  const coins = async () => (await client.fetchBalance({ type: 'fi_xbtusd' })).BTC;
  expect(await coins()).toMatchObject({ total: 1, free: 1 });
  const bid = Number((await client.fetchOrderBook(inverse)).bids[0]?.[0]);
  const far = Number(client.priceToPrecision(inverse, bid * 0.97));
  const resting = await client.createOrder(inverse, 'limit', 'buy', 600, far);
  await client.editOrder(String(resting.id), inverse, 'limit', 'buy', 900, far);
  expect(await client.fetchOpenOrders(inverse)).toMatchObject([{ amount: 900, symbol: inverse }]);
  // A third of what it is worth, and the fee.
  expect(Number((await coins())?.free)).toBeCloseTo(1 - (900 / far) * (1 / 3 + 0.0005), 12);
  await client.cancelOrder(String(resting.id), inverse);
  await expect(client.createOrder(inverse, 'limit', 'buy', 500_000, far)).rejects.toThrow(
    'insufficientAvailableFunds',
  );

  await client.createOrder(inverse, 'market', 'sell', 4000);
  const [position] = await client.fetchPositions();
  expect(position).toMatchObject({ symbol: inverse, side: 'short', contracts: 4000 });
  await client.createOrder(inverse, 'market', 'buy', 4000, undefined, { reduceOnly: true });
  expect(await client.fetchPositions()).toEqual([]);
  const fills = await client.fetchMyTrades(inverse);
  const paid = (side: string) =>
    fills.reduce(
      (sum, one) => (one.side === side ? sum + Number(one.info.size) / Number(one.info.price) : sum),
      0,
    );
  expect(4000 / paid('sell')).toBeCloseTo(Number(position?.entryPrice), 4);
  const fees = (paid('sell') + paid('buy')) * 0.0005;
  expect((await coins())?.total).toBeCloseTo(1 + paid('buy') - paid('sell') - fees, 12);
  expect((await client.fetchBalance()).USD?.total).toBe(100_000);
});

test('what cannot be is refused with a status that ccxt knows', async () => {
  const { client } = connect();
  await client.loadMarkets();
  const bid = Number((await client.fetchOrderBook(symbol)).bids[0]?.[0]);
  const far = Number(client.priceToPrecision(symbol, bid * 0.97));
  const nameOf = (promise: Promise<unknown>) =>
    promise.then(
      () => '',
      (error: Error) => error.constructor.name,
    );
  expect(await nameOf(client.createOrder(symbol, 'limit', 'buy', 50, far))).toBe('InsufficientFunds');
  const near = Number(client.priceToPrecision(symbol, bid * 1.01));
  const postOnly = client.createOrder(symbol, 'limit', 'buy', 0.01, near, { postOnly: true });
  expect(await nameOf(postOnly)).toBe('OrderImmediatelyFillable');
  await client.createOrder(symbol, 'limit', 'buy', 0.01, far, { clientOrderId: 'one' });
  const twice = client.createOrder(symbol, 'limit', 'buy', 0.01, far, { clientOrderId: 'one' });
  expect(await nameOf(twice)).toBe('DuplicateOrderId');
});

test('a batch does each entry by itself, and everything can be cancelled at once', async () => {
  const { client } = connect();
  await client.loadMarkets();
  const bid = Number((await client.fetchOrderBook(symbol)).bids[0]?.[0]);
  const price = Number(client.priceToPrecision(symbol, bid * 0.97));
  const order = { symbol, type: 'limit', side: 'buy', amount: 0.01, price } as const;
  const placed = await client.createOrders([order, { ...order, amount: 50 }]);
  expect(placed.map(({ status }) => status)).toEqual(['open', 'rejected']);
  await client.cancelAllOrders(symbol);
  expect(await client.fetchOpenOrders(symbol)).toEqual([]);
});

test('the dead-man switch cancels what rests', async () => {
  const { client, paper } = connect();
  await client.loadMarkets();
  const bid = Number((await client.fetchOrderBook(symbol)).bids[0]?.[0]);
  await client.createOrder(symbol, 'limit', 'buy', 0.01, Number(client.priceToPrecision(symbol, bid * 0.9)));
  await client.cancelAllOrdersAfter(60_000);
  expect(await client.fetchOpenOrders(symbol)).toHaveLength(1);
  paper.clock.set(Date.now() + 61_000);
  expect(await client.fetchOpenOrders(symbol)).toEqual([]);
});

test('parameters in query or body, with or without a nonce, and no other secret', () => {
  const { secrets, handle } = paperVenue(krakenFutures);
  const call = (secret: string, nonce: string, query: string, body: string) => {
    const digest = createHash('sha256').update(`${query}${body}${nonce}/api/v3/cancelallorders`).digest();
    const authent = createHmac('sha512', Buffer.from(secret, 'base64')).update(digest).digest('base64');
    const target = `https://futures.kraken.com/derivatives/api/v3/cancelallorders${query && `?${query}`}`;
    const headers: [string, string][] = [
      ['APIKey', secrets.apiKey!],
      ['Authent', authent],
      ['Content-Type', 'application/x-www-form-urlencoded'],
    ];
    if (nonce !== '') headers.push(['Nonce', nonce]);
    return JSON.parse(String(handle(requestOf('POST', target, headers, body)).body)) as object;
  };
  const own = secrets.secret!;
  expect(call(own, '', 'symbol=PF_XBTUSD', '')).toMatchObject({ result: 'success' });
  expect(call(own, '1700000000000', '', 'symbol=PF_XBTUSD')).toMatchObject({ result: 'success' });
  const other = Buffer.alloc(64, 1).toString('base64');
  expect(call(other, '', '', '')).toMatchObject({ result: 'error', error: 'authenticationError' });
});

test('the routes are those of the table, and names are the venue’s', () => {
  const whole = (names: Iterable<string>) =>
    [...names]
      .filter((name) => !name.includes('/auth/'))
      .map((name) => name.replace(/ (?!\/)/, ' /derivatives/api/v3/'));
  expect(classesOf(krakenFutures, 'futures.kraken.com', whole(accountRoutes.keys()))).toEqual(['read']);
  expect(classesOf(krakenFutures, 'futures.kraken.com', whole(tradingRoutes.keys()))).toEqual([
    'amend',
    'cancel',
    'order',
  ]);
  expect(marketRoute('instruments')).toBeTypeOf('function');
  expect(marketRoute('accounts')).toBeUndefined();
  expect(krakenFuturesDialect.venue).toBe('kraken-futures');
  expect(sizeDecimals(contracts.need('pf_xbtusd'))).toBe(4);
  expect(sizeDecimals(contracts.need('pi_xbtusd'))).toBe(0);
  expect(currencyOf({ feeCurrency: 'BTC' })).toBe('XBT');
});
