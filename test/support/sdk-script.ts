// What runs in a box to use the venues' own SDKs as their users do: a read, an order, its amendment, its cancellation and a refusal
// over REST; a login, news of the order and, where the SDK places orders over its socket, the same there. Prices are none of the
// other scripts': an identical order within two seconds is refused.

/** A CommonJS script; `settings` is one that declares `settings` and `raised`. With the argument `withdraw`: what each may not do. */
export const sdkScript = (settings: string): string => `${settings}
const { MainClient, USDMClient, WebsocketAPIClient: BinanceOrders } = require('binance');
const { RestClientV5, WebsocketClient: BybitSocket, WebsocketAPIClient: BybitOrders } = require('bybit-api');
const { CBAdvancedTradeClient, CBExchangeClient, WebsocketClient: CoinbaseSocket } = require('coinbase-api');
const { Alpaca, orders: alpacaOrders } = require('@alpacahq/alpaca-trade-api');
const { Kraken } = require('node-kraken-api');
const isWithdrawal = process.argv[2] === 'withdraw';
const wordsOf = (error) => error && JSON.stringify(error.body || error.message || error);
const quiet = { trace() {}, info() {}, error() {} };
/** Resolves with what \`read\` made of the socket's messages once it made \`last\` of one. */
const heard = (socket, last, read) => new Promise((resolve) => {
  const seen = [];
  for (const event of ['update', 'message']) socket.on(event, (data) => {
    const one = read(data);
    if (one !== undefined) seen.push(one);
    if (one === last) resolve(seen);
  });
});
const said = (socket, event, isIt) => new Promise((resolve) => socket.on(event, (data) => isIt(data) && resolve()));
const sdks = {
  async binance({ apiKey: api_key, secret: api_secret }) {
    const keys = { api_key, api_secret };
    const client = new MainClient(keys);
    if (isWithdrawal) return wordsOf(await raised(client.withdraw({ coin: 'BTC', address: 'a', amount: 1 })));
    const { canTrade } = await client.getAccountInformation();
    const { bidPrice } = await client.getSymbolOrderBookTicker({ symbol: 'BTCUSDT' });
    const symbol = 'BTCUSDT';
    const price = Math.floor(bidPrice * 0.965);
    // The SDK writes an id into the order that it is given. Its amendment over REST goes to a path that Binance does not have.
    const order = (quantity, more) => ({ symbol, side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity, price, ...more });
    const { orderId: cancelOrderId } = await client.submitNewOrder(order(0.01));
    const instead = order(0.02, { cancelReplaceMode: 'STOP_ON_FAILURE', cancelOrderId });
    const { newOrderResponse: { orderId, origQty: replaced } } = await client.replaceOrder(instead);
    const { status } = await client.cancelOrder({ symbol, orderId });
    const { code: refused } = await raised(client.submitNewOrder(order(400)));
    const futures = new USDMClient(keys);
    const perpetual = await futures.submitNewOrder(order(0.02));
    const { origQty: amended } = await futures.modifyOrder({ symbol, side: 'BUY', orderId: perpetual.orderId, quantity: 0.01, price });
    const { status: ended } = await futures.cancelOrder({ symbol, orderId: perpetual.orderId });
    const orders = new BinanceOrders({ ...keys, attachEventListeners: false, muteLatencyWarning: true }, quiet);
    const news = heard(orders.getWSClient(), 'CANCELED', (told) => {
      const { e, X } = told.event || told;
      return e === 'executionReport' ? X : undefined;
    });
    await orders.subscribeUserDataStream('mainWSAPI');
    const now = () => ({ timestamp: Date.now() });
    const over = (await orders.submitNewSpotOrder(order(0.02, { price: price - 10, ...now() }))).result.orderId;
    const fewer = await orders.amendSpotOrderKeepPriority({ symbol, orderId: over, newQty: 0.01, ...now() });
    await orders.cancelSpotOrder({ symbol, orderId: over, ...now() });
    const { error } = await raised(orders.submitNewSpotOrder(order(400, { price: price - 10, ...now() })));
    const own = { symbol, orderId: (await orders.submitNewFuturesOrder('usdm', order(0.03, { price: price - 20, ...now() }))).result.orderId };
    const less = await orders.modifyFuturesOrder('usdm', { ...own, side: 'BUY', quantity: 0.02, price: price - 20, ...now() });
    const gone = await orders.cancelFuturesOrder('usdm', { ...own, ...now() });
    return { canTrade, replaced, amended, states: [status, ended], refused, futuresSocket: [less.result.origQty, gone.result.status], socket: [fewer.result.amendedOrder.qty, error.code, ...await news] };
  },
  async bybit({ apiKey: key, secret }) {
    const client = new RestClientV5({ key, secret });
    if (isWithdrawal) return wordsOf(await raised(client.createInternalTransfer('t', 'USDT', '1', 'UNIFIED', 'FUND')));
    const { result: wallet } = await client.getWalletBalance({ accountType: 'UNIFIED' });
    const spot = { category: 'spot', symbol: 'BTCUSDT' };
    const { result: { list: [{ bid1Price }] } } = await client.getTickers(spot);
    const order = { ...spot, side: 'Buy', orderType: 'Limit', qty: '0.01', price: (bid1Price * 0.965).toFixed(1) };
    const { result: { orderId } } = await client.submitOrder(order);
    await client.amendOrder({ ...spot, orderId, qty: '0.02' });
    const { result: { list: [{ qty: amended }] } } = await client.getActiveOrders({ ...spot, orderId });
    const { retMsg } = await client.cancelOrder({ ...spot, orderId });
    const { retCode: refused } = await client.submitOrder({ ...order, qty: '400' });
    const inverse = { category: 'inverse', symbol: 'BTCUSD' };
    await client.submitOrder({ ...inverse, side: 'Sell', orderType: 'Market', qty: '300' });
    const { result: { list: [{ side, size }] } } = await client.getPositionInfo(inverse);
    await client.submitOrder({ ...inverse, side: 'Buy', orderType: 'Market', qty: '300', reduceOnly: true });
    const { result: { list: coinMargined } } = await client.getPositionInfo(inverse);
    const socket = new BybitSocket({ key, secret }, quiet);
    const news = heard(socket, 'Cancelled', ({ topic, data }) => topic === 'order' ? data[0].orderStatus : undefined);
    const isListening = said(socket, 'response', ({ op }) => op === 'subscribe');
    await Promise.all(socket.subscribeV5('order', 'spot'));
    await isListening;
    const orders = new BybitOrders({ key, secret, attachEventListeners: false }, quiet);
    const over = (await orders.submitNewOrder({ ...order, price: (bid1Price * 0.955).toFixed(1) })).data.orderId;
    await orders.amendOrder({ ...spot, orderId: over, qty: '0.02' });
    await orders.cancelOrder({ ...spot, orderId: over });
    const { retCode } = await raised(orders.submitNewOrder({ ...order, qty: '401' }));
    return { reads: wallet.list.length, amended, retMsg, refused, inverse: [side, size, coinMargined.length], socket: [retCode, ...await news] };
  },
  async coinbase({ apiKey, secret: apiSecret }) {
    const client = new CBAdvancedTradeClient({ apiKey, apiSecret });
    const move = { funds: { value: '1', currency: 'USDT' }, source_portfolio_uuid: 'a', target_portfolio_uuid: 'b' };
    if (isWithdrawal) return wordsOf(await raised(client.movePortfolioFunds(move)));
    const socket = new CoinbaseSocket({ apiKey, apiSecret }, quiet);
    const news = heard(socket, 'CANCELLED', ({ events: [{ type, orders }] = [{}] }) => type === 'update' ? orders[0].status : undefined);
    const isListening = said(socket, 'update', ({ channel }) => channel === 'user');
    socket.subscribe({ topic: 'user', payload: { product_ids: ['BTC-USDT'] } }, 'advTradeUserData');
    const { accounts } = await client.getAccounts();
    const { price } = await client.getProduct({ product_id: 'BTC-USDT' });
    const limit_price = (price * 0.965).toFixed(1);
    const order = (base_size) => ({
      client_order_id: client.generateNewOrderId(), product_id: 'BTC-USDT', side: 'BUY',
      order_configuration: { limit_limit_gtc: { base_size, limit_price } },
    });
    await isListening;
    const { success_response: { order_id } } = await client.submitOrder(order('0.01'));
    await client.updateOrder({ order_id, price: limit_price, size: '0.02' });
    const { order: { order_configuration: amended } } = await client.getOrder({ order_id });
    const { results: [{ success }] } = await client.cancelOrders({ order_ids: [order_id] });
    const { error_response } = await client.submitOrder(order('400'));
    return { reads: accounts.length > 0, amended: amended.limit_limit_gtc.base_size, success, refused: error_response.error, socket: await news };
  },
  async coinbaseexchange({ apiKey, secret: apiSecret, password: apiPassphrase }) {
    const keys = { apiKey, apiSecret, apiPassphrase };
    const client = new CBExchangeClient(keys);
    const away = { amount: '1', currency: 'BTC', crypto_address: 'a' };
    if (isWithdrawal) return wordsOf(await raised(client.withdrawToCryptoAddress(away)));
    const socket = new CoinbaseSocket(keys, quiet);
    const news = heard(socket, 'done', ({ type }) => ['received', 'open', 'done'].includes(type) ? type : undefined);
    const isListening = said(socket, 'response', ({ type }) => type === 'subscriptions');
    socket.subscribe({ topic: 'user', payload: { product_ids: ['BTC-USDT'] } }, 'exchangeDirectMarketData');
    const accounts = await client.getAccounts();
    const { bid } = await client.getProductTicker({ product_id: 'BTC-USDT' });
    const order = { product_id: 'BTC-USDT', side: 'buy', type: 'limit', price: (bid * 0.965).toFixed(1), size: '0.01' };
    await isListening;
    // An underscore, as some of the SDK's random ids have; the venue amends nothing.
    const { id } = await client.submitOrder({ ...order, client_oid: client.generateNewOrderId().slice(0, -1) + '_' });
    const { status } = await client.getOrder({ order_id: id });
    const isCanceled = await client.cancelOrder({ order_id: id }) === id;
    const refused = wordsOf(await raised(client.submitOrder({ ...order, size: '400' })));
    return { reads: accounts.length > 0, status, isCanceled, refused, socket: await news };
  },
  async kraken({ apiKey: key, secret }) {
    const client = new Kraken({ key, secret });
    if (isWithdrawal) return wordsOf(await raised(client.withdraw({ asset: 'XBT', key: 'k', amount: '1' })));
    const { USDT: reads } = await client.balance();
    const { XBTUSDT: { b: [bid] } } = await client.ticker({ pair: 'XBTUSDT' });
    const order = { pair: 'XBTUSDT', type: 'buy', ordertype: 'limit', volume: '0.01', price: (bid * 0.965).toFixed(1) };
    const { txid: [txid] } = await client.addOrder(order);
    await client.request('AmendOrder', { txid, order_qty: '0.02' }, 'private');
    const { open } = await client.openOrders();
    const { count } = await client.cancelOrder({ txid });
    const refused = wordsOf(await raised(client.addOrder({ ...order, volume: '400' })));
    return { reads, amended: open[txid].vol, count, refused };
  },
  async hyperliquid({ walletAddress: user, privateKey }) {
    const { ExchangeClient, HttpTransport, InfoClient, SubscriptionClient, WebSocketTransport } = require('@nktkas/hyperliquid');
    const wallet = new (require('ethers').Wallet)(privateKey);
    const trade = async (transport, factor) => {
      const [exchange, info] = [new ExchangeClient({ transport, wallet }), new InfoClient({ transport })];
      const { levels } = await info.l2Book({ coin: 'BTC' });
      const order = { a: 0, b: true, p: (levels[0][0].px * factor).toFixed(0), s: '0.01', r: false, t: { limit: { tif: 'Gtc' } } };
      const placed = await exchange.order({ orders: [order], grouping: 'na' });
      const { oid } = placed.response.data.statuses[0].resting;
      await exchange.modify({ oid, order: { ...order, s: '0.02' } });
      const [open] = await info.frontendOpenOrders({ user });
      await exchange.cancel({ cancels: [{ a: 0, o: oid }] });
      const told = await info.orderStatus({ user, oid });
      const refused = await raised(exchange.order({ orders: [{ ...order, s: '400' }], grouping: 'na' }));
      return [open.sz, told.order.status, refused.message];
    };
    const away = { destination: wallet.address, amount: '1' };
    const overHttp = new HttpTransport();
    if (isWithdrawal) return wordsOf(await raised(new ExchangeClient({ transport: overHttp, wallet }).withdraw3(away)));
    const transport = new WebSocketTransport();
    const seen = [];
    let ended;
    const isOver = new Promise((resolve) => { ended = resolve; });
    const hear = (updates) => updates.forEach(({ status }) => seen.push(status) && status === 'canceled' && ended());
    await new SubscriptionClient({ transport }).orderUpdates({ user }, hear);
    const overSocket = await trade(transport, 0.955);
    await isOver;
    return { http: await trade(overHttp, 0.965), socket: [...overSocket, seen.at(0), seen.at(-1)] };
  },
  async alpaca({ apiKey: keyId, secret }) {
    const client = new Alpaca({ keyId, secret, paper: true });
    const { orders, account } = client.trading;
    const order = { symbol: 'BTC/USD', side: 'buy', limitPrice: 60000, timeInForce: 'gtc' };
    const place = (qty) => orders.postOrder({ postOrderRequest: { ...alpacaOrders.buildLimitOrder({ ...order, qty }) } });
    // Its transfers have no method in the SDK: an order beyond its means is what is refused, tainted box or not.
    if (isWithdrawal) return wordsOf(await raised(place(400)));
    // Market data in MessagePack; trade updates, in binary frames.
    const market = client.marketData.cryptoStream({ reconnect: false });
    const quoted = new Promise((resolve) => market.onQuote(({ symbol, timestamp }) => resolve(symbol + ' ' + timestamp.getFullYear())));
    market.subscribeForQuotes(['BTC/USD']);
    market.connect();
    const stream = client.trading.stream({ reconnect: false });
    const news = new Promise((resolve) => {
      const seen = [];
      stream.onTradeUpdate(({ event }) => seen.push(event) && event === 'canceled' && resolve(seen));
    });
    const isListening = new Promise((resolve) => stream.on('subscription', resolve));
    stream.subscribeTradeUpdates();
    stream.connect();
    await isListening;
    const { status: reads } = await account.getAccount();
    const { id } = await place(0.01);
    const { id: orderId, qty: amended } = await orders.patchOrderByOrderId({ orderId: id, patchOrderRequest: { qty: '0.02' } });
    await orders.deleteOrderByOrderID({ orderId });
    const refused = wordsOf(await raised(place(400)));
    return { reads, isAnother: id !== orderId, amended, refused, socket: [...await news, await quoted] };
  },
};
(async () => {
  const seen = {};
  const failed = (error) => ({ error: JSON.stringify(error.body || String(error.stack || JSON.stringify(error))) });
  const late = new Promise((resolve) => setTimeout(() => resolve({ error: 'not done in 30 s' }), 30_000));
  const run = async ([id, use]) => { seen[id] = await Promise.race([use(settings[id]).catch(failed), late]); };
  await Promise.all(Object.entries(sdks).map(run));
  console.log('\\n' + JSON.stringify(seen));
  // Sockets and timers of the SDKs would keep the process.
  process.exit(0);
})();
`;
