// `shadow` on the wire: a sidecar, an agent's client, and a real venue that counts what reaches it. Reads of the market do, with no
// key; no order ever does.
import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/core/clock.js';
import { type HttpAnswer, type HttpRequest, jsonAnswer } from '../../../src/core/http.js';
import { createPaperExchange } from '../../../src/paper/exchange.js';
import { type PaperServer, startPaperServer } from '../../../src/paper/server.js';
import { createAuthority } from '../../../src/sidecar/authority.js';
import { createMarketSource } from '../../../src/sidecar/market-source.js';
import { createUpstream } from '../../../src/sidecar/upstream.js';
import { binance } from '../../../src/venues/binance/binance.js';
import { bybit } from '../../../src/venues/bybit/bybit.js';
import { kraken } from '../../../src/venues/kraken/kraken.js';
import { okx } from '../../../src/venues/okx/okx.js';
import type { Venue } from '../../../src/venues/venue.js';
import { findVenue } from '../../../src/venues/venues.js';
import { okxHost, okxRequest } from '../../support/okx-client.js';
import { exchange, rule, startTestBox, type TestBox } from '../../support/sidecar-box.js';
import { asReal, makeDecoys, requestOf, stampAt } from '../../support/venue-requests.js';

let box: TestBox | undefined;
let venue: PaperServer | undefined;
afterEach(async () => {
  await box?.stop();
  await venue?.close();
  box = undefined;
});

const prices = new Set([
  'last',
  'askPx',
  'bidPx',
  'price',
  'askPrice',
  'bidPrice',
  'lastPrice',
  'ask1Price',
  'bid1Price',
]);
const sides = new Set(['asks', 'bids', 'a', 'b', 'c']);
const twice = (price: string) => (Number(price) * 2).toFixed(1);

/** Twice the prices: none that the paper exchange would make up itself. */
function doubled(answer: HttpAnswer): HttpAnswer {
  const told = JSON.parse(answer.body.toString(), (name, value: unknown) => {
    if (prices.has(name) && typeof value === 'string') return twice(value);
    if (!sides.has(name) || !Array.isArray(value)) return value;
    // One level or many.
    const dear = ([price, ...rest]: string[]) => [twice(price ?? ''), ...rest];
    return Array.isArray(value[0]) ? value.map(dear) : dear(value);
  });
  return jsonAnswer(answer.status, told);
}

/** The real venue: a paper exchange of other prices, which notes everything that reaches it. */
async function realVenue(hosts: readonly string[] = [okxHost]) {
  const seen: HttpRequest[] = [];
  const paper = createPaperExchange({ seed: 'the real one', credentials: [], clock: systemClock });
  const authority = createAuthority({ clock: systemClock });
  venue = await startPaperServer({
    exchange: {
      handle(request) {
        seen.push(request);
        return doubled(paper.handle(request));
      },
    },
    tls: authority.leafFor(hosts[0] ?? ''),
  });
  const place = { address: '127.0.0.1', port: venue.port, ca: authority.caPem, servername: hosts[0] ?? '' };
  const routes = hosts.map((host) => ({ host, ...place }));
  return { seen, routes };
}

test('reads of the market reach the venue without a key; orders, cancels and accounts never do', async () => {
  const { seen, routes } = await realVenue();
  const secrets = makeDecoys(okx);
  const decoys = makeDecoys(okx);
  box = await startTestBox(
    ({ tls }) => ({
      mode: 'shadow',
      paper: { seed: 'played', venues: ['okx'] },
      policy: { rules: [rule(okxHost, tls, { venue: 'okx' }), rule('ws.okx.com', tls, { venue: 'okx' })] },
      credentials: [{ kind: 'venue', id: 'a', venue: 'okx', environment: 'paper', secrets, decoys }],
    }),
    { marketRoutes: routes },
  );
  const running = box;
  const agent = async (method: string, target: string, body?: unknown) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const answer = await exchange(running, okxHost, okxRequest(method, `/api/v5/${target}`, text, decoys));
    return JSON.parse(answer.split('\r\n\r\n')[1] ?? '{}');
  };
  const [ticker] = (await agent('GET', 'market/ticker?instId=BTC-USDT')).data;
  const order = {
    instId: 'BTC-USDT',
    tdMode: 'cash',
    side: 'buy',
    ordType: 'market',
    sz: '0.01',
    tgtCcy: 'base_ccy',
  };
  const placed = await agent('POST', 'trade/order', order);
  expect(placed.code).toBe('0');
  const [filled] = (await agent('GET', `trade/order?instId=BTC-USDT&ordId=${placed.data[0].ordId}`)).data;
  // The market may have moved between the two.
  expect(Math.abs(Number(filled.avgPx) / Number(ticker.askPx) - 1)).toBeLessThan(0.02);
  expect(Number(filled.avgPx)).toBeGreaterThan(150_000);
  const rests = await agent('POST', 'trade/order', { ...order, ordType: 'limit', px: '50000' });
  const cancel = { instId: 'BTC-USDT', ordId: rests.data[0].ordId };
  expect((await agent('POST', 'trade/cancel-order', cancel)).code).toBe('0');
  expect((await agent('GET', 'account/balance')).code).toBe('0');
  expect((await agent('POST', 'asset/withdrawal', { ccy: 'BTC', amt: '1', dest: '4' })).code).not.toBe('0');
  expect((await agent('POST', 'market/ticker', order)).code).not.toBe('0');

  expect(seen.length).toBeGreaterThan(3);
  for (const { method, path, headers, body } of seen) {
    expect([method, body.length], path).toEqual(['GET', 0]);
    expect(path).toMatch(/^\/api\/v5\/(?:market|public)\//);
    const sent = JSON.stringify(headers).toLowerCase();
    expect(sent).not.toMatch(/ok-access|x-simulated|authorization|cookie/);
    for (const value of [...Object.values(secrets), ...Object.values(decoys)]) {
      expect(sent).not.toContain(value.toLowerCase());
    }
  }
  expect(running.events()).toContainEqual(
    expect.objectContaining({ type: 'sidecar.started', mode: 'shadow', paper: true }),
  );
});

test('control: without `shadow` the same box asks the venue nothing', async () => {
  const { seen, routes } = await realVenue();
  const decoys = makeDecoys(okx);
  box = await startTestBox(
    ({ tls }) => ({
      mode: 'demo',
      paper: { seed: 'played', venues: ['okx'] },
      policy: { rules: [rule(okxHost, tls, { venue: 'okx' })] },
      credentials: [
        { kind: 'venue', id: 'a', venue: 'okx', environment: 'paper', secrets: makeDecoys(okx), decoys },
      ],
    }),
    { marketRoutes: routes },
  );
  await exchange(box, okxHost, okxRequest('GET', '/api/v5/market/ticker?instId=BTC-USDT', '', decoys));
  expect(seen).toEqual([]);
});

test('nothing but a read of the venue’s own host can be asked for', async () => {
  const { seen, routes } = await realVenue();
  const elsewhere = routes.map((route) => ({ ...route, host: 'evil.test' }));
  const upstream = createUpstream({ routes: [...routes, ...elsewhere] });
  const ask = createMarketSource({ upstream, venueOf: findVenue, nowMs: () => Date.now() });
  const ticker = { path: '/api/v5/market/ticker', query: 'instId=BTC-USDT' };
  expect(await ask('okx', 'evil.test', ticker)).toBeUndefined();
  expect(await ask('nobody', okxHost, ticker)).toBeUndefined();
  expect(await ask('okx', okxHost, { path: '/api/v5/asset/withdrawal', query: '' })).toBeUndefined();
  expect(await ask('okx', okxHost, { path: '/api/v5/unheard-of', query: '' })).toBeUndefined();
  expect(seen).toEqual([]);
  expect((await ask('okx', okxHost, ticker))?.status).toBe(200);
  upstream.close();
  await venue?.close();
  expect(await ask('okx', okxHost, ticker)).toBeUndefined();
});

interface Played {
  name: string;
  venue: Venue;
  hosts: readonly string[];
  /** An order at market, and the question for what became of it. */
  place: readonly [path: string, body: string];
  ask(placed: Row): readonly [method: string, target: string, body?: string];
  averageOf(told: Row): unknown;
}
// biome-ignore lint/suspicious/noExplicitAny: the venues' own answers
type Row = any;

const market = 'symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01';
const played: readonly Played[] = [
  {
    name: 'binance spot',
    venue: binance,
    hosts: ['api.binance.com', 'fapi.binance.com'],
    place: ['/api/v3/order', market],
    ask: ({ orderId }) => ['GET', `/api/v3/order?symbol=BTCUSDT&orderId=${orderId}`],
    averageOf: (told) => told.cummulativeQuoteQty / told.executedQty,
  },
  {
    name: 'binance futures',
    venue: binance,
    hosts: ['fapi.binance.com', 'api.binance.com'],
    place: ['/fapi/v1/order', market],
    ask: ({ orderId }) => ['GET', `/fapi/v1/order?symbol=BTCUSDT&orderId=${orderId}`],
    averageOf: ({ avgPrice }) => avgPrice,
  },
  {
    name: 'kraken',
    venue: kraken,
    hosts: ['api.kraken.com'],
    place: ['/0/private/AddOrder', 'nonce=1&pair=XBTUSDT&type=buy&ordertype=market&volume=0.01'],
    ask: ({ result }) => ['POST', '/0/private/QueryOrders', `nonce=2&txid=${result.txid[0]}`],
    averageOf: ({ result }) => Object.values<Row>(result)[0].price,
  },
  ...['spot', 'linear'].map((category) => ({
    name: `bybit ${category}`,
    venue: bybit,
    hosts: ['api.bybit.com'],
    place: [
      '/v5/order/create',
      JSON.stringify({
        category,
        symbol: 'BTCUSDT',
        side: 'Buy',
        orderType: 'Market',
        qty: '0.01',
        ...(category === 'spot' ? { marketUnit: 'baseCoin' } : {}),
      }),
    ] as const,
    ask: (placed: Row) =>
      ['GET', `/v5/order/realtime?category=${category}&orderId=${placed.result.orderId}`] as const,
    averageOf: (told: Row) => told.result.list[0].avgPrice,
  })),
];

test.each(played)(
  '$name: orders are filled at the real price, and the venue sees questions for its market alone',
  async (one) => {
    const { seen, routes } = await realVenue(one.hosts);
    const [secrets, decoys] = [makeDecoys(one.venue), makeDecoys(one.venue)];
    const [host = ''] = one.hosts;
    box = await startTestBox(
      ({ tls }) => ({
        mode: 'shadow',
        paper: { seed: 'played', venues: [one.venue.id] },
        policy: { rules: [rule(host, tls, { venue: one.venue.id })] },
        credentials: [{ kind: 'venue', id: 'a', venue: one.venue.id, environment: 'paper', secrets, decoys }],
      }),
      { marketRoutes: routes },
    );
    const running = box;
    let sent = 0;
    const agent = async (method: string, target: string, body = ''): Promise<Row> => {
      const type = body.startsWith('{') ? 'application/json' : 'application/x-www-form-urlencoded';
      const unsigned = requestOf(
        method,
        `https://${host}${target}`,
        body === '' ? [] : [['content-type', type]],
        body,
      );
      const {
        path,
        query,
        headers,
        body: bytes,
      } = one.venue.sign(unsigned, asReal(decoys), stampAt(Date.now() + sent++, 'paper'));
      const fields = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      const length = bytes.length === 0 ? '' : `Content-Length: ${bytes.length}\r\n`;
      const line = `${method} ${query === '' ? path : `${path}?${query}`} HTTP/1.1\r\nHost: ${host}\r\n`;
      const answer = await exchange(running, host, `${line}${fields}${length}\r\n${bytes}`);
      return JSON.parse(answer.split('\r\n\r\n')[1] ?? '{}');
    };
    const placed = await agent('POST', ...one.place);
    const average = Number(one.averageOf(await agent(...one.ask(placed))));
    expect(average, JSON.stringify(placed)).toBeGreaterThan(150_000);
    for (const { method, path, headers, body } of seen) {
      expect([method, body.length], path).toEqual(['GET', 0]);
      expect(path).toMatch(
        /\/(?:ticker\/(?:price|bookTicker)|depth|exchangeInfo|v5\/market\/(?:tickers|orderbook|instruments-info)|0\/public\/(?:Ticker|Depth|AssetPairs))$/,
      );
      expect(JSON.stringify(headers).toLowerCase()).not.toMatch(/x-mbx|x-bapi|api-key|authorization|cookie/);
    }
    expect(seen.length).toBeGreaterThan(2);
  },
);
