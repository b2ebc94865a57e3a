// OKX's dialect as a whole: routes, bodies, errors, and the real SDKs over it, through the leaf, without a socket.
import ccxt from 'ccxt';
import fc from 'fast-check';
import { RestClient } from 'okx-api';
import { describe, expect, test } from 'vitest';
import type { HttpAnswer, HttpRequest } from '../../../../src/core/http.js';
import { errorAnswer, OkxError, ok, outcomes } from '../../../../src/paper/okx/answers.js';
import { okxDialect } from '../../../../src/paper/okx/dialect.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { paperOkx } from '../../../support/paper-exchange.js';
import { asReal, makeDecoys } from '../../../support/venue-requests.js';

describe('routes', () => {
  const paper = paperOkx();

  test('a path that OKX does not have is 404, with or without a signature', () => {
    for (const target of ['/', '/api/v5/nothing', '/api/v3/order', '/api/v5/']) {
      expect(paper.handle({ ...paper.sign('GET', 'x'), path: target }).status, target).toBe(404);
    }
  });

  test('what is OKX’s but not on paper says so, to whoever may ask', () => {
    for (const [method, target] of [
      ['POST', 'asset/transfer'],
      ['POST', 'asset/withdrawal'],
      ['POST', 'account/set-leverage'],
      ['GET', 'finance/savings/balance'],
      ['PUT', 'trade/order'],
    ] as const) {
      expect(paper.handle(paper.sign(method, target, method === 'GET' ? '' : '{}')), target).toMatchObject({
        status: 200,
        code: '50038',
      });
    }
    expect(paper.handle({ ...paper.sign('POST', 'asset/transfer', '{}'), headers: [] })).toMatchObject({
      status: 401,
      code: '50103',
    });
  });

  test('bodies: JSON or an error', () => {
    const ask = (body: string, more: Record<string, string> = {}) =>
      paper.handle(paper.sign('POST', 'trade/order', body, more));
    expect(ask('{}', { 'Content-Type': 'text/plain' })).toMatchObject({ status: 400, code: '50006' });
    expect(ask('')).toMatchObject({ status: 400, code: '50000' });
    expect(ask('{"a":1,"a":2}')).toMatchObject({ status: 400, code: '50002' });
    expect(ask('[]')).toMatchObject({ status: 200, code: '51000' });
    expect(paper.get('account/balance?ccy=BTC&ccy=ETH')).toMatchObject({ code: '51000' });
  });

  test('nothing that is sent makes it throw', () => {
    const values = fc.oneof(
      fc.constantFrom('BTC-USDT', 'cash', 'buy', 'limit', 'market', '1', 1, true, null),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const body = fc.dictionary(
      fc.constantFrom('instId', 'tdMode', 'side', 'ordType', 'sz', 'px', 'ordId', 'timeOut', 'mgnMode'),
      values,
    );
    const target = fc.constantFrom(
      'order',
      'batch-orders',
      'cancel-order',
      'amend-order',
      'close-position',
      'cancel-all-after',
    );
    fc.assert(
      fc.property(target, fc.oneof(body, fc.array(body, { maxLength: 3 })), (name, sent) => {
        expect(paper.post(`trade/${name}`, sent).status).toBeLessThan(500);
      }),
      { numRuns: 150 },
    );
  });
});

test('the envelope', () => {
  const text = (answer: HttpAnswer) => answer.body.toString();
  expect(text(ok([{ a: '1' }]))).toBe('{"code":"0","data":[{"a":"1"}],"msg":""}');
  expect(text(errorAnswer(new OkxError('50113', 'Invalid Sign', 401)))).toBe(
    '{"msg":"Invalid Sign","code":"50113"}',
  );
  expect(JSON.parse(text(errorAnswer(new OkxError('51000', 'x'))))).toEqual({
    code: '51000',
    data: [],
    msg: 'x',
  });
  const codeOf = (...sCodes: string[]) =>
    (
      JSON.parse(
        text(
          outcomes(
            sCodes.map((sCode) => ({ sCode, sMsg: '' })),
            1,
          ),
        ),
      ) as { code: string }
    ).code;
  expect([codeOf('0'), codeOf('51008'), codeOf('0', '51008'), codeOf('1', '1')]).toEqual([
    '0',
    '1',
    '2',
    '1',
  ]);
  expect(okxDialect.venue).toBe('okx');
});

/** The sidecar's way without its sockets: check the decoy, understand the order, sign anew, let the exchange check again. */
function boxed() {
  const paper = paperOkx();
  paper.clock.set(Date.now());
  const decoy = makeDecoys(okx);
  const pass = (request: HttpRequest): HttpAnswer => {
    paper.clock.set(Date.now());
    const refuse = (message: string) => okx.refuse({ code: 'X', message, requestId: 'r' });
    const { class: kind, isPublic } = okx.classify(request);
    if (!['read', 'order', 'amend', 'cancel'].includes(kind)) return refuse(kind);
    const authentication = okx.authenticate(request, decoy);
    if (authentication.kind === 'invalid') return refuse(authentication.reason);
    if (kind !== 'read') {
      const parsed = okx.parseOrders(request, { account: 'a', environment: 'paper' });
      if (!parsed.ok) return refuse(parsed.message);
    }
    const stamp = { nowMs: Date.now(), nonce: 1n, environment: 'paper' } as const;
    const signed = okx.sign(request, isPublic ? undefined : asReal(paper.secrets), stamp);
    return paper.exchange.handle({ ...request, ...signed });
  };
  return { decoy, pass };
}

test('ccxt, boxed: reads, orders, amendments, cancels, positions, refusals', async () => {
  const { decoy, pass } = boxed();
  const exchange = new ccxt.okx({
    apiKey: decoy.apiKey,
    secret: decoy.secretKey,
    password: decoy.passphrase,
    enableRateLimit: false,
  });
  exchange.fetchImplementation = async (
    url: string,
    init: { method: string; headers: Record<string, string>; body?: string },
  ) => {
    const { hostname, pathname, search } = new URL(url);
    const headers = Object.entries(init.headers);
    const answer = pass({
      method: init.method,
      host: hostname,
      port: 443,
      path: pathname,
      query: search.slice(1),
      headers,
      body: Buffer.from(init.body ?? ''),
    });
    return new Response(answer.body.toString(), { status: answer.status });
  };
  await exchange.loadMarkets();
  expect((await exchange.fetchBalance()).total).toMatchObject({ USDT: 100000, BTC: 1 });
  const { last } = await exchange.fetchTicker('BTC/USDT');
  const low = Number((last! * 0.97).toFixed(1));
  const bought = await exchange.createMarketBuyOrderWithCost('BTC/USDT', 500);
  expect(await exchange.fetchOrder(String(bought.id), 'BTC/USDT')).toMatchObject({
    status: 'closed',
    side: 'buy',
  });
  const resting = await exchange.createOrder('BTC/USDT', 'limit', 'buy', 0.01, low);
  expect((await exchange.fetchOpenOrders('BTC/USDT')).map(({ id }) => id)).toEqual([resting.id]);
  await exchange.editOrder(String(resting.id), 'BTC/USDT', 'limit', 'buy', 0.02, low);
  await exchange.cancelOrder(String(resting.id), 'BTC/USDT');
  await expect(exchange.cancelOrder(String(resting.id), 'BTC/USDT')).rejects.toThrow(ccxt.OrderNotFound);
  await expect(exchange.createOrder('BTC/USDT', 'limit', 'buy', 100, low)).rejects.toThrow(
    ccxt.InsufficientFunds,
  );
  await exchange.createOrder('BTC/USDT:USDT', 'market', 'sell', 1);
  expect(await exchange.fetchPositions()).toMatchObject([
    { symbol: 'BTC/USDT:USDT', side: 'short', contracts: 1 },
  ]);
  await exchange.closePosition('BTC/USDT:USDT', undefined, { marginMode: 'cross' });
  await tradeCoinMargined(exchange);
  expect((await exchange.fetchMyTrades('BTC/USDT')).length).toBeGreaterThan(0);
  expect((await exchange.fetchOHLCV('BTC/USDT', '1h', undefined, 5)).length).toBe(5);
  await expect(exchange.transfer('USDT', 1, 'spot', 'funding')).rejects.toThrow(/tradebox: funds/);
  await expect(exchange.setLeverage(5, 'BTC/USDT:USDT', { mgnMode: 'cross' })).rejects.toThrow(
    /tradebox: risk/,
  );
});

/** A perpetual in contracts of 100 dollars, with margin, profit and fees in coins. */
async function tradeCoinMargined(exchange: InstanceType<typeof ccxt.okx>) {
  const symbol = 'BTC/USD:BTC';
  expect(exchange.market(symbol)).toMatchObject({ inverse: true, contractSize: 100, settle: 'BTC' });
  const before = (await exchange.fetchBalance()).BTC?.total;
  await exchange.createOrder(symbol, 'market', 'buy', 30);
  const [position] = await exchange.fetchPositions([symbol]);
  expect(position).toMatchObject({ symbol, side: 'long', contracts: 30 });
  await exchange.closePosition(symbol, undefined, { marginMode: 'cross' });
  expect(await exchange.fetchPositions()).toEqual([]);
  const fills = await exchange.fetchMyTrades(symbol);
  expect(fills.map(({ fee }) => fee?.currency)).not.toContain('USDT');
  // What was paid in coins is what the average price says; the balance is what was made of it.
  const coins = (side: string) =>
    fills.reduce((sum, fill) => (fill.side === side ? sum + (fill.amount! * 100) / fill.price! : sum), 0);
  expect(3000 / coins('buy')).toBeCloseTo(Number(position?.entryPrice), 4);
  const fees = fills.reduce((sum, { fee }) => sum + Number(fee?.cost), 0);
  const after = (await exchange.fetchBalance()).BTC?.total;
  expect(after).toBeCloseTo(Number(before) + coins('buy') - coins('sell') - fees, 12);
}

test('okx-api, boxed: the same, with its public calls between', async () => {
  const { decoy, pass } = boxed();
  const adapter = async (config: {
    url: string;
    method: string;
    params?: Record<string, string>;
    data?: unknown;
    headers: { toJSON(): object };
  }) => {
    const url = new URL(config.url);
    for (const [name, value] of Object.entries(config.params ?? {})) url.searchParams.set(name, value);
    const headers = Object.entries(config.headers.toJSON()).map(
      ([name, value]) => [name, String(value)] as const,
    );
    const answer = pass({
      method: config.method.toUpperCase(),
      host: url.hostname,
      port: 443,
      path: url.pathname,
      query: url.search.slice(1),
      headers,
      body: Buffer.from(config.data === undefined ? '' : String(config.data)),
    });
    return {
      data: JSON.parse(answer.body.toString()) as unknown,
      status: answer.status,
      statusText: '',
      headers: {},
      config,
      request: {},
    };
  };
  const { apiKey, secretKey: apiSecret, passphrase: apiPass } = decoy;
  const client = new RestClient({ apiKey, apiSecret, apiPass }, {
    adapter,
  } as unknown as ConstructorParameters<typeof RestClient>[1]);
  expect(await client.getBalance()).toHaveLength(1);
  const [ticker] = await client.getTicker({ instId: 'BTC-USDT' });
  const px = String(Math.floor(Number(ticker!.last) * 0.97));
  const order = {
    instId: 'BTC-USDT',
    tdMode: 'cash',
    side: 'buy',
    ordType: 'limit',
    sz: '0.01',
    px,
  } as const;
  const [placed] = await client.submitOrder({ ...order, clOrdId: 'abc' });
  expect(placed).toMatchObject({ sCode: '0' });
  await expect(client.submitOrder({ ...order, clOrdId: 'abc' })).rejects.toMatchObject({
    data: [{ sCode: '51016' }],
  });
  await client.amendOrder({ instId: 'BTC-USDT', clOrdId: 'abc', newSz: '0.02' });
  expect(await client.getOrderList()).toMatchObject([{ clOrdId: 'abc', sz: '0.02' }]);
  await client.cancelOrder({ instId: 'BTC-USDT', clOrdId: 'abc' });
  await expect(client.fundsTransfer({ ccy: 'USDT', amt: '1', from: '18', to: '6' })).rejects.toMatchObject({
    code: '50120',
  });
});
