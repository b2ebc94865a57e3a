// ccxt.pro, or what users write where it knows no venue, on the sockets of every venue, through a sidecar, on paper: it listens, logs in with the decoy, orders and is refused.
import { createHash } from 'node:crypto';
import path from 'node:path';
import { Alpaca } from '@alpacahq/alpaca-trade-api';
import { decode, encode } from '@msgpack/msgpack';
import { WebsocketAPIClient } from 'binance';
import ccxt, { type Exchange } from 'ccxt';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { readJournal } from '../../../../src/audit/verify.js';
import { uuidOf } from '../../../../src/paper/desk.js';
import { alpaca } from '../../../../src/venues/alpaca/alpaca.js';
import { binance } from '../../../../src/venues/binance/binance.js';
import { bybit } from '../../../../src/venues/bybit/bybit.js';
import { coinbase } from '../../../../src/venues/coinbase/coinbase.js';
import { coinbaseExchange } from '../../../../src/venues/coinbase-exchange/coinbase-exchange.js';
import { hyperliquid } from '../../../../src/venues/hyperliquid/hyperliquid.js';
import { ibkr } from '../../../../src/venues/ibkr/ibkr.js';
import { kraken } from '../../../../src/venues/kraken/kraken.js';
import { krakenFutures } from '../../../../src/venues/kraken-futures/kraken-futures.js';
import { tradier } from '../../../../src/venues/tradier/tradier.js';
import { type ProBox, startProBox } from '../../../support/pro-box.js';
import { listenTo, messagesOf } from '../../../support/socket-box.js';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function start(...args: Parameters<typeof startProBox>): Promise<ProBox> {
  const pro = await startProBox(...args);
  open.push(() => pro.stop());
  return pro;
}

function connect(pro: ProBox, config: Record<string, unknown>): Exchange {
  const client = pro.connect(config);
  open.push(() => client.close());
  return client;
}

/** What left over sockets, in order, and what became of it by the account's journal. */
function ordersOf({ box }: ProBox): string[] {
  const left = messagesOf(box).filter((event) => event.type === 'socket.message' && event.class !== 'read');
  const journal = readJournal(path.join(box.settings.accountsDir ?? '', 'paper'));
  const outcomes = [...journal].flatMap(({ event }) =>
    event.type === 'order.answered' ? [event.outcome] : [],
  );
  return left.map((event, index) => `${'operation' in event ? event.operation : ''} ${outcomes[index]}`);
}

/** What ccxt.pro hears of a market. */
async function listen(client: Exchange, symbol: string) {
  await client.loadMarkets();
  const book = await client.watchOrderBook(symbol);
  const ticker = await client.watchTicker(symbol);
  const bid = Number(book.bids[0]?.[0]);
  expect(bid).toBeGreaterThan(0);
  expect(Math.abs(Number(ticker.last) / bid - 1)).toBeLessThan(0.05);
  return bid;
}

const raised = (promise: Promise<unknown>): Promise<Error | undefined> =>
  promise.then(
    () => undefined,
    (error: Error) => error,
  );

test('Bybit: market data, account topics, orders over the trade socket', async () => {
  const pro = await start(bybit);
  const client = connect(pro, { apiKey: pro.decoys.apiKey, secret: pro.decoys.secretKey });
  const bid = await listen(client, 'BTC/USDT');
  const balance = await client.watchBalance();
  expect(balance.USDT?.total).toBeGreaterThan(90_000);
  const news = client.watchOrders('BTC/USDT');
  await client.sleep(400);
  const order = await client.createOrderWs('BTC/USDT', 'limit', 'buy', 0.01, Math.floor(bid * 0.95));
  expect((await news)[0]).toMatchObject({ id: order.id, status: 'open' });
  await client.editOrderWs(String(order.id), 'BTC/USDT', 'limit', 'buy', 0.02, Math.floor(bid * 0.94));
  expect(await client.fetchOpenOrders('BTC/USDT')).toMatchObject([{ id: order.id, amount: 0.02 }]);
  await client.cancelOrderWs(String(order.id), 'BTC/USDT');
  expect(await client.fetchOpenOrders('BTC/USDT')).toEqual([]);
  expect(ordersOf(pro)).toEqual([
    'order.create acknowledged',
    'order.amend acknowledged',
    'order.cancel acknowledged',
  ]);
});

test('Bybit: in readonly an order over the socket raises for good', async () => {
  const pro = await start(bybit, { mode: 'readonly' });
  const client = connect(pro, { apiKey: pro.decoys.apiKey, secret: pro.decoys.secretKey });
  await client.loadMarkets();
  const refused = await raised(client.createOrderWs('BTC/USDT', 'limit', 'buy', 0.01, 50_000));
  expect(refused).toBeInstanceOf(ccxt.PermissionDenied);
  expect(refused?.message).toContain('tradebox');
  expect(messagesOf(pro.box).at(-1)).toMatchObject({ code: 'OPERATION_ORDER', operation: 'order.create' });
});

test('Binance: streams, user data by signature, orders over the WebSocket API', async () => {
  const pro = await start(binance);
  const client = connect(pro, { apiKey: pro.decoys.apiKey, secret: pro.decoys.secretKey });
  const bid = await listen(client, 'BTC/USDT');
  const news = client.watchOrders('BTC/USDT');
  await client.sleep(600);
  const order = await client.createOrderWs('BTC/USDT', 'limit', 'buy', 0.01, Math.floor(bid * 0.95));
  expect((await news)[0]).toMatchObject({ id: order.id, status: 'open' });
  expect(await client.fetchOpenOrdersWs('BTC/USDT')).toMatchObject([{ id: order.id, amount: 0.01 }]);
  await client.cancelOrderWs(String(order.id), 'BTC/USDT');
  expect(await client.fetchOpenOrders('BTC/USDT')).toEqual([]);
  expect(ordersOf(pro)).toEqual(['order.place acknowledged', 'order.cancel acknowledged']);
});

test.each([
  ['usdm', 'BTCUSDT', '0.02', '0.01', '400'],
  ['coinm', 'BTCUSD_PERP', '20', '10', '900000'],
] as const)(
  'Binance futures: the SDK orders over the %s socket',
  async (market, symbol, some, fewer, most) => {
    const pro = await start(binance);
    const { apiKey: api_key = '', secretKey: api_secret = '' } = pro.decoys;
    const quiet = { trace() {}, info() {}, error() {} };
    const client = new WebsocketAPIClient(
      { api_key, api_secret, attachEventListeners: false, wsOptions: { agent: pro.agent } },
      quiet,
    );
    open.push(async () => client.disconnectAll());
    const now = () => ({ symbol, timestamp: Date.now() });
    const order = { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', price: '80000' } as const;
    const placed = await client.submitNewFuturesOrder(market, { ...now(), ...order, quantity: some });
    expect(placed).toMatchObject({ status: 200, result: { symbol, status: 'NEW', origQty: some } });
    const { orderId } = placed.result;
    const change = { side: 'BUY', price: '79000', orderId, quantity: fewer } as const;
    expect(await client.modifyFuturesOrder(market, { ...now(), ...change })).toMatchObject({
      result: { orderId, price: '79000', origQty: fewer },
    });
    expect(await client.getFuturesOrderStatus(market, { ...now(), orderId })).toMatchObject({
      result: { orderId, status: 'NEW' },
    });
    expect(await client.cancelFuturesOrder(market, { ...now(), orderId })).toMatchObject({
      result: { orderId, status: 'CANCELED' },
    });
    const large = { ...now(), ...order, quantity: most };
    expect(
      await client.submitNewFuturesOrder(market, large).catch((refused: unknown) => refused),
    ).toMatchObject({ status: 400, error: { code: -2019 } });
    expect(ordersOf(pro)).toEqual([
      'order.place acknowledged',
      'order.modify acknowledged',
      'order.cancel acknowledged',
      'order.place refused',
    ]);
  },
);

test('Alpaca: market data and trade updates, each after a login with the decoy', async () => {
  const pro = await start(alpaca);
  const client = connect(pro, { apiKey: pro.decoys.keyId, secret: pro.decoys.secretKey });
  client.setSandboxMode(true);
  await client.loadMarkets();
  const book = await client.watchOrderBook('BTC/USD');
  const ticker = await client.watchTicker('BTC/USD');
  const bid = Number(book.bids[0]?.[0]);
  expect(Math.abs(Number(ticker.ask) / bid - 1)).toBeLessThan(0.05);
  const news = client.watchOrders('BTC/USD');
  await client.sleep(600);
  const order = await client.createOrder('BTC/USD', 'limit', 'buy', 0.01, Math.floor(bid * 0.95));
  expect((await news)[0]).toMatchObject({ id: order.id, status: 'open' });
  const logins = messagesOf(pro.box).map((event) => ('operation' in event ? event.operation : ''));
  expect(logins).toEqual(['auth', 'authenticate']);
});

test('Alpaca: its SDK listens in MessagePack and hears of its order in binary frames', async () => {
  const pro = await start(alpaca);
  const { keyId = '', secretKey: secret = '' } = pro.decoys;
  const wsFactory = (url: string, codec: string) =>
    new WebSocket(url, {
      agent: pro.agent,
      ...(codec === 'msgpack' ? { headers: { 'Content-Type': 'application/msgpack' } } : {}),
    });
  const options = { reconnect: false, wsFactory };
  const client = new Alpaca({ keyId, secret, paper: true });
  const stream = client.marketData.cryptoStream(options);
  const quoted = new Promise<{ symbol: string; askPrice: number; timestampRaw?: string }>((resolve) => {
    stream.onQuote(resolve);
  });
  stream.subscribeForQuotes(['BTC/USD']);
  stream.connect();
  open.push(async () => stream.disconnect());
  expect(await stream.whenAuthenticated()).toMatchObject({ authenticated: true });
  expect(await quoted).toMatchObject({
    symbol: 'BTC/USD',
    askPrice: expect.any(Number),
    timestampRaw: expect.stringMatching(/^20.*Z$/),
  });

  const trading = client.trading.stream(options);
  const told = new Promise<{ event: string }>((resolve) => {
    trading.onTradeUpdate(resolve);
  });
  const isListening = new Promise((resolve) => {
    trading.on('subscription', resolve);
  });
  trading.subscribeTradeUpdates();
  trading.connect();
  open.push(async () => trading.disconnect());
  await isListening;
  const order = { symbol: 'BTC/USD', side: 'buy', type: 'market', time_in_force: 'gtc', qty: '0.01' };
  const answer = await pro.fetchThrough('https://paper-api.alpaca.markets/v2/orders', {
    method: 'POST',
    headers: {
      'APCA-API-KEY-ID': keyId,
      'APCA-API-SECRET-KEY': secret,
      'content-type': 'application/json',
    },
    body: JSON.stringify(order),
  });
  expect(answer.status).toBe(200);
  expect(await told).toMatchObject({ event: 'fill' });

  const forger = new Alpaca({ keyId, secret: `${secret.slice(0, -1)}~`, paper: true });
  const forged = forger.marketData.cryptoStream(options);
  forged.connect();
  expect(await forged.whenAuthenticated()).toMatchObject({ status: 'server_rejected', code: 402 });
});

test.each([
  [
    'the decoy in a subscription',
    (key: string) => encode({ action: 'subscribe', bars: [key] }),
    'DECOY_MISPLACED',
  ],
  [
    'the decoy, otherwise written',
    (key: string) => encode({ action: 'subscribe', bars: [Buffer.from(key).toString('base64url')] }),
    'DECOY_MISPLACED',
  ],
  ['a member named twice', () => Buffer.from('82a16101a16102', 'hex'), 'MESSAGE_AMBIGUOUS'],
  ['a binary value', () => encode({ action: Buffer.from('auth') }), 'MESSAGE_AMBIGUOUS'],
  ['text', () => '{"action":"subscribe","bars":["*"]}', 'TEXT_MESSAGE'],
] as const)('Alpaca in MessagePack: %s is refused in MessagePack', async (_, message, code) => {
  const pro = await start(alpaca);
  const peer = new WebSocket('wss://stream.data.alpaca.markets/v1beta3/crypto/us', {
    agent: pro.agent,
    headers: { 'Content-Type': 'application/msgpack' },
  });
  const answers: unknown[] = [];
  const refused = new Promise((resolve) => {
    peer.on('message', (data: Buffer, isBinary) => {
      const [answer] = isBinary ? (decode(data) as { T: string }[]) : [];
      answers.push(answer);
      if (answer?.T === 'error') resolve(answer);
    });
  });
  await new Promise((resolve) => peer.on('open', resolve));
  peer.send(message(pro.decoys.keyId ?? ''));
  expect(await refused).toMatchObject({ T: 'error', code: 409 });
  expect(messagesOf(pro.box).at(-1)).toMatchObject({ verdict: 'deny', code });
  peer.terminate();
});

test('Coinbase: market channels, and the user channel by a JWT of the decoy', async () => {
  const pro = await start(coinbase);
  const client = connect(pro, { apiKey: pro.decoys.apiKey, secret: pro.decoys.privateKey });
  const bid = await listen(client, 'BTC/USDT');
  const news = client.watchOrders('BTC/USDT');
  await client.sleep(600);
  const order = await client.createOrder('BTC/USDT', 'limit', 'buy', 0.01, Math.floor(bid * 0.95));
  expect((await news).at(-1)).toMatchObject({ id: order.id, status: 'open' });
  expect(messagesOf(pro.box)).toMatchObject([{ verdict: 'allow', operation: 'subscribe user' }]);
});

test('Kraken: market channels, and orders by a token whose real one the agent never sees', async () => {
  const pro = await start(kraken);
  const client = connect(pro, { apiKey: pro.decoys.apiKey, secret: pro.decoys.secret });
  const tokens: string[] = [];
  const spied = client as unknown as {
    privatePostGetWebSocketsToken(params: object): Promise<{ result: { token: string } }>;
  };
  const asking = spied.privatePostGetWebSocketsToken.bind(client);
  spied.privatePostGetWebSocketsToken = async (params) => {
    const answer = await asking(params);
    tokens.push(answer.result.token);
    return answer;
  };
  const bid = await listen(client, 'BTC/USDT');
  expect((await client.watchBalance()).USDT?.total).toBeGreaterThan(90_000);
  const news = client.watchOrders('BTC/USDT');
  await client.sleep(600);
  const order = await client.createOrderWs('BTC/USDT', 'limit', 'buy', 0.01, Math.floor(bid * 0.95));
  expect((await news).at(-1)).toMatchObject({ id: order.id, status: 'open' });
  expect(await client.fetchOpenOrders('BTC/USDT')).toMatchObject([{ id: order.id, amount: 0.01 }]);
  await client.cancelOrderWs(String(order.id));
  expect(await client.fetchOpenOrders('BTC/USDT')).toEqual([]);
  expect(ordersOf(pro)).toEqual(['add_order acknowledged', 'cancel_order acknowledged']);
  // What the exchange itself gave, for its seed and account.
  const real = createHash('sha256').update('sockets paper').digest('base64').slice(0, 43);
  expect(tokens).toHaveLength(1);
  expect(tokens[0]).toHaveLength(real.length);
  expect(tokens[0]).not.toBe(real);
  expect(pro.box.journalText()).not.toContain(real);
});

test('Kraken Futures: market feeds, and the account’s by a challenge signed with the decoy', async () => {
  const pro = await start(krakenFutures);
  const client = connect(pro, { apiKey: pro.decoys.apiKey, secret: pro.decoys.secret });
  const symbol = 'BTC/USD:USD';
  const bid = await listen(client, symbol);
  const balance = await client.watchBalance();
  expect((balance as unknown as Record<string, typeof balance>).flex?.USD?.total).toBeGreaterThan(90_000);
  const news = client.watchOrders(symbol);
  await client.sleep(600);
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.01, Math.floor(bid * 0.95));
  expect((await news).at(-1)).toMatchObject({ id: order.id, remaining: 0.01 });
  expect(messagesOf(pro.box).map((event) => ('operation' in event ? event.operation : ''))).toEqual([
    'challenge',
    'subscribe balances',
    'subscribe open_orders',
  ]);
});

test('Coinbase Exchange: market channels, and those that a subscription is signed for with the decoy', async () => {
  const pro = await start(coinbaseExchange);
  const { apiKey, secret, passphrase: password } = pro.decoys;
  const client = connect(pro, { apiKey, secret, password });
  const bid = await listen(client, 'BTC/USDT');
  const news = client.watchOrders('BTC/USDT');
  await client.sleep(600);
  const order = await client.createOrder('BTC/USDT', 'limit', 'buy', 0.01, Math.floor(bid * 0.95));
  expect((await news).at(-1)).toMatchObject({ id: order.id, status: 'open', amount: 0.01 });
  expect(messagesOf(pro.box).map((event) => ('operation' in event ? event.operation : ''))).toEqual([
    'subscribe level2',
    'subscribe user',
  ]);
});

/** A socket as users open it by hand. */
function dial(pro: ProBox, url: string, options: object = {}) {
  const peer = new WebSocket(url, { agent: pro.agent, ...options });
  open.push(async () => peer.terminate());
  return listenTo(peer);
}

test('Tradier: market events and the account’s orders by sessions whose real ids the agent never sees', async () => {
  const pro = await start(tradier);
  const headers = {
    authorization: `Bearer ${pro.decoys.accessToken}`,
    accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  };
  const ask = async (method: string, target: string, body?: string) => {
    const answer = await pro.fetchThrough(`https://sandbox.tradier.com/v1/${target}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    return (await answer.json()) as Record<string, Record<string, never>>;
  };
  const ids: unknown[] = [];
  const listenAt = async (kind: string, wanted: object) => {
    const sessionid = (await ask('POST', `${kind}/events/session`)).stream?.sessionid;
    ids.push(sessionid);
    const socket = await dial(pro, `wss://sandbox-ws.tradier.com/v1/${kind}/events`);
    socket.peer.send(JSON.stringify({ ...wanted, sessionid }));
    return socket;
  };
  const market = await listenAt('markets', { symbols: ['AAPL'], filter: ['quote'], linebreak: true });
  const { bid } = JSON.parse(await market.until('"quote"'));
  const orders = await listenAt('accounts', { events: ['order'], excludeAccounts: [] });
  const profile = (await ask('GET', 'user/profile')).profile as unknown as {
    account: { account_number: string };
  };
  const order = `class=equity&symbol=AAPL&side=buy&quantity=2&duration=gtc&type=limit&price=${(bid * 0.97).toFixed(2)}`;
  const own = `accounts/${profile.account.account_number}/orders`;
  await orders.until('heartbeat');
  const placed = await ask('POST', own, order);
  expect(JSON.parse(await orders.until('"order"'))).toMatchObject({ id: placed.order?.id, status: 'open' });
  const real = ['markets', 'accounts'].map((kind) =>
    uuidOf(createHash('sha256').update(`${kind} sockets paper`).digest('hex')),
  );
  for (const id of real) {
    expect(ids).not.toContain(id);
    expect(pro.box.journalText()).not.toContain(id);
  }
  expect(messagesOf(pro.box).map((event) => ('operation' in event ? event.operation : ''))).toEqual([
    'markets/events',
    'accounts/events',
  ]);
});

test('Interactive Brokers: commands under a session whose real token the agent never sees', async () => {
  const pro = await start(ibkr);
  const { accessToken, sessionToken } = pro.decoys;
  const base = 'https://api.ibkr.com/v1/api';
  const ask = async (method: string, target: string, body?: object) => {
    const headers = { cookie: `api=${sessionToken}`, 'content-type': 'application/json' };
    const sent = { method, headers, ...(body && { body: JSON.stringify(body) }) };
    return (await (await pro.fetchThrough(`${base}/${target}`, sent)).json()) as never;
  };
  const { session } = (await ask('POST', 'tickle')) as { session: string };
  const url = `wss://api.ibkr.com/v1/api/ws?oauth_token=${accessToken}`;
  const { peer, until, received } = await dial(pro, url, { headers: { cookie: `api=${session}` } });
  await until('"authenticated":true');
  peer.send('smd+265598+{"fields":["84"]}');
  const bid = Number(JSON.parse(await until('"smd+265598"'))['84']);
  peer.send('sor+{}');
  await until('"sor"');
  const { accounts } = (await ask('GET', 'iserver/accounts')) as { accounts: string[] };
  const order = {
    acctId: accounts[0],
    conid: 265598,
    orderType: 'LMT',
    side: 'BUY',
    tif: 'GTC',
    quantity: 2,
  };
  const orders = [{ ...order, price: Number((bid * 0.97).toFixed(2)) }];
  const [placed] = (await ask('POST', `iserver/account/${accounts[0]}/orders`, { orders })) as {
    order_id: string;
  }[];
  await until(`"orderId":${placed?.order_id}`);
  peer.send(`ord+${JSON.stringify(orders[0])}`);
  expect(await until('tradebox')).toContain('"topic":"error"');
  const late = await dial(pro, 'wss://api.ibkr.com/v1/api/ws');
  await late.until('waiting for session');
  late.peer.send(JSON.stringify({ session }));
  await late.until('"authenticated":true');
  const real = createHash('sha256').update('ibkr sockets paper').digest('hex').slice(0, 32);
  expect(session).not.toBe(real);
  for (const [at, cookie] of [
    [url, `api=${'f'.repeat(32)}`],
    [`${url}x`, `api=${session}`],
  ] as const)
    await expect(dial(pro, at, { headers: { cookie } })).rejects.toThrow('403');
  expect([...received, ...late.received, pro.box.journalText()].join()).not.toContain(real);
});

test('Hyperliquid: market data, its own orders by the decoy address, and actions posted over the socket', async () => {
  const pro = await start(hyperliquid);
  const { privateKey, accountAddress: walletAddress } = pro.decoys;
  const client = connect(pro, { privateKey, walletAddress });
  const symbol = 'BTC/USDC:USDC';
  const bid = await listen(client, symbol);
  const news = client.watchOrders(symbol);
  await client.sleep(600);
  const order = await client.createOrderWs(symbol, 'limit', 'buy', 0.01, Math.floor(bid * 0.95));
  expect((await news).at(-1)).toMatchObject({ id: order.id, status: 'open' });
  await client.cancelOrderWs(String(order.id), symbol);
  expect(await client.fetchOpenOrders(symbol)).toEqual([]);
  expect(ordersOf(pro)).toEqual(['post order acknowledged', 'post cancel acknowledged']);
});

test('Binance futures: the account’s orders by a listenKey whose real one the agent never sees', async () => {
  const pro = await start(binance);
  const keys = { apiKey: pro.decoys.apiKey, secret: pro.decoys.secretKey };
  const client = connect(pro, { ...keys, options: { defaultType: 'swap', defaultSubType: 'linear' } });
  const symbol = 'BTC/USDT:USDT';
  const bid = await listen(client, symbol);
  let told: { id?: string; status?: string } | undefined;
  const news = client.watchOrders(symbol).then((orders) => {
    told = orders.at(-1);
  });
  const placed: string[] = [];
  // Nothing says when the stream is open: the first orders may come before.
  while (told === undefined) {
    placed.push(String((await client.createOrder(symbol, 'limit', 'buy', 0.01, Math.floor(bid * 0.95))).id));
    await Promise.race([news, client.sleep(300)]);
  }
  expect(told).toMatchObject({ status: 'open' });
  expect(placed).toContain(told.id);
  const real = createHash('sha256').update('listenKey sockets paper').digest('hex');
  const { swap, linear } = client.options as Record<string, { listenKey?: string } | undefined>;
  const held =
    swap?.listenKey ?? linear?.listenKey ?? (client.options.future as { listenKey?: string })?.listenKey;
  expect(held).toMatch(/^[A-Za-z0-9]{64}$/);
  expect(held).not.toBe(real);
  expect(pro.box.journalText()).not.toContain(real);
});
