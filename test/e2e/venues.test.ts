// Seen with real software: ccxt on nine venues, one SDK of each and Python requests, unmodified, trade in ONE box on paper.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Box, imageBuildTimeoutMs, startBox } from '../support/box.js';
import { describe as shown, TestHome } from '../support/home.js';
import { skipReason } from '../support/requirements.js';
import { sdkScript } from '../support/sdk-script.js';

const ids = [
  'alpaca',
  'binance',
  'bybit',
  'coinbase',
  'coinbaseexchange',
  'hyperliquid',
  'kraken',
  'krakenfutures',
  'okx',
];

/** What a strategy author would install; the decoys of every account are in the environment. */
const profile = `name: venues
description: the SDKs of several venues, run unmodified
image:
  apt: [python3, python3-requests]
  npm: [ccxt@4.5.84, binance@3.6.5, bybit-api@4.7.7, coinbase-api@1.2.6, "@alpacahq/alpaca-trade-api@4.0.2", okx-api@3.2.3,
    "@nktkas/hyperliquid@0.33.3", ethers@6.17.0, node-kraken-api@2.2.2,
    "@okx_ai/okx-trade-mcp@1.2.9"]
command: [sleep, infinity]
tty: false
accounts: [alpaca, binance, bybit, coinbase, coinbase-exchange, hyperliquid, ibkr, kraken, kraken-futures, okx, tradier]
`;

const settings = `
const e = process.env;
const settings = {
  alpaca: { apiKey: e.APCA_API_KEY_ID, secret: e.APCA_API_SECRET_KEY },
  binance: { apiKey: e.BINANCE_API_KEY, secret: e.BINANCE_SECRET_KEY },
  bybit: { apiKey: e.BYBIT_API_KEY, secret: e.BYBIT_API_SECRET },
  coinbase: { apiKey: e.COINBASE_API_KEY, secret: e.COINBASE_API_SECRET },
  coinbaseexchange: {
    apiKey: e.COINBASE_EXCHANGE_API_KEY,
    secret: e.COINBASE_EXCHANGE_API_SECRET,
    password: e.COINBASE_EXCHANGE_API_PASSPHRASE,
  },
  hyperliquid: { walletAddress: e.HYPERLIQUID_WALLET_ADDRESS, privateKey: e.HYPERLIQUID_PRIVATE_KEY },
  krakenfutures: { apiKey: e.KRAKEN_FUTURES_API_KEY, secret: e.KRAKEN_FUTURES_API_SECRET },
  kraken: { apiKey: e.KRAKEN_API_KEY, secret: e.KRAKEN_API_SECRET },
  okx: { apiKey: e.OKX_API_KEY, secret: e.OKX_SECRET_KEY, password: e.OKX_PASSPHRASE },
};
const raised = (promise) => promise.then(() => null, (error) => error);
`;

/** Prints one object: what each venue let ccxt do. */
const ccxtScript = `${settings}
const ccxt = require('ccxt');
// ccxt spaces its calls by the venues' limits, by up to a second: here nobody counts them.
const unlimited = { enableRateLimit: false };
const withdrawals = {
  alpaca: (x) => x.traderPrivatePostV2WalletsTransfers({ amount: '1', address: 'a', asset: 'BTC' }),
  binance: (x) => x.sapiPostCapitalWithdrawApply({ coin: 'BTC', address: 'a', amount: '1' }),
  bybit: (x) => x.privatePostV5AssetWithdrawCreate({ coin: 'BTC', address: 'a', amount: '1' }),
  coinbase: (x) => x.v3PrivatePostBrokeragePortfoliosMoveFunds({ funds: { value: '1', currency: 'BTC' } }),
  coinbaseexchange: (x) => x.privatePostWithdrawalsCrypto({ amount: '1', currency: 'BTC', crypto_address: 'a' }),
  hyperliquid: (x) => x.withdraw('USDC', 10, '0x' + '12'.repeat(20)),
  krakenfutures: (x) => x.privatePostWithdrawal({ targetWallet: 'a', sourceWallet: 'b', currency: 'xbt', amount: '1' }),
  kraken: (x) => x.privatePostWithdraw({ asset: 'XBT', key: 'k', amount: '1' }),
  okx: (x) => x.privatePostAssetTransfer({ ccy: 'USDT', amt: '1', from: '18', to: '6' }),
};
async function trade(id) {
  const client = new ccxt[id]({ ...settings[id], ...unlimited });
  if (id === 'alpaca' || id === 'okx') client.setSandboxMode(true);
  const cash = { alpaca: 'USD', hyperliquid: 'USDC', krakenfutures: 'USD' }[id] || 'USDT';
  const symbol = id === 'krakenfutures' ? 'BTC/USD:USD' : 'BTC/' + cash;
  await client.loadMarkets();
  const balance = await client.fetchBalance();
  const book = await client.fetchOrderBook(symbol, 5);
  const far = Number(client.priceToPrecision(symbol, book.bids[0][0] * 0.97));
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.01, far);
  const open = await client.fetchOpenOrders(symbol);
  // Some put another order in its place.
  await client.editOrder(order.id, symbol, 'limit', 'buy', 0.02, far);
  const [amended] = await client.fetchOpenOrders(symbol);
  await client.cancelOrder(amended.id, symbol);
  const left = await client.fetchOpenOrders(symbol);
  const refused = await raised(client.createOrder(symbol, 'limit', 'buy', 401, far));
  return {
    cash: balance[cash].total, isOpen: open.length === 1 && open[0].id === order.id, left: left.length,
    amended: amended.amount, refused: refused && refused.constructor.name,
  };
}
/** What most users of ccxt trade; Binance's under the same key as spot. Hyperliquid's market orders need a price. */
const perpetuals = {
  binanceusdm: [settings.binance, 'USDT'],
  // A contract is 100 dollars, its margin coins.
  binancecoinm: [settings.binance, 'BTC', { quote: 'USD', unit: 1000 }],
  'binanceusdm portfolio': [{ ...settings.binance, options: { portfolioMargin: true } }, 'USDT'],
  bybit: [settings.bybit, 'USDT'],
  hyperliquid: [settings.hyperliquid, 'USDC'],
  krakenfutures: [settings.krakenfutures, 'USD'],
  // A contract is a hundredth of a coin.
  okx: [settings.okx, 'USDT', { unit: 100 }],
};
async function tradeFutures(id) {
  const [keys, cash, { quote = cash, unit = 1 } = {}] = perpetuals[id];
  const client = new ccxt[id.split(' ')[0]]({ ...keys, ...unlimited });
  if (id === 'okx') client.setSandboxMode(true);
  const symbol = 'BTC/' + quote + ':' + cash;
  await client.loadMarkets();
  const balance = await client.fetchBalance();
  const book = await client.fetchOrderBook(symbol, 5);
  const far = (factor) => Number(client.priceToPrecision(symbol, book.bids[0][0] * factor));
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.02 * unit, far(0.97));
  await client.editOrder(order.id, symbol, 'limit', 'buy', 0.01 * unit, far(0.96));
  const open = await client.fetchOpenOrders(symbol);
  await client.cancelOrder(order.id, symbol);
  const left = await client.fetchOpenOrders(symbol);
  const near = far(1);
  await client.createOrder(symbol, 'market', 'buy', 0.01 * unit, near);
  const [position] = await client.fetchPositions([symbol]);
  await client.createOrder(symbol, 'market', 'sell', 0.01 * unit, near, { reduceOnly: true });
  const isFlat = (await client.fetchPositions([symbol])).length === 0;
  // A sale would be taken for the close once more, as any for a minute after it.
  const refused = await raised(client.createOrder(symbol, 'limit', 'buy', 400 * unit, far(0.97)));
  const leverage = await raised(client.setLeverage(20, symbol));
  return {
    cash: balance[cash].total, amended: open[0].amount / unit, isOpen: open.length === 1 && open[0].id === order.id, left: left.length,
    side: position.side, isFlat, refused: refused.constructor.name, leverage: leverage.message,
  };
}
async function withdraw(id) {
  const client = new ccxt[id]({ ...settings[id], ...unlimited });
  if (id === 'alpaca' || id === 'okx') client.setSandboxMode(true);
  const refused = await raised(withdrawals[id](client));
  return { refusal: refused && refused.message, isRetryable: refused instanceof ccxt.NetworkError };
}
(async () => {
  const seen = {};
  const run = process.argv[2] === 'withdraw' ? withdraw : trade;
  const failed = (error) => ({ error: String(error.stack) });
  for (const id of Object.keys(settings)) seen[id] = await run(id).catch(failed);
  seen.perpetuals = {};
  for (const id of run === trade ? Object.keys(perpetuals) : []) seen.perpetuals[id] = await tradeFutures(id).catch(failed);
  console.log(JSON.stringify(seen));
  // Idle connections would keep the process for seconds.
  process.exit(0);
})();
`;

/** OKX's sockets by two clients: both listen and see their own order; okx-api's goes over the socket and is amended on both ways, ccxt's by REST. */
const socketScript = `${settings}
const ccxt = require('ccxt');
const { WebsocketAPIClient, WebsocketClient, RestClient } = require('okx-api');
async function byOkxApi({ apiKey, secret: apiSecret, password: apiPass }) {
  const account = { apiKey, apiSecret, apiPass };
  const rest = new RestClient({ ...account, demoTrading: true });
  const socket = new WebsocketClient({ accounts: [account], demoTrading: true });
  const seen = { channels: new Set(), states: [] };
  socket.on('exception', (error) => { seen.error = JSON.stringify(error); });
  let ended;
  const isOver = new Promise((resolve) => { ended = resolve; });
  socket.on('update', ({ arg, data }) => {
    seen.channels.add(arg.channel);
    if (arg.channel === 'orders') seen.states.push(data[0].state);
    if (arg.channel === 'orders' && data[0].state === 'canceled') ended();
  });
  const isListening = new Promise((resolve) => {
    const left = new Set(['tickers', 'candle1m', 'orders', 'account', 'positions']);
    socket.on('response', ({ event, arg }) => event === 'subscribe' && left.delete(arg.channel) && left.size === 0 && resolve());
  });
  socket.subscribe([
    { channel: 'tickers', instId: 'BTC-USDT' }, { channel: 'candle1m', instId: 'BTC-USDT' },
    { channel: 'orders', instType: 'SPOT' }, { channel: 'account' }, { channel: 'positions', instType: 'ANY' },
  ]);
  await isListening;
  const [{ bidPx }] = await rest.getTicker({ instId: 'BTC-USDT' });
  const px = (bidPx * 0.96).toFixed(1);
  const orders = new WebsocketAPIClient({ accounts: [account], demoTrading: true });
  const order = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'limit', sz: '0.01', px };
  const { data: [{ ordId }] } = await orders.submitNewOrder(order);
  const named = { instId: 'BTC-USDT', ordId };
  const sizeOf = async () => (await rest.getOrderDetails(named))[0].sz;
  await orders.amendOrder({ ...named, newSz: '0.02' });
  const amended = [await sizeOf()];
  await rest.amendOrder({ ...named, newSz: '0.03' });
  amended.push(await sizeOf());
  const refused = await raised(orders.submitNewOrder({ ...order, instId: 'BTC-USDT-260101' }));
  await rest.cancelOrder(named);
  await isOver;
  socket.closeAll(true);
  orders.getWSClient().closeAll(true);
  return { ...seen, states: [...new Set(seen.states)], channels: [...seen.channels].sort(), amended, refused: refused?.msg };
}
async function byCcxt(keys) {
  const client = new ccxt.pro.okx(keys);
  client.setSandboxMode(true);
  await client.loadMarkets();
  const symbol = 'BTC/USDT';
  const book = await client.watchOrderBook(symbol);
  const ticker = await client.watchTicker(symbol);
  const candles = await client.watchOHLCV(symbol, '1m');
  const balance = await client.watchBalance();
  const news = client.watchOrders(symbol);
  const far = Number(client.priceToPrecision(symbol, book.bids[0][0] * 0.95));
  await client.sleep(300);
  const order = await client.createOrder(symbol, 'limit', 'buy', 0.01, far);
  // ccxt writes later news into the same object.
  const [{ id, status }] = await news;
  await client.cancelOrder(order.id, symbol);
  // Over the socket ccxt names the instrument by its number alone.
  const farther = Number(client.priceToPrecision(symbol, far * 0.99));
  const numbered = await client.createOrderWs(symbol, 'limit', 'buy', 0.01, farther);
  const rests = (await client.fetchOpenOrders(symbol)).map((one) => one.id);
  await client.cancelOrderWs(numbered.id, symbol);
  const isNumberKnown = rests.length === 1 && rests[0] === numbered.id;
  const left = await client.fetchOpenOrders(symbol);
  await client.close();
  const isPriced = ticker.last > 0 && candles.length > 0 && balance.USDT.total > 0;
  return { isPriced, isOwn: id === order.id, status, isNumberKnown, left: left.length };
}
(async () => {
  const seen = {};
  for (const [name, run] of Object.entries({ byOkxApi, byCcxt }))
    seen[name] = await run(settings.okx).catch((error) => ({ error: error instanceof Error ? error.stack : JSON.stringify(error) }));
  console.log('\\n' + JSON.stringify(seen));
  process.exit(0);
})();
`;

/** The sockets of the other venues by ccxt.pro: market data, own orders, and orders over the socket where the venue takes them there. */
const withSockets = ['alpaca', 'binance', 'bybit', 'coinbase', 'coinbaseexchange', 'kraken', 'krakenfutures'];
const proScript = `${settings}
const ccxt = require('ccxt');
const overSocket = ['binance', 'bybit', 'kraken'];
async function trade(id) {
  const client = new ccxt.pro[id](settings[id]);
  if (id === 'alpaca') client.setSandboxMode(true);
  const symbol = { alpaca: 'BTC/USD', krakenfutures: 'BTC/USD:USD' }[id] || 'BTC/USDT';
  await client.loadMarkets();
  const book = await client.watchOrderBook(symbol);
  const ticker = await client.watchTicker(symbol);
  const news = client.watchOrders(symbol);
  await client.sleep(500);
  const far = Math.floor(book.bids[0][0] * 0.95);
  const isOver = overSocket.includes(id);
  const order = await client[isOver ? 'createOrderWs' : 'createOrder'](symbol, 'limit', 'buy', 0.01, far);
  const seen = (await news).at(-1).id;
  if (isOver) await client.cancelOrderWs(order.id, id === 'kraken' ? undefined : symbol);
  else await client.cancelOrder(order.id, symbol);
  const left = await client.fetchOpenOrders(symbol);
  await client.close();
  return { isPriced: ticker.ask > 0 || ticker.last > 0, isOwn: seen === order.id, left: left.length };
}
/** Tradier and Interactive Brokers, as their users write it by hand. */
const { createHmac, randomBytes } = require('node:crypto');
const dial = (url, headers) => new Promise((resolve, reject) => {
  const socket = new WebSocket(url, { headers });
  socket.onopen = () => resolve(socket);
  socket.onerror = reject;
});
const heard = (socket, text) => new Promise((resolve) => {
  socket.addEventListener('message', ({ data }) => data.includes(text) && resolve(JSON.parse(data)));
});
async function tradier() {
  const headers = {
    authorization: 'Bearer ' + e.TRADIER_ACCESS_TOKEN, accept: 'application/json',
    'content-type': 'application/x-www-form-urlencoded',
  };
  const ask = async (method, target, body) =>
    (await fetch('https://sandbox.tradier.com/v1/' + target, { method, headers, body })).json();
  const { stream } = await ask('POST', 'accounts/events/session');
  const socket = await dial('wss://sandbox-ws.tradier.com/v1/accounts/events');
  const begun = heard(socket, 'heartbeat');
  socket.send(JSON.stringify({ events: ['order'], sessionid: stream.sessionid, excludeAccounts: [] }));
  await begun;
  const { profile } = await ask('GET', 'user/profile');
  const own = 'accounts/' + profile.account.account_number + '/orders';
  const news = heard(socket, '"order"');
  const order = 'class=equity&symbol=AAPL&side=buy&type=limit&duration=gtc&quantity=1&price=100';
  const placed = await ask('POST', own, order);
  const { id, status } = await news;
  await ask('DELETE', own + '/' + id);
  return { isOwn: id === placed.order.id, status };
}
async function ibkr() {
  const base = 'api.ibkr.com/v1/api/';
  const oauth = {
    oauth_consumer_key: e.IBKR_CONSUMER_KEY, oauth_nonce: randomBytes(8).toString('hex'), oauth_signature_method: 'HMAC-SHA256',
    oauth_timestamp: String(Math.floor(Date.now() / 1000)), oauth_token: e.IBKR_ACCESS_TOKEN,
  };
  const list = Object.entries(oauth).map(([name, value]) => name + '=' + value).join('&');
  const text = ['POST', 'https://' + base + 'tickle', list].map(encodeURIComponent).join('&');
  const key = Buffer.from(e.IBKR_LIVE_SESSION_TOKEN, 'base64');
  oauth.oauth_signature = encodeURIComponent(createHmac('sha256', key).update(text).digest('base64'));
  const authorization = 'OAuth realm="limited_poa", ' + Object.entries(oauth).map(([name, value]) => name + '="' + value + '"').join(', ');
  const { session } = await (await fetch('https://' + base + 'tickle', { method: 'POST', headers: { authorization } })).json();
  const socket = await dial('wss://' + base + 'ws?oauth_token=' + e.IBKR_ACCESS_TOKEN, { cookie: 'api=' + session });
  const { args } = await heard(socket, '"sts"');
  socket.send('smd+265598+{"fields":["84"]}');
  const quote = await heard(socket, 'smd+265598');
  socket.send('ord+{"conid":265598}');
  const { error } = await heard(socket, '"error"');
  return { isIn: args.authenticated, isPriced: Number(quote[84]) > 0, error };
}
(async () => {
  const ids = ${JSON.stringify(withSockets)};
  const failed = (error) => ({ error: error instanceof Error ? error.stack : JSON.stringify(error) });
  const seen = await Promise.all(ids.map((id) => trade(id).catch(failed)));
  const byHand = { tradier: await tradier().catch(failed), ibkr: await ibkr().catch(failed) };
  console.log('\\n' + JSON.stringify({ ...byHand, ...Object.fromEntries(ids.map((id, index) => [id, seen[index]])) }));
  process.exit(0);
})();
`;

/** OKX's MCP server, started as the MCP SDK starts servers: of the environment it gets what its configuration names, and little more. */
const mcpScript = `
const { spawn } = require('node:child_process');
const { HOME, PATH, OKX_API_KEY, OKX_SECRET_KEY, OKX_PASSPHRASE } = process.env;
const env = { HOME, PATH, OKX_API_KEY, OKX_SECRET_KEY, OKX_PASSPHRASE, OKX_DOH_BINARY_PATH: '/nonexistent' };
const server = spawn('okx-trade-mcp', ['--modules', 'market,spot,account', '--demo'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
const waiting = new Map();
require('node:readline').createInterface({ input: server.stdout }).on('line', (line) => {
  const message = JSON.parse(line);
  waiting.get(message.id)?.(message);
});
const write = (message) => server.stdin.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n');
const ask = (method, params) => new Promise((resolve) => {
  const id = waiting.size + 1;
  waiting.set(id, resolve);
  write({ id, method, params });
});
const use = async (name, given) => {
  const { result } = await ask('tools/call', { name, arguments: given });
  const { text } = result.content[0];
  return result.isError ? { refused: text } : JSON.parse(text).data.data;
};
(async () => {
  await ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } });
  write({ method: 'notifications/initialized' });
  const instId = 'BTC-USDT';
  const order = { instId, tdMode: 'cash', side: 'buy', ordType: 'limit', sz: '0.01', px: '51000' };
  if (process.argv[2] === 'transfer') {
    console.log(JSON.stringify(await use('account_transfer', { ccy: 'USDT', amt: '1', from: '18', to: '6' })));
    process.exit(0);
  }
  const [{ totalEq }] = await use('account_get_balance', {});
  const [{ ordId }] = await use('spot_place_order', order);
  await use('spot_amend_order', { instId, ordId, newSz: '0.02' });
  const [{ sz, state }] = await use('spot_get_order', { instId, ordId });
  await use('spot_cancel_order', { instId, ordId });
  const [ended] = await use('spot_get_order', { instId, ordId });
  // To the server an order that the exchange refuses is an answer like any other.
  const [{ sCode: refused }] = await use('spot_place_order', { ...order, sz: '5' });
  const { refused: unlisted } = await use('spot_place_order', { ...order, instId: 'BTC-NONE' });
  console.log(JSON.stringify({ isWorth: Number(totalEq) > 0, sz, states: [state, ended.state], refused, unlisted }));
  process.exit(0);
})();
`;

const pythonScript = `
import base64, hashlib, hmac, json, os, sys, time, urllib.parse, requests
host, key, secret = 'https://api.kraken.com', os.environ['KRAKEN_API_KEY'], os.environ['KRAKEN_API_SECRET']
def call(name, **fields):
    path = '/0/private/' + name
    nonce = str(time.time_ns() // 1000000)
    body = urllib.parse.urlencode({'nonce': nonce, **fields})
    digest = hashlib.sha256((nonce + body).encode()).digest()
    sign = hmac.new(base64.b64decode(secret), path.encode() + digest, hashlib.sha512).digest()
    answer = requests.post(host + path, data=body, timeout=20, headers={
        'API-Key': key, 'API-Sign': base64.b64encode(sign).decode(),
        'Content-Type': 'application/x-www-form-urlencoded'})
    return answer.json()
if sys.argv[1:] == ['withdraw']:
    print(json.dumps(call('Withdraw', asset='XBT', key='k', amount='1')))
    sys.exit()
bid = float(requests.get(host + '/0/public/Ticker?pair=XBTUSDT', timeout=20).json()['result']['XBTUSDT']['b'][0])
placed = call('AddOrder', pair='XBTUSDT', type='buy', ordertype='limit', volume='0.01', price='%.1f' % (bid * 0.97))
txid = placed['result']['txid'][0]
print(json.dumps({'usdt': call('Balance')['result']['USDT'], 'open': txid in call('OpenOrders')['result']['open'],
    'canceled': call('CancelOrder', txid=txid)['result']['count']}))
`;

/** Tradier and its like have no SDK of the vendor's for Node: what their users write by hand. */
const brokersScript = `
import base64, hashlib, hmac, json, os, secrets, sys, time, requests
from urllib.parse import quote_plus
def tradier():
    base = 'https://sandbox.tradier.com/v1'
    session = requests.Session()
    session.headers.update({'Authorization': 'Bearer ' + os.environ['TRADIER_ACCESS_TOKEN'], 'Accept': 'application/json'})
    own = base + '/accounts/' + session.get(base + '/user/profile', timeout=20).json()['profile']['account']['account_number']
    if sys.argv[1:] == ['refused']:
        return session.post(base + '/watchlists', data={'name': 'x'}, timeout=20)
    bid = session.get(base + '/markets/quotes', params={'symbols': 'AAPL'}, timeout=20).json()['quotes']['quote']['bid']
    order = {'class': 'equity', 'symbol': 'AAPL', 'side': 'buy', 'type': 'limit', 'duration': 'gtc', 'quantity': '3'}
    placed = session.post(own + '/orders', data={**order, 'price': '%.2f' % (bid * 0.97)}, timeout=20).json()['order']
    one = '%s/orders/%s' % (own, placed['id'])
    price = round(bid * 0.96, 2)
    session.put(one, data={'type': 'limit', 'price': str(price)}, timeout=20)
    resting = session.get(one, timeout=20).json()['order']
    session.delete(one, timeout=20)
    over = session.post(own + '/orders', data={**order, 'quantity': '90000', 'price': str(price)}, timeout=20).json()
    session.post(own + '/orders', data={**order, 'type': 'market'}, timeout=20)
    return {'amended': resting['price'] == price, 'status': resting['status'],
        'after': session.get(one, timeout=20).json()['order']['status'], 'refused': over['errors']['error'],
        'held': session.get(own + '/positions', timeout=20).json()['positions']['position']['quantity']}
def ibkr():
    e, base = os.environ, 'https://api.ibkr.com/v1/api/'
    def ask(method, target, body=None):
        oauth = {'oauth_consumer_key': e['IBKR_CONSUMER_KEY'], 'oauth_nonce': secrets.token_hex(8),
            'oauth_signature_method': 'HMAC-SHA256', 'oauth_timestamp': str(int(time.time())), 'oauth_token': e['IBKR_ACCESS_TOKEN']}
        text = '&'.join(name + '=' + value for name, value in sorted(oauth.items()))
        signed = '&'.join([method, quote_plus((base + target).split('?')[0]), quote_plus(text)])
        digest = hmac.new(base64.b64decode(e['IBKR_LIVE_SESSION_TOKEN']), signed.encode(), hashlib.sha256).digest()
        oauth['oauth_signature'] = quote_plus(base64.b64encode(digest).decode())
        header = 'OAuth realm="limited_poa", ' + ', '.join('%s="%s"' % pair for pair in sorted(oauth.items()))
        return requests.request(method, base + target, json=body, headers={'Authorization': header}, timeout=20)
    account = ask('GET', 'iserver/accounts').json()['accounts'][0]
    own = 'iserver/account/' + account
    if sys.argv[1:] == ['refused']:
        return ask('POST', 'iserver/questions/suppress', {'messageIds': ['o163']})
    conid = int(ask('GET', 'iserver/secdef/search?symbol=AAPL').json()[0]['conid'])
    bid = float(ask('GET', 'iserver/marketdata/snapshot?conids=%d&fields=31,84,86' % conid).json()[0]['84'])
    order = {'acctId': account, 'conid': conid, 'orderType': 'LMT', 'side': 'BUY', 'tif': 'GTC', 'quantity': 3, 'price': round(bid * 0.97, 2)}
    number = ask('POST', own + '/orders', {'orders': [order]}).json()[0]['order_id']
    price = round(bid * 0.96, 2)
    ask('POST', own + '/order/' + number, {**order, 'price': price})
    resting = ask('GET', 'iserver/account/orders?accountId=' + account).json()['orders'][0]
    ask('DELETE', own + '/order/' + number)
    after = ask('GET', 'iserver/account/order/status/' + number).json()['order_status']
    over = ask('POST', own + '/orders', {'orders': [{**{name: order[name] for name in order if name != 'price'}, 'orderType': 'MKT', 'quantity': 90000}]})
    unknown = ask('POST', own + '/orders', {'orders': [{**order, 'conid': 1}]})
    large = ask('POST', own + '/orders', {'orders': [{**order, 'quantity': 350}]}).json()[0]
    confirmed = ask('POST', 'iserver/reply/' + large['id'], {'confirmed': True}).json()[0]
    return {'question': large['message'][0], 'confirmed': confirmed['order_status'], 'amended': float(resting['price']) == price, 'status': resting['status'], 'after': after,
        'refused': over.json()['error'], 'unknown': unknown.json()['error']}
def told(answer):
    return answer if isinstance(answer, dict) else {'status': answer.status_code, 'text': answer.text}
print(json.dumps({'tradier': told(tradier()), 'ibkr': told(ibkr())}))
`;

describe.skipIf(skipReason('docker', 'registry'))('clients of several venues in one paper box', () => {
  let home: TestHome;
  let box: Box;

  beforeAll(async () => {
    home = new TestHome();
    home.writeProfile('venues', profile);
    const workdir = home.workdir({
      'ccxt.cjs': ccxtScript,
      'sdk.cjs': sdkScript(settings),
      'kraken.py': pythonScript,
      'brokers.py': brokersScript,
      'mcp.cjs': mcpScript,
      'socket.cjs': socketScript,
      'pro.cjs': proScript,
    });
    box = await startBox(home, { profile: 'venues', workdir, hint: 'venues' });
  }, imageBuildTimeoutMs);
  afterAll(() => home?.dispose());

  test('ccxt reads, orders, amends, cancels and is refused on every venue, and trades perpetuals, in dollars and in coins', async () => {
    const seen = await json('NODE_PATH=$(npm root -g) node /workspace/ccxt.cjs');
    for (const id of ids) {
      expect(seen[id], `${id}: ${JSON.stringify(seen[id])}`).toMatchObject({
        isOpen: true,
        amended: 0.02,
        left: 0,
        refused: 'InsufficientFunds',
      });
      expect(seen[id].cash).toBeGreaterThan(90_000);
    }
    const worth = { binancecoinm: 0.9 } as Record<string, number>;
    expect(Object.keys(seen.perpetuals)).toHaveLength(7);
    for (const [id, traded] of Object.entries<Record<string, unknown>>(seen.perpetuals)) {
      expect(traded, id).toMatchObject({
        amended: 0.01,
        isOpen: true,
        left: 0,
        side: 'long',
        isFlat: true,
        // ccxt 4.5.84 words portfolio margin's -2019 otherwise.
        refused: id === 'binanceusdm portfolio' ? 'OperationFailed' : 'InsufficientFunds',
        leverage: expect.stringContaining('tradebox'),
      });
      expect(traded.cash, id).toBeGreaterThan(worth[id] ?? 90_000);
    }
  });

  test('the venues’ own SDKs read, order, amend, cancel and are refused, by REST and on their sockets', async () => {
    const seen = await json('NODE_PATH=$(npm root -g) node /workspace/sdk.cjs 2>&1 | tail -1');
    const beyondMeans = expect.stringMatching(/insufficient/i);
    expect(seen).toEqual({
      alpaca: {
        reads: 'ACTIVE',
        isAnother: true,
        amended: '0.02',
        refused: beyondMeans,
        socket: ['new', 'new', 'canceled', expect.stringMatching(/^BTC\/USD \d{4}$/)],
      },
      binance: {
        canTrade: true,
        replaced: '0.02',
        amended: '0.01',
        states: ['CANCELED', 'CANCELED'],
        refused: -2010,
        futuresSocket: ['0.02', 'CANCELED'],
        socket: ['0.01', -2010, 'NEW', 'NEW', 'CANCELED'],
      },
      bybit: {
        reads: 1,
        amended: '0.02',
        retMsg: 'OK',
        refused: 170131,
        inverse: ['Sell', '300', 0],
        socket: [170131, 'New', 'New', 'Cancelled'],
      },
      coinbase: {
        reads: true,
        amended: '0.02',
        success: true,
        refused: 'INSUFFICIENT_FUND',
        socket: ['OPEN', 'OPEN', 'CANCELLED'],
      },
      coinbaseexchange: {
        reads: true,
        status: 'open',
        isCanceled: true,
        refused: beyondMeans,
        socket: ['received', 'open', 'done'],
      },
      hyperliquid: {
        http: ['0.02', 'canceled', beyondMeans],
        socket: ['0.02', 'canceled', beyondMeans, 'open', 'canceled'],
      },
      kraken: { reads: '100000', amended: '0.02', count: 1, refused: beyondMeans },
    });
  });

  test('Python requests, signed by hand, trades on Kraken', async () => {
    const seen = await json('python3 /workspace/kraken.py');
    expect(seen).toEqual({ usdt: '100000', open: true, canceled: 1 });
  });

  test('Python requests trades shares at Tradier and Interactive Brokers, and reads their refusals', async () => {
    const { tradier, ibkr } = await json('python3 /workspace/brokers.py');
    expect(tradier).toEqual({
      amended: true,
      status: 'open',
      after: 'canceled',
      refused: expect.stringContaining('buying power'),
      held: 3,
    });
    const refused = await json('python3 /workspace/brokers.py refused');
    expect(refused.tradier).toEqual({ status: 400, text: expect.stringContaining('tradebox') });
    expect(ibkr).toEqual({
      question: expect.stringContaining('exceeds'),
      confirmed: 'Submitted',
      amended: true,
      status: 'Submitted',
      after: 'Cancelled',
      refused: expect.stringContaining('insufficient'),
      unknown: expect.stringContaining('tradebox'),
    });
    expect(refused.ibkr).toEqual({ status: 403, text: expect.stringContaining('tradebox') });
  });

  test('OKX’s MCP server reads, orders, amends, cancels and tells refusals', async () => {
    expect(await json('node /workspace/mcp.cjs')).toEqual({
      isWorth: true,
      sz: '0.02',
      states: ['live', 'canceled'],
      refused: '51008',
      unlisted: expect.stringContaining('SYMBOL_UNKNOWN'),
    });
  });

  test('okx-api and ccxt.pro listen on OKX’s sockets and see their own orders', async () => {
    const seen = await json('NODE_PATH=$(npm root -g) node /workspace/socket.cjs 2>&1 | tail -1');
    expect(seen.byCcxt).toEqual({
      isPriced: true,
      isOwn: true,
      status: 'open',
      isNumberKnown: true,
      left: 0,
    });
    expect(seen.byOkxApi).toEqual({
      channels: ['account', 'candle1m', 'orders', 'positions', 'tickers'],
      states: ['live', 'canceled'],
      // The okx CLI has no command that amends: of OKX's clients this SDK does, and the MCP server above.
      amended: ['0.02', '0.03'],
      refused: expect.stringContaining('SYMBOL_UNKNOWN'),
    });
  });

  test('ccxt.pro, and clients written by hand, listen and order on the sockets of the other venues', async () => {
    const seen = await json('NODE_PATH=$(npm root -g) node /workspace/pro.cjs 2>&1 | tail -1');
    for (const id of withSockets) expect(seen[id], id).toEqual({ isPriced: true, isOwn: true, left: 0 });
    expect(seen.tradier).toEqual({ isOwn: true, status: 'open' });
    expect(seen.ibkr).toEqual({ isIn: true, isPriced: true, error: expect.stringContaining('tradebox') });
  });

  // Last: an attempt on funds taints the box, and a tainted box sends no order.
  test('a withdrawal or transfer raises in every client, for good and in our words', async () => {
    const byCcxt = await json('NODE_PATH=$(npm root -g) node /workspace/ccxt.cjs withdraw');
    for (const id of ids) {
      expect(byCcxt[id]).toEqual({ refusal: expect.stringContaining('tradebox'), isRetryable: false });
    }
    const words = expect.stringContaining('tradebox');
    const bySdk = await json('NODE_PATH=$(npm root -g) node /workspace/sdk.cjs withdraw 2>&1 | tail -1');
    for (const id of ['alpaca', 'binance', 'bybit', 'coinbase', 'coinbaseexchange', 'hyperliquid', 'kraken'])
      expect(bySdk[id], id).toEqual(words);
    expect(await json('node /workspace/mcp.cjs transfer')).toEqual({ refused: words });
    const byHand = await json('python3 /workspace/kraken.py withdraw');
    expect(byHand.error).toEqual(['EGeneral:Permission denied', words]);
  });

  async function json(line: string) {
    const result = await box.sh(line, { timeoutMs: 60_000 });
    expect(result.code, shown(result)).toBe(0);
    return JSON.parse(result.stdout);
  }
});
