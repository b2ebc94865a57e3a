// One valid body for each row of a venue's table that places, amends or cancels orders and that a reader understands.

/** Of a row `METHOD /path`: parameters as a query, a form or JSON, as the venue's clients send them; `''` where there are none. */
type OrderSamples = Readonly<Record<string, string | object>>;

interface VenueSamples {
  /** Where text stands; objects and lists are JSON bodies everywhere. */
  text: 'query' | 'form';
  /** What stands for the segments of paths. */
  segments?: Readonly<Record<string, string>>;
  /** What numbered markets are called. */
  instruments?: ReadonlyMap<string, string>;
  samples: OrderSamples;
}

/** When these samples are sent. */
export const sampleNowMs = 1_800_000_000_000;

const uuid = '6b6f7d5e-2d0c-4a3b-9a51-0d2a4f6c8e10';

const spot = 'symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=50000';
const classicOco =
  'symbol=BTCUSDT&side=SELL&quantity=1&price=70000&stopPrice=50000&stopLimitPrice=49900&stopLimitTimeInForce=GTC';
const oto =
  'symbol=BTCUSDT&workingType=LIMIT&workingSide=BUY&workingPrice=50000&workingQuantity=1&workingTimeInForce=GTC' +
  '&pendingType=LIMIT&pendingSide=SELL&pendingPrice=70000&pendingQuantity=1&pendingTimeInForce=GTC';
const otoco =
  'symbol=BTCUSDT&workingType=LIMIT&workingSide=BUY&workingPrice=50000&workingQuantity=1&workingTimeInForce=GTC' +
  '&pendingSide=SELL&pendingQuantity=1&pendingAboveType=LIMIT_MAKER&pendingAbovePrice=70000' +
  '&pendingBelowType=STOP_LOSS&pendingBelowStopPrice=45000';
const perpetual = spot;
const listed = {
  symbol: 'BTCUSDT',
  side: 'BUY',
  type: 'LIMIT',
  timeInForce: 'GTC',
  quantity: '1',
  price: '50000',
};
const inverse = { ...listed, symbol: 'BTCUSD_PERP' };
const batchOf = (name: string, ...orders: object[]) =>
  `${name}=${encodeURIComponent(JSON.stringify(orders))}`;
const futuresAmend = { symbol: 'BTCUSDT', orderId: '5', side: 'BUY', quantity: '2', price: '49000' };
const query = (fields: Readonly<Record<string, string>>) => new URLSearchParams(fields).toString();
const stop = 'symbol=BTCUSDT&side=SELL&type=STOP_MARKET&algoType=CONDITIONAL&quantity=1&triggerPrice=45000';
const strategy = 'symbol=BTCUSDT&side=SELL&strategyType=STOP_MARKET&quantity=1&stopPrice=45000';
const option = { symbol: 'BTC-271224-70000-C', side: 'BUY', type: 'LIMIT', quantity: '1', price: '100' };
const byNumber = 'symbol=BTCUSDT&orderId=5';
const all = 'symbol=BTCUSDT';

const binance: OrderSamples = {
  'POST /api/v3/order': spot,
  'POST /api/v3/order/cancelReplace': `${spot}&cancelReplaceMode=STOP_ON_FAILURE&cancelOrderId=5`,
  'POST /api/v3/order/oco': classicOco,
  'POST /api/v3/sor/order': spot,
  'POST /api/v3/orderList/oco':
    'symbol=BTCUSDT&side=SELL&quantity=1&aboveType=LIMIT_MAKER&abovePrice=70000&belowType=STOP_LOSS&belowStopPrice=45000',
  'POST /api/v3/orderList/oto': oto,
  'POST /api/v3/orderList/otoco': otoco,
  'POST /api/v3/orderList/opo': oto.replace('&pendingQuantity=1', ''),
  'POST /api/v3/orderList/opoco': otoco.replace('&pendingQuantity=1', ''),
  'PUT /api/v3/order/amend/keepPriority': `${byNumber}&newQty=0.5`,
  'DELETE /api/v3/order': byNumber,
  'DELETE /api/v3/openOrders': all,
  'DELETE /api/v3/orderList': 'symbol=BTCUSDT&orderListId=5',
  'POST /sapi/v1/margin/order': spot,
  'POST /sapi/v1/margin/order/oco': classicOco,
  'POST /sapi/v1/margin/order/oto': oto,
  'POST /sapi/v1/margin/order/otoco': otoco,
  'POST /sapi/v1/algo/spot/newOrderTwap': 'symbol=BTCUSDT&side=BUY&quantity=1&duration=600',
  'POST /sapi/v1/algo/futures/newOrderTwap': 'symbol=BTCUSDT&side=BUY&quantity=1&duration=600',
  'POST /sapi/v1/algo/futures/newOrderVp': 'symbol=BTCUSDT&side=BUY&quantity=1&urgency=LOW',
  'DELETE /sapi/v1/margin/order': byNumber,
  'DELETE /sapi/v1/margin/openOrders': all,
  'DELETE /sapi/v1/margin/orderList': 'symbol=BTCUSDT&orderListId=5',
  'DELETE /sapi/v1/algo/spot/order': 'algoId=5',
  'DELETE /sapi/v1/algo/futures/order': 'algoId=5',
  'POST /sapi/v1/convert/limit/cancelOrder': 'orderId=5',
  'POST /sapi/v1/equity/order/cancel': 'orderId=5',
  'POST /sapi/v1/equity/order/cancel-all': all,
  'POST /fapi/v1/order': perpetual,
  'POST /fapi/v1/batchOrders': batchOf('batchOrders', listed, listed),
  'POST /fapi/v1/algoOrder': stop,
  'PUT /fapi/v1/order': query(futuresAmend),
  'PUT /fapi/v1/batchOrders': batchOf('batchOrders', futuresAmend),
  'DELETE /fapi/v1/order': byNumber,
  'DELETE /fapi/v1/batchOrders': 'symbol=BTCUSDT&orderIdList=%5B5%2C6%5D',
  'DELETE /fapi/v1/allOpenOrders': all,
  'DELETE /fapi/v1/algoOrder': 'algoId=5',
  'DELETE /fapi/v1/algoOpenOrders': all,
  'POST /fapi/v1/countdownCancelAll': `${all}&countdownTime=60000`,
  'POST /dapi/v1/order': query(inverse),
  'POST /dapi/v1/batchOrders': batchOf('batchOrders', inverse),
  'POST /dapi/v1/algoOrder': stop.replace('BTCUSDT', 'BTCUSD_PERP'),
  'PUT /dapi/v1/order': query(futuresAmend),
  'PUT /dapi/v1/batchOrders': batchOf('batchOrders', futuresAmend),
  'DELETE /dapi/v1/order': byNumber,
  'DELETE /dapi/v1/batchOrders': 'symbol=BTCUSD_PERP&orderIdList=%5B5%2C6%5D',
  'DELETE /dapi/v1/allOpenOrders': all,
  'DELETE /dapi/v1/algoOrder': 'algoId=5',
  'POST /dapi/v1/countdownCancelAll': `${all}&countdownTime=60000`,
  'POST /eapi/v1/order': query(option),
  'POST /eapi/v1/batchOrders': batchOf('orders', option),
  'DELETE /eapi/v1/order': byNumber,
  'DELETE /eapi/v1/batchOrders': 'symbol=BTCUSDT&orderIds=%5B5%2C6%5D',
  'DELETE /eapi/v1/allOpenOrders': all,
  'DELETE /eapi/v1/allOpenOrdersByUnderlying': 'underlying=BTCUSDT',
  'DELETE /eapi/v1/block/order/create': 'blockOrderMatchingKey=abc',
  'POST /eapi/v1/countdownCancelAll': 'underlying=BTCUSDT&countdownTime=60000',
  'POST /eapi/v1/countdownCancelAllHeartBeat': 'underlyings=BTCUSDT',
  'POST /papi/v1/um/order': perpetual,
  'POST /papi/v1/um/conditional/order': strategy,
  'POST /papi/v1/um/algo/order': stop,
  'POST /papi/v1/cm/order': query(inverse),
  'POST /papi/v1/cm/conditional/order': strategy.replace('BTCUSDT', 'BTCUSD_PERP'),
  'POST /papi/v1/margin/order': spot,
  'POST /papi/v1/margin/order/oco': classicOco,
  'PUT /papi/v1/um/order': query(futuresAmend),
  'PUT /papi/v1/cm/order': query(futuresAmend),
  'DELETE /papi/v1/um/order': byNumber,
  'DELETE /papi/v1/um/allOpenOrders': all,
  'DELETE /papi/v1/um/conditional/order': 'symbol=BTCUSDT&strategyId=5',
  'DELETE /papi/v1/um/conditional/allOpenOrders': all,
  'DELETE /papi/v1/um/algo/order': 'algoId=5',
  'DELETE /papi/v1/um/algo/allOpenOrders': all,
  'DELETE /papi/v1/cm/order': byNumber,
  'DELETE /papi/v1/cm/allOpenOrders': all,
  'DELETE /papi/v1/cm/conditional/order': 'symbol=BTCUSDT&strategyId=5',
  'DELETE /papi/v1/cm/conditional/allOpenOrders': all,
  'DELETE /papi/v1/margin/order': byNumber,
  'DELETE /papi/v1/margin/allOpenOrders': all,
  'DELETE /papi/v1/margin/orderList': 'symbol=BTCUSDT&orderListId=5',
};

const okxOrder = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'limit', sz: '1', px: '50000' };
const okx: OrderSamples = {
  'POST /api/v5/trade/order': okxOrder,
  'POST /api/v5/trade/batch-orders': [okxOrder, okxOrder],
  'POST /api/v5/trade/order-algo': {
    instId: 'BTC-USDT',
    tdMode: 'cash',
    side: 'sell',
    ordType: 'conditional',
    sz: '1',
    slTriggerPx: '45000',
    slOrdPx: '-1',
  },
  'POST /api/v5/trade/close-position': { instId: 'BTC-USDT-SWAP', mgnMode: 'cross' },
  'POST /api/v5/trade/amend-order': { instId: 'BTC-USDT', ordId: '5', newSz: '2' },
  'POST /api/v5/trade/amend-batch-orders': [{ instId: 'BTC-USDT', ordId: '5', newPx: '49000' }],
  'POST /api/v5/trade/amend-algos': { instId: 'BTC-USDT', algoId: '5', newSz: '2' },
  'POST /api/v5/trade/cancel-order': { instId: 'BTC-USDT', ordId: '5' },
  'POST /api/v5/trade/cancel-batch-orders': [{ instId: 'BTC-USDT', ordId: '5' }],
  'POST /api/v5/trade/cancel-algos': [{ instId: 'BTC-USDT', algoId: '5' }],
  'POST /api/v5/trade/cancel-advance-algos': [{ instId: 'BTC-USDT', algoId: '5' }],
  'POST /api/v5/trade/mass-cancel': { instType: 'OPTION', instFamily: 'BTC-USD' },
  'POST /api/v5/trade/cancel-all-after': { timeOut: '60' },
  'POST /api/v5/sprd/cancel-order': { ordId: '5' },
  'POST /api/v5/sprd/mass-cancel': { sprdId: 'BTC-USDT_BTC-USDT-SWAP' },
  'POST /api/v5/sprd/cancel-all-after': { timeOut: '60' },
  'POST /api/v5/rfq/cancel-rfq': { clRfqId: 'mine1' },
  'POST /api/v5/rfq/cancel-batch-rfqs': { rfqIds: ['5', '6'] },
  'POST /api/v5/rfq/cancel-all-rfqs': {},
  'POST /api/v5/rfq/cancel-quote': { quoteId: '5' },
  'POST /api/v5/rfq/cancel-batch-quotes': { quoteIds: ['5'], clQuoteIds: ['mine1'] },
  'POST /api/v5/rfq/cancel-all-quotes': '',
  'POST /api/v5/rfq/cancel-all-after': { timeOut: '60' },
  'POST /api/v5/tradingBot/signal/cancel-sub-order': { algoId: '1', instId: 'BTC-USDT', signalOrdId: '5' },
  'POST /api/v5/tradingBot/grid/cancel-close-order': { algoId: '1', ordId: '5' },
};

const bybitOrder = { symbol: 'BTCUSDT', side: 'Buy', orderType: 'Limit', qty: '1', price: '50000' };
const bybit: OrderSamples = {
  'POST /v5/order/create': { category: 'linear', ...bybitOrder },
  'POST /v5/order/create-batch': { category: 'linear', request: [bybitOrder, bybitOrder] },
  'POST /v5/position/trading-stop': {
    category: 'linear',
    symbol: 'BTCUSDT',
    stopLoss: '45000',
    positionIdx: 0,
  },
  'POST /v5/order/amend': { category: 'linear', symbol: 'BTCUSDT', orderId: 'a1', qty: '2' },
  'POST /v5/order/amend-batch': {
    category: 'linear',
    request: [{ symbol: 'BTCUSDT', orderId: 'a1', qty: '2' }],
  },
  'POST /v5/order/cancel': { category: 'linear', symbol: 'BTCUSDT', orderId: 'a1' },
  'POST /v5/order/cancel-all': { category: 'linear', symbol: 'BTCUSDT' },
  'POST /v5/order/cancel-batch': { category: 'linear', request: [{ symbol: 'BTCUSDT', orderId: 'a1' }] },
  'POST /v5/order/disconnected-cancel-all': { timeWindow: 40 },
  'POST /v5/spread/order/cancel': { orderId: 'a1' },
  'POST /v5/spread/order/cancel-all': { cancelAll: true },
  'POST /v5/rfq/cancel-rfq': { rfqId: '5' },
  'POST /v5/rfq/cancel-all-rfq': {},
  'POST /v5/rfq/cancel-quote': { quoteLinkId: 'mine1' },
  'POST /v5/rfq/cancel-all-quotes': '',
  'POST /v5/event/cancel': { orderId: '5' },
  'POST /v5/strategy/stop': { strategyId: '5' },
};

const krakenOrder = 'nonce=1&pair=XBTUSD&type=buy&ordertype=limit&volume=1&price=50000';
const kraken: OrderSamples = {
  'POST /0/private/AddOrder': krakenOrder,
  'POST /0/private/AddOrderBatch': {
    nonce: '1',
    pair: 'XBTUSD',
    orders: [
      { type: 'buy', ordertype: 'limit', volume: '1', price: '50000' },
      { type: 'sell', ordertype: 'limit', volume: '1', price: '70000' },
    ],
  },
  'POST /0/private/AmendOrder': 'nonce=1&txid=OHYO67-6LP66-HMQ437&order_qty=2',
  'POST /0/private/EditOrder': 'nonce=1&txid=OHYO67-6LP66-HMQ437&pair=XBTUSD&volume=2',
  'POST /0/private/CancelOrder': 'nonce=1&txid=OHYO67-6LP66-HMQ437',
  'POST /0/private/CancelOrderBatch': { nonce: '1', orders: ['OHYO67-6LP66-HMQ437'] },
  'POST /0/private/CancelAll': 'nonce=1',
  'POST /0/private/CancelAllOrdersAfter': 'nonce=1&timeout=60',
};

const futuresOrder = 'orderType=lmt&symbol=PF_XBTUSD&side=buy&size=1&limitPrice=50000';
const krakenFutures: OrderSamples = {
  'POST /derivatives/api/v3/sendorder': futuresOrder,
  'POST /derivatives/api/v3/batchorder': `json=${encodeURIComponent(
    JSON.stringify({
      batchOrder: [
        {
          order: 'send',
          order_tag: '1',
          orderType: 'lmt',
          symbol: 'PF_XBTUSD',
          side: 'buy',
          size: 1,
          limitPrice: 50000,
        },
        { order: 'edit', order_id: uuid, size: 2 },
        { order: 'cancel', order_id: uuid },
      ],
    }),
  )}`,
  'POST /derivatives/api/v3/editorder': `orderId=${uuid}&size=2`,
  'POST /derivatives/api/v3/cancelorder': `order_id=${uuid}`,
  'POST /derivatives/api/v3/cancelallorders': 'symbol=PF_XBTUSD',
  'POST /derivatives/api/v3/cancelallordersafter': 'timeout=60',
};

const coinbase: OrderSamples = {
  'POST /api/v3/brokerage/orders': {
    client_order_id: 'a1',
    product_id: 'BTC-USD',
    side: 'BUY',
    order_configuration: { limit_limit_gtc: { base_size: '1', limit_price: '50000' } },
  },
  'POST /api/v3/brokerage/orders/close_position': {
    client_order_id: 'a1',
    product_id: 'BIT-28JUL23-CDE',
    size: '1',
  },
  'POST /api/v3/brokerage/orders/edit': { order_id: uuid, size: '2', price: '49000' },
  'POST /api/v3/brokerage/orders/batch_cancel': { order_ids: [uuid] },
};

const coinbaseExchange: OrderSamples = {
  'POST /orders': { type: 'limit', side: 'buy', product_id: 'BTC-USD', price: '50000', size: '1' },
  'DELETE /orders': '',
  'DELETE /orders/{order}': '',
};

const alpaca: OrderSamples = {
  'POST /v2/orders': {
    symbol: 'AAPL',
    side: 'buy',
    type: 'limit',
    time_in_force: 'day',
    qty: '1',
    limit_price: '150',
  },
  'DELETE /v2/positions': '',
  'DELETE /v2/positions/{symbol_or_id}': '',
  'PATCH /v2/orders/{id}': { qty: '2' },
  'PUT /v2/orders/{id}': { qty: '2' },
  'DELETE /v2/orders': '',
  'DELETE /v2/orders/{id}': '',
};

const tradier: OrderSamples = {
  'POST /v1/accounts/{account}/orders':
    'class=equity&symbol=AAPL&side=buy&quantity=1&type=limit&duration=day&price=150',
  'PUT /v1/accounts/{account}/orders/{order}': 'type=limit&duration=day&price=149',
  'DELETE /v1/accounts/{account}/orders/{order}': '',
};

const contract = { conid: 265598, orderType: 'LMT', side: 'BUY', tif: 'DAY', quantity: 1, price: 150 };
const ibkr: OrderSamples = {
  'POST /v1/api/iserver/account/{account}/orders': { orders: [contract] },
  'POST /v1/api/iserver/account/{account}/order': contract,
  'POST /v1/api/iserver/reply/{id}': { confirmed: true },
  'POST /v1/api/iserver/account/{account}/order/{order}': contract,
  'DELETE /v1/api/iserver/account/{account}/order/{order}': '',
};

const limit = { a: 0, b: true, p: '50000', s: '1', r: false, t: { limit: { tif: 'Gtc' } } };
const cloid = `0x${'0'.repeat(31)}1`;
const action = (type: string, members: object) => ({ action: { type, ...members }, nonce: 1, signature: {} });
const hyperliquid: OrderSamples = {
  'POST /exchange#order': action('order', { orders: [limit], grouping: 'na' }),
  'POST /exchange#twapOrder': action('twapOrder', {
    twap: { a: 0, b: true, s: '1', r: false, m: 30, t: false },
  }),
  'POST /exchange#modify': action('modify', { oid: 5, order: limit }),
  'POST /exchange#batchModify': action('batchModify', { modifies: [{ oid: 5, order: limit }] }),
  'POST /exchange#cancel': action('cancel', { cancels: [{ a: 0, o: 5 }] }),
  'POST /exchange#cancelByCloid': action('cancelByCloid', { cancels: [{ asset: 0, cloid }] }),
  'POST /exchange#twapCancel': action('twapCancel', { a: 0, t: 5 }),
  'POST /exchange#scheduleCancel': action('scheduleCancel', { time: sampleNowMs + 60_000 }),
};

export const orderSamples: Readonly<Record<string, VenueSamples>> = {
  binance: { text: 'query', samples: binance },
  okx: { text: 'form', samples: okx },
  bybit: { text: 'form', samples: bybit },
  kraken: { text: 'form', samples: kraken },
  'kraken-futures': { text: 'query', samples: krakenFutures },
  coinbase: { text: 'form', samples: coinbase },
  'coinbase-exchange': { text: 'query', segments: { order: uuid }, samples: coinbaseExchange },
  alpaca: { text: 'query', segments: { symbol_or_id: 'AAPL', id: uuid }, samples: alpaca },
  tradier: { text: 'form', segments: { account: 'VA00000001', order: '257459' }, samples: tradier },
  ibkr: {
    text: 'query',
    segments: { account: 'DU1234567', order: '1210386759', id: uuid },
    instruments: new Map([['265598', 'AAPL:265598']]),
    samples: ibkr,
  },
  hyperliquid: { text: 'query', instruments: new Map([['0', 'BTC']]), samples: hyperliquid },
};
