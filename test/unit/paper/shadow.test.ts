import { createHmac } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { fixedClock } from '../../../src/core/clock.js';
import type { HttpAnswer, HttpRequest } from '../../../src/core/http.js';
import { type AskMarket, createShadowExchange } from '../../../src/paper/shadow.js';
import { binance } from '../../../src/venues/binance/binance.js';
import { bybit } from '../../../src/venues/bybit/bybit.js';
import { okx } from '../../../src/venues/okx/okx.js';
import type { Venue } from '../../../src/venues/venue.js';
import { asReal, makeDecoys, requestOf, stampAt } from '../../support/venue-requests.js';

const host = 'www.okx.com';
let close: (() => void) | undefined;
afterEach(() => {
  vi.useRealTimers();
  close?.();
});

/** A venue whose market is `price`, or nobody when that is undefined. */
function ground(startMs = Date.UTC(2026, 10, 21, 12)) {
  const clock = fixedClock(startMs);
  const secrets = makeDecoys(okx);
  const asked: string[] = [];
  const market = { price: 60_000 as number | undefined };
  const answer = (data: unknown): HttpAnswer => ({
    status: 200,
    headers: [],
    body: Buffer.from(JSON.stringify({ code: '0', data, msg: '' })),
  });
  const ask: AskMarket = async (_venue, _host, { path, query }) => {
    asked.push(`${path.replace('/api/v5/', '')}?${query}`);
    const { price } = market;
    if (price === undefined) return undefined;
    const [bidPx, askPx] = [String(price - 1), String(price + 1)];
    if (path.endsWith('books')) {
      return answer([
        {
          bids: [[bidPx, '0.5', '0', '1']],
          asks: [
            [askPx, '0.5'],
            [String(price + 101), '9'],
          ],
        },
      ]);
    }
    const symbols = query.includes('SWAP') ? ['BTC-USDT-SWAP'] : ['BTC-USDT', 'ETH-USDT', 'NEW-USDT'];
    return answer(
      symbols.map((instId) => ({ instId, last: String(price), bidPx, bidSz: '1', askPx, askSz: '1' })),
    );
  };
  const exchange = createShadowExchange({
    seed: 's',
    credentials: [{ venue: 'okx', id: 'a', secrets: asReal(secrets) }],
    clock,
    ask,
  });
  close = () => exchange.close();
  const send = async (method: string, target: string, body?: unknown) => {
    const [path = '', query = ''] = `/api/v5/${target}`.split('?');
    const text = body === undefined ? '' : JSON.stringify(body);
    const stamp = new Date(clock.nowMs()).toISOString();
    const full = query === '' ? path : `${path}?${query}`;
    const sign = createHmac('sha256', secrets.secretKey ?? '')
      .update(`${stamp}${method}${full}${text}`)
      .digest('base64');
    const request: HttpRequest = {
      method,
      host,
      port: 443,
      path,
      query,
      headers: [
        ['OK-ACCESS-KEY', secrets.apiKey ?? ''],
        ['OK-ACCESS-SIGN', sign],
        ['OK-ACCESS-TIMESTAMP', stamp],
        ['OK-ACCESS-PASSPHRASE', secrets.passphrase ?? ''],
        ['x-simulated-trading', '1'],
        ['content-type', 'application/json'],
      ],
      body: Buffer.from(text),
    };
    const { status, body: bytes } = await exchange.handle(request);
    const told = JSON.parse(bytes.toString());
    return { status, code: told.code, data: told.data?.[0] };
  };
  const order = {
    instId: 'BTC-USDT',
    tdMode: 'cash',
    side: 'buy',
    ordType: 'market',
    sz: '0.1',
    tgtCcy: 'base_ccy',
  };
  return { clock, market, asked, send, exchange, order };
}

test('an order is filled at the real book, level by level, and only market data is asked for', async () => {
  const { send, order, asked } = ground();
  const placed = await send('POST', 'trade/order', { ...order, sz: '1' });
  expect(placed.code).toBe('0');
  const { data } = await send('GET', `trade/order?instId=BTC-USDT&ordId=${placed.data.ordId}`);
  // Half at 60,001, half at 60,101.
  expect(data).toMatchObject({ state: 'filled', avgPx: '60051' });
  expect(new Set(asked.map((line) => line.split('?')[0]))).toEqual(
    new Set(['market/tickers', 'market/books']),
  );
});

test('market data is the real venue’s answer; the account is the paper one', async () => {
  const { send, asked } = ground();
  expect((await send('GET', 'market/ticker?instId=NEW-USDT')).data).toMatchObject({ instId: 'BTC-USDT' });
  expect(asked).toEqual(['market/ticker?instId=NEW-USDT']);
  expect((await send('GET', 'account/balance?ccy=USDT')).code).toBe('0');
  expect(asked).not.toContainEqual(expect.stringContaining('account'));
});

test('without real prices no order is filled; what rests can be cancelled all the same', async () => {
  const { send, order, market, clock } = ground();
  const limit = { ...order, ordType: 'limit', px: '59000' };
  const placed = await send('POST', 'trade/order', limit);
  expect(placed.code).toBe('0');
  market.price = undefined;
  clock.set(clock.nowMs() + 5_000);
  expect(await send('POST', 'trade/order', order)).toMatchObject({ code: '50001' });
  const cancel = { instId: 'BTC-USDT', ordId: placed.data.ordId };
  expect((await send('POST', 'trade/cancel-order', cancel)).code).toBe('0');
  expect(await send('GET', 'market/ticker?instId=BTC-USDT')).toMatchObject({ code: '50001' });
});

test('before any price was told nothing is answered that would need one', async () => {
  const { send, order, market } = ground();
  market.price = undefined;
  expect(await send('POST', 'trade/order', order)).toMatchObject({ code: '50001' });
  expect(await send('GET', 'account/balance')).toMatchObject({ code: '50001' });
});

test('what rests is looked after, and filled when the real book comes to it', async () => {
  vi.useFakeTimers();
  const { send, order, market, clock } = ground();
  const placed = await send('POST', 'trade/order', { ...order, ordType: 'limit', px: '59000' });
  const read = `trade/order?instId=BTC-USDT&ordId=${placed.data.ordId}`;
  expect((await send('GET', read)).data.state).toBe('live');
  market.price = 58_900;
  clock.set(clock.nowMs() + 3_000);
  await vi.advanceTimersByTimeAsync(2_100); // nobody asks: it is the exchange that looks
  market.price = 61_000;
  clock.set(clock.nowMs() + 3_000);
  await vi.advanceTimersByTimeAsync(2_100);
  expect((await send('GET', read)).data).toMatchObject({ state: 'filled', avgPx: '59000' });
});

test('an instrument by number, a host of another venue and one the engine does not know are refused', async () => {
  const { send, order, exchange } = ground();
  expect((await send('POST', 'trade/order', { ...order, instIdCode: 1 })).code).toBe('51000');
  const unknown = await send('POST', 'trade/order', { ...order, instId: 'NEW-USDT' });
  expect([unknown.code, unknown.data?.sCode]).not.toEqual(['0', '0']);
  const elsewhere = {
    method: 'GET',
    host: 'api.coinbase.com',
    port: 443,
    path: '/',
    query: '',
    headers: [],
    body: Buffer.alloc(0),
  };
  expect((await exchange.handle(elsewhere)).status).toBe(421);
});

test('what is filled at one venue is filled at its prices, not at another’s; its own steps are kept, not the engine’s', async () => {
  const clock = fixedClock(Date.UTC(2026, 10, 21, 12));
  const answer = (body: unknown): HttpAnswer => ({
    status: 200,
    headers: [],
    body: Buffer.from(JSON.stringify(body)),
  });
  const ask: AskMarket = async (venue, _host, { path }) => {
    const price = venue === 'binance' ? 70_000 : 60_000;
    const [bidPrice, askPrice] = [`${price - 1}`, `${price}.07`];
    if (venue === 'binance') {
      if (path.endsWith('depth')) return answer({ bids: [[bidPrice, '9']], asks: [[askPrice, '9']] });
      return answer([{ symbol: 'BTCUSDT', price: `${price}`, bidPrice, bidQty: '9', askPrice, askQty: '9' }]);
    }
    const row = {
      symbol: 'BTCUSDT',
      lastPrice: `${price}`,
      bid1Price: bidPrice,
      bid1Size: '9',
      ask1Price: askPrice,
      ask1Size: '9',
    };
    const result = path.endsWith('tickers')
      ? { list: [row] }
      : { b: [[bidPrice, '9']], a: [[askPrice, '9']] };
    return answer({ retCode: 0, retMsg: 'OK', result });
  };
  const [ours, theirs] = [makeDecoys(binance), makeDecoys(bybit)];
  const credentials = [
    { venue: 'binance', id: 'a', secrets: asReal(ours) },
    { venue: 'bybit', id: 'b', secrets: asReal(theirs) },
  ];
  const exchange = createShadowExchange({ seed: 's', credentials, clock, ask });
  close = () => exchange.close();
  const send = async (
    venue: Venue,
    method: string,
    url: string,
    body: string,
    secrets: Record<string, string>,
  ) => {
    const type = body.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded';
    const request = requestOf(method, url, body === '' ? [] : [['content-type', type]], body);
    const signed = venue.sign(request, asReal(secrets), stampAt(clock.nowMs(), 'paper'));
    return JSON.parse((await exchange.handle({ ...request, ...signed })).body.toString());
  };
  const bybitOrder = {
    category: 'spot',
    symbol: 'BTCUSDT',
    side: 'Buy',
    orderType: 'Market',
    qty: '0.01',
    marketUnit: 'baseCoin',
  };
  const placed = await send(
    bybit,
    'POST',
    'https://api.bybit.com/v5/order/create',
    JSON.stringify(bybitOrder),
    theirs,
  );
  // A price that is on no step of the engine's.
  const limit = 'symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.00001&price=70000.07';
  const bought = await send(binance, 'POST', 'https://api.binance.com/api/v3/order', limit, ours);
  expect(bought).toMatchObject({ status: 'FILLED', fills: [{ price: expect.stringMatching(/^70000\.07/) }] });
  const seen = await send(
    bybit,
    'GET',
    `https://api.bybit.com/v5/order/realtime?category=spot&orderId=${placed.result.orderId}`,
    '',
    theirs,
  );
  expect(seen.result.list[0]).toMatchObject({ avgPrice: '60000.07' });
});
