// One valid body for each row of Binance’s table that places, amends or cancels orders and that a reader understands.
import { decimal } from '../../src/core/decimal.js';
import type { OrderIntent } from '../../src/core/order.js';
import type { OrderSamples } from './order-samples.js';

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

export const binance: OrderSamples = {
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
  'POST /sapi/v1/convert/acceptQuote': 'quoteId=12415572564',
  'POST /sapi/v1/convert/limit/placeOrder':
    'baseAsset=BTC&quoteAsset=USDT&limitPrice=50000&baseAmount=0.1&side=BUY&expiredType=7_D',
  'POST /sapi/v1/equity/order/place':
    'symbol=AAPL&side=BUY&orderType=LIMIT&price=180.50&quantity=1&tradingSession=RTH&timeInForce=DAY',
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
  'POST /fapi/v1/convert/acceptQuote': 'quoteId=12415572564',
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
  'DELETE /dapi/v1/algoOpenOrders': all,
  'POST /dapi/v1/countdownCancelAll': `${all}&countdownTime=60000`,
  'POST /eapi/v1/order': query(option),
  'POST /eapi/v1/batchOrders': batchOf('orders', option),
  'POST /eapi/v1/block/order/create': `liquidity=TAKER&${batchOf('legs', option)}`,
  'POST /eapi/v1/block/order/execute': 'blockOrderMatchingKey=3668822b8-1baa-6a2f-adb8-d3de6289b361',
  'PUT /eapi/v1/block/order/create': 'blockOrderMatchingKey=3668822b8-1baa-6a2f-adb8-d3de6289b361',
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

const converted: Partial<OrderIntent> = {
  action: 'place',
  instrument: 'BTCUSDT',
  side: 'sell',
  type: 'market',
  quantity: { value: decimal('0.1'), unit: 'base' },
  price: decimal('38163.7'),
};
export const binanceQuoted: Readonly<Record<string, readonly Partial<OrderIntent>[]>> = {
  'sapi 12415572564': [converted],
  'fapi 12415572564': [converted],
  'eapi 3668822b8-1baa-6a2f-adb8-d3de6289b361': [{ ...converted, instrument: 'BTC-271224-70000-C' }],
};
