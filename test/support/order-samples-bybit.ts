// One valid body for each row of Bybit’s table that places, amends or cancels orders and that a reader understands.
import type { OrderIntent } from '../../src/core/order.js';
import type { OrderSamples } from './order-samples.js';

const bybitOrder = { symbol: 'BTCUSDT', side: 'Buy', orderType: 'Limit', qty: '1', price: '50000' };
const v3Order = { ...bybitOrder, timeInForce: 'GoodTillCancel' };
const perpetual = { category: 'linear', symbol: 'BTCUSDT' };
const onChain = {
  slippage: '0.01',
  quoteData: 'eyJhbGciOiJIUzI1NiJ9',
  gas: '0.0003',
  quoteMode: 0,
  correctingCode: 'a1b2c3d4e5f6',
};
const outcome = { tokenId: 'token_yes_123', eventId: 'event_123', orderType: 1, slippage: '0.05' };

/** What the venue told of quotes: an inquiry, one of its orders, a maker's quote, two conversions. */
export const bybitQuoted: Readonly<Record<string, readonly Partial<OrderIntent>[]>> = {
  'rfq 5': [{ instrument: '', type: 'other' }],
  'rfq 5 linear BTCUSDT': [{ instrument: 'BTCUSDT', side: 'buy', type: 'other' }],
  'rfq 5 quote 6 buy': [{ instrument: '', type: 'limit' }],
  'convert 10100108106409340067234418688': [{ instrument: 'ETHBTC', side: 'sell' }],
  'fiat QuoteTaxId123456': [{ instrument: 'GELUSDT', side: 'sell' }],
};

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
  'POST /v5/rfq/create-rfq': {
    counterparties: ['LP4', 'LP5'],
    rfqLinkId: 'rfq00993',
    list: [{ ...perpetual, side: 'buy', qty: '2' }],
  },
  'POST /v5/rfq/accept-other-quote': { rfqId: '5' },
  'POST /v5/rfq/create-quote': { rfqId: '5', quoteBuyList: [{ ...perpetual, price: '106000' }] },
  'POST /v5/rfq/execute-quote': { rfqId: '5', quoteId: '6', quoteSide: 'Buy' },
  'POST /v5/event/quotes': {
    symbol: 'BTCUSDT-UPDOWN',
    orderLinkId: 'mine1',
    grossPayoutRatio: '1.8',
    amount: '100',
  },
  'POST /v5/strategy/create': {
    category: 'UTA_USDT',
    symbol: 'BTCUSDT',
    side: 'Buy',
    strategyType: 'twap',
    size: '0.1',
    duration: 600,
  },
  'POST /v5/spot-lever-token/purchase': { ltCoin: 'BTC3L', ltAmount: '200', serialNo: 'purchase-001' },
  'POST /v5/spot-lever-token/redeem': { ltCoin: 'BTC3L', quantity: '150' },
  'POST /v5/alpha/prediction/buy': { ...outcome, amount: '100', payTokenCode: 'USDC' },
  'POST /v5/alpha/prediction/sell': { ...outcome, size: '50' },
  'POST /v5/alpha/trade/purchase': {
    ...onChain,
    fromTokenCode: 'CEX_1',
    fromTokenAmount: '100',
    toTokenCode: 'DEX_123',
  },
  'POST /v5/alpha/trade/redeem': {
    ...onChain,
    fromTokenCode: 'DEX_123',
    fromTokenAmount: '10000000',
    toTokenCode: 'CEX_1',
  },
  'POST /v5/asset/exchange/convert-execute': { quoteTxId: '10100108106409340067234418688' },
  'POST /v5/fiat/trade-execute': { quoteTxId: 'QuoteTaxId123456', subUserId: '43456' },
  'POST /spot/v3/private/order': {
    symbol: 'ETHUSDT',
    orderPrice: '1220',
    side: 'SELL',
    orderQty: '1',
    orderType: 'LIMIT',
    timeInForce: 'GTC',
  },
  'POST /spot/v3/private/purchase': { ltCode: 'BTC3L', ltAmount: '200' },
  'POST /spot/v3/private/redeem': { ltCode: 'BTC3L', ltQuantity: '150' },
  'POST /contract/v3/private/order/create': v3Order,
  'POST /contract/v3/private/order/replace': { symbol: 'BTCUSDT', orderId: 'a1', qty: '2' },
  'POST /contract/v3/private/position/trading-stop': {
    symbol: 'BTCUSDT',
    stopLoss: '45000',
    positionIdx: '0',
  },
  'POST /contract/v3/private/copytrading/order/create': bybitOrder,
  'POST /contract/v3/private/copytrading/order/close': { symbol: 'BTCUSDT', parentOrderId: 'a1' },
  'POST /contract/v3/private/copytrading/position/close': { symbol: 'BTCUSDT', positionIdx: '1' },
  'POST /contract/v3/private/copytrading/order/trading-stop': {
    symbol: 'BTCUSDT',
    parentOrderId: 'a1',
    stopLoss: '45000',
  },
  'POST /unified/v3/private/order/create': { category: 'linear', ...v3Order },
  'POST /unified/v3/private/order/create-batch': { category: 'linear', request: [v3Order, v3Order] },
  'POST /unified/v3/private/order/replace': { ...perpetual, orderId: 'a1', qty: '2' },
  'POST /unified/v3/private/order/replace-batch': {
    category: 'linear',
    request: [{ symbol: 'BTCUSDT', orderLinkId: 'a1', price: '49000' }],
  },
  'POST /unified/v3/private/position/trading-stop': { ...perpetual, stopLoss: '45000', positionIdx: 0 },
  'POST /v5/rfq/cancel-rfq': { rfqId: '5' },
  'POST /v5/rfq/cancel-all-rfq': {},
  'POST /v5/rfq/cancel-quote': { quoteLinkId: 'mine1' },
  'POST /v5/rfq/cancel-all-quotes': '',
  'POST /v5/event/cancel': { orderId: '5' },
  'POST /v5/strategy/stop': { strategyId: '5' },
};
