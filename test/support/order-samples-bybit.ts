// One valid body for each row of Bybit’s table that places, amends or cancels orders and that a reader understands.
import type { OrderSamples } from './order-samples.js';

const bybitOrder = { symbol: 'BTCUSDT', side: 'Buy', orderType: 'Limit', qty: '1', price: '50000' };
export const bybit: OrderSamples = {
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
  'POST /v5/spread/order/create': {
    symbol: 'SOLUSDT_SOL/USDT',
    side: 'Buy',
    orderType: 'Limit',
    qty: '0.1',
    price: '-4',
    timeInForce: 'PostOnly',
  },
  'POST /v5/spread/order/amend': {
    symbol: 'SOLUSDT_SOL/USDT',
    orderLinkId: 'mine1',
    price: '14',
    qty: '0.2',
  },
  'POST /v5/spread/order/cancel': { orderId: 'a1' },
  'POST /v5/spread/order/cancel-all': { cancelAll: true },
  'POST /v5/rfq/cancel-rfq': { rfqId: '5' },
  'POST /v5/rfq/cancel-all-rfq': {},
  'POST /v5/rfq/cancel-quote': { quoteLinkId: 'mine1' },
  'POST /v5/rfq/cancel-all-quotes': '',
  'POST /v5/event/cancel': { orderId: '5' },
  'POST /v5/strategy/stop': { strategyId: '5' },
};
