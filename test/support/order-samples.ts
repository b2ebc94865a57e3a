// One valid body for each row of a venue's table that places, amends or cancels orders and that a reader understands.
import type { OrderIntent } from '../../src/core/order.js';
import { binance, binanceQuoted } from './order-samples-binance.js';
import { bybit, bybitQuoted } from './order-samples-bybit.js';
import { okx, okxQuoted } from './order-samples-okx.js';

/** Of a row `METHOD /path`: parameters as a query, a form or JSON, as the venue's clients send them; `''` where there are none. */
export type OrderSamples = Readonly<Record<string, string | object>>;

interface VenueSamples {
  /** Where text stands; objects and lists are JSON bodies everywhere. */
  text: 'query' | 'form';
  /** What stands for the segments of paths. */
  segments?: Readonly<Record<string, string>>;
  /** What numbered markets are called. */
  instruments?: ReadonlyMap<string, string>;
  /** What the venue quoted, by the quotes' ids as the leaf's `quotes` writes them. */
  quoted?: Readonly<Record<string, readonly Partial<OrderIntent>[]>>;
  samples: OrderSamples;
}

/** When these samples are sent. */
export const sampleNowMs = 1_800_000_000_000;

const uuid = '6b6f7d5e-2d0c-4a3b-9a51-0d2a4f6c8e10';

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
  'POST /position/close': { repay_only: false },
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
  'POST /v2/positions/{symbol_or_id}/exercise': '',
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
  binance: { text: 'query', quoted: binanceQuoted, samples: binance },
  okx: { text: 'form', quoted: okxQuoted, samples: okx },
  bybit: {
    text: 'form',
    instruments: new Map([
      ['SOLUSDT_SOL/USDT 1', 'SOLUSDT'],
      ['SOLUSDT_SOL/USDT 2', 'SOLUSDT'],
    ]),
    quoted: bybitQuoted,
    samples: bybit,
  },
  kraken: { text: 'form', samples: kraken },
  'kraken-futures': { text: 'query', samples: krakenFutures },
  coinbase: { text: 'form', samples: coinbase },
  'coinbase-exchange': { text: 'query', segments: { order: uuid }, samples: coinbaseExchange },
  alpaca: { text: 'query', segments: { symbol_or_id: 'AAPL271217C00150000', id: uuid }, samples: alpaca },
  tradier: { text: 'form', segments: { account: 'VA00000001', order: '257459' }, samples: tradier },
  ibkr: {
    text: 'query',
    segments: { account: 'DU1234567', order: '1210386759', id: uuid },
    instruments: new Map([['265598', 'AAPL:265598']]),
    samples: ibkr,
  },
  hyperliquid: { text: 'query', instruments: new Map([['0', 'BTC']]), samples: hyperliquid },
};
