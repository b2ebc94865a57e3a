// Orders that wait for a price, written as each venue's clients write them, and what becomes of them as the paper market moves.

import { fixedClock } from '../../src/core/clock.js';
import { type Decimal, decimal, formatDecimal } from '../../src/core/decimal.js';
import type { HttpRequest } from '../../src/core/http.js';
import { accountNumberOf as ibkrAccountOf } from '../../src/paper/ibkr/call.js';
import { accountNumberOf } from '../../src/paper/tradier/call.js';
import type { Venue } from '../../src/venues/venue.js';
import { casesOf, type VenueCase } from './venue-cases.js';
import { venueDesk } from './venue-order-box.js';

export interface WaitingOrder {
  side: 'buy' | 'sell';
  /** Limited ones have a price. */
  kind: 'stop' | 'take-profit';
  size: string;
  trigger: string;
  price?: string;
  id: string;
}

export interface StopCase {
  /** Of a case of `venue-cases`. */
  name: string;
  /** The operation's request but for its authentication; undefined where the venue has no such order. */
  write(order: WaitingOrder): Pick<HttpRequest, 'path' | 'query'> & { type: string; body: string };
  kinds: readonly WaitingOrder['kind'][];
  size: string;
  /** What the account can do without holding anything; it sells when absent. */
  side?: 'buy';
  /** Of prices, 0 when absent. */
  digits?: number;
  /** Every one that waits has a price of its own. */
  isLimited?: true;
}

const json = 'application/json';
const form = 'application/x-www-form-urlencoded';
const upper = (text: string) => text.toUpperCase();
const formOf = (fields: Record<string, string | undefined>): string =>
  Object.entries(fields)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join('&');

const both = ['stop', 'take-profit'] as const;

const strategy = ['strategyType', 'stopPrice', 'newClientStrategyId'] as const;

/** Binance's; last the names of a kind, a trigger and an id. */
const conditional = (
  path: string,
  symbol = 'BTCUSDT',
  [kindName, triggerName, idName]: readonly [string, string, string] = [
    'type',
    'triggerPrice',
    'clientAlgoId',
  ],
): Pick<StopCase, 'write' | 'kinds' | 'size'> => ({
  kinds: both,
  size: symbol === 'BTCUSDT' ? '0.01' : '5',
  write: ({ side, kind, size, trigger, price, id }) => ({
    path,
    query: '',
    type: form,
    body: formOf({
      ...(kindName === 'type' ? { algoType: 'CONDITIONAL' } : {}),
      symbol,
      side: upper(side),
      [kindName]: `${kind === 'stop' ? 'STOP' : 'TAKE_PROFIT'}${price === undefined ? '_MARKET' : ''}`,
      quantity: size,
      [triggerName]: trigger,
      price,
      timeInForce: price && 'GTC',
      [idName]: id,
    }),
  }),
});

export const stopCases: readonly StopCase[] = [
  {
    name: 'binance',
    kinds: both,
    size: '0.01',
    write: ({ side, kind, size, trigger, price, id }) => ({
      path: '/api/v3/order',
      query: '',
      type: form,
      body: formOf({
        symbol: 'BTCUSDT',
        side: upper(side),
        type: `${kind === 'stop' ? 'STOP_LOSS' : 'TAKE_PROFIT'}${price === undefined ? '' : '_LIMIT'}`,
        quantity: size,
        stopPrice: trigger,
        price,
        timeInForce: price && 'GTC',
        newClientOrderId: id,
      }),
    }),
  },
  {
    name: 'bybit',
    kinds: both,
    size: '0.01',
    write: ({ side, kind, size, trigger, price, id }) => ({
      path: '/v5/order/create',
      query: '',
      type: json,
      body: JSON.stringify({
        category: 'spot',
        symbol: 'BTCUSDT',
        side: side === 'buy' ? 'Buy' : 'Sell',
        orderType: price === undefined ? 'Market' : 'Limit',
        qty: size,
        price,
        triggerPrice: trigger,
        triggerDirection: (kind === 'stop') === (side === 'sell') ? 2 : 1,
        orderFilter: 'StopOrder',
        orderLinkId: id,
      }),
    }),
  },
  {
    name: 'kraken',
    kinds: both,
    size: '0.01',
    write: ({ side, kind, size, trigger, price, id }) => ({
      path: '/0/private/AddOrder',
      query: '',
      type: form,
      body: formOf({
        nonce: '1',
        pair: 'XBTUSDT',
        type: side,
        ordertype: `${kind === 'stop' ? 'stop-loss' : 'take-profit'}${price === undefined ? '' : '-limit'}`,
        volume: size,
        price: trigger,
        price2: price,
        cl_ord_id: id,
      }),
    }),
  },
  {
    name: 'kraken-futures',
    kinds: both,
    size: '0.01',
    write: ({ side, kind, size, trigger, price, id }) => ({
      path: '/derivatives/api/v3/sendorder',
      query: formOf({
        symbol: 'PF_XBTUSD',
        side,
        orderType: kind === 'stop' ? 'stp' : 'take_profit',
        size,
        stopPrice: trigger,
        limitPrice: price,
        cliOrdId: id,
      }),
      type: form,
      body: '',
    }),
  },
  {
    name: 'coinbase',
    kinds: both,
    size: '0.01',
    isLimited: true,
    write: ({ side, kind, size, trigger, price, id }) => ({
      path: '/api/v3/brokerage/orders',
      query: '',
      type: json,
      body: JSON.stringify({
        client_order_id: id,
        product_id: 'BTC-USDT',
        side: upper(side),
        order_configuration: {
          stop_limit_stop_limit_gtc: {
            base_size: size,
            limit_price: price,
            stop_price: trigger,
            stop_direction: `STOP_DIRECTION_STOP_${(kind === 'stop') === (side === 'sell') ? 'DOWN' : 'UP'}`,
          },
        },
      }),
    }),
  },
  {
    name: 'coinbase-exchange',
    kinds: both,
    size: '0.01',
    isLimited: true,
    write: ({ side, kind, size, trigger, price, id }) => ({
      path: '/orders',
      query: '',
      type: json,
      body: JSON.stringify({
        type: 'limit',
        side,
        product_id: 'BTC-USDT',
        price,
        size,
        stop: (kind === 'stop') === (side === 'sell') ? 'loss' : 'entry',
        stop_price: trigger,
        client_oid: id,
      }),
    }),
  },
  {
    name: 'alpaca',
    kinds: ['stop'],
    size: '0.01',
    isLimited: true,
    write: ({ side, size, trigger, price, id }) => ({
      path: '/v2/orders',
      query: '',
      type: json,
      body: JSON.stringify({
        symbol: 'BTC/USD',
        side,
        type: 'stop_limit',
        time_in_force: 'gtc',
        qty: size,
        stop_price: trigger,
        limit_price: price,
        client_order_id: id,
      }),
    }),
  },
  {
    name: 'hyperliquid',
    kinds: both,
    size: '0.01',
    write: ({ side, kind, size, trigger, price, id }) => ({
      path: '/exchange',
      query: '',
      type: json,
      body: JSON.stringify({
        action: {
          type: 'order',
          orders: [
            {
              a: 0,
              b: side === 'buy',
              p: price ?? trigger,
              s: size,
              r: false,
              t: {
                trigger: {
                  isMarket: price === undefined,
                  triggerPx: trigger,
                  tpsl: kind === 'stop' ? 'sl' : 'tp',
                },
              },
              c: id,
            },
          ],
          grouping: 'na',
        },
        nonce: 1,
        signature: {},
      }),
    }),
  },
  {
    name: 'tradier',
    kinds: ['stop'],
    size: '1',
    side: 'buy',
    digits: 2,
    write: ({ side, size, trigger, price, id }) => ({
      path: `/v1/accounts/${accountNumberOf({ id: 'paper' })}/orders`,
      query: '',
      type: form,
      body: formOf({
        class: 'equity',
        symbol: 'AAPL',
        side,
        quantity: size,
        type: price === undefined ? 'stop' : 'stop_limit',
        duration: 'gtc',
        stop: trigger,
        price,
        tag: id,
      }),
    }),
  },
  {
    name: 'ibkr',
    kinds: ['stop'],
    size: '1',
    side: 'buy',
    digits: 2,
    write: ({ side, size, trigger, price, id }) => ({
      path: `/v1/api/iserver/account/${ibkrAccountOf({ id: 'paper' })}/orders`,
      query: '',
      type: json,
      body: JSON.stringify({
        orders: [
          {
            conid: 265598,
            secType: '265598:STK',
            orderType: price === undefined ? 'STP' : 'STOP_LIMIT',
            side: upper(side),
            tif: 'GTC',
            quantity: Number(size),
            ...(price === undefined ? { price: trigger } : { price, auxPrice: trigger }),
            cOID: id,
          },
        ],
      }),
    }),
  },
  { name: 'binance conditional', ...conditional('/fapi/v1/algoOrder') },
  { name: 'binance portfolio conditional', ...conditional('/papi/v1/um/algo/order') },
  { name: 'binance coin conditional', ...conditional('/dapi/v1/algoOrder', 'BTCUSD_PERP') },
  {
    name: 'binance portfolio strategy',
    ...conditional('/papi/v1/um/conditional/order', 'BTCUSDT', strategy),
  },
  {
    name: 'binance portfolio coin strategy',
    ...conditional('/papi/v1/cm/conditional/order', 'BTCUSD_PERP', strategy),
  },
];

const at = { environment: 'paper' } as const;

const fallingMs = 1_795_000_000_000;
/** When the coin of the seed rises within minutes; else that takes it a day, and each minute is asked for. */
const risingMs = fallingMs + 804 * 60_000;

/** A desk at the venue whose clock the test moves, from where the market soon goes the way that is waited for. */
export function stopDesk(one: StopCase, venues: readonly Venue[], { rises = false } = {}) {
  const known = casesOf(Object.fromEntries(venues.map((venue) => [venue.id, venue])));
  const venueCase = known.find(({ name }) => name === one.name);
  if (venueCase === undefined) throw new Error(`no case ${one.name}`);
  const clock = fixedClock(rises ? risingMs : fallingMs);
  const desk = venueDesk(venueCase, clock, 'stops');
  const { ask, send, admin } = desk;
  const instrument = instrumentOf(venueCase);
  const id = (name: string) => venueCase.clientId?.(name) ?? name;
  let operation = '';
  const last = (): Decimal => ask(admin.referencePrice(at, instrument))?.last ?? decimal('0');

  function place(order: Omit<WaitingOrder, 'size' | 'id' | 'trigger'> & { trigger: Decimal; id: string }) {
    const { type, body, path, query } = one.write({
      ...order,
      size: one.size,
      id: id(order.id),
      trigger: formatDecimal(order.trigger),
    });
    const request = {
      method: 'POST',
      host: venueCase?.hosts[0] ?? '',
      port: 443,
      path,
      query,
      headers: body === '' ? [] : ([['content-type', type]] as const),
      body: Buffer.from(body),
    };
    operation = venueCase?.venue.classify(request).operation ?? '';
    const answer = send(request);
    return { answer, placed: admin.readPlaced(answer) };
  }
  const stateOf = (name: string) =>
    ask(admin.findOrder(at, { instrument, operation, clientOrderId: id(name) }));

  /** Names of what rests, through all lists. */
  function resting(): readonly string[] {
    const found: string[] = [];
    for (let page: string | undefined, count = 0; count < 20; count += 1) {
      const step = ask(admin.openOrders(at, page));
      if (step === undefined) throw new Error('the list was not understood');
      found.push(...step.orders.map(({ clientOrderId }) => clientOrderId ?? ''));
      page = step.next;
      if (page === undefined) break;
    }
    return found;
  }

  /** Minute by minute until it holds; throws when it does not within two days. */
  function waitUntil(holds: () => boolean): void {
    for (let minute = 0; minute < 2880; minute += 1) {
      if (holds()) return;
      clock.set(clock.nowMs() + 60_000);
    }
    throw new Error('the market never came there');
  }
  return { clock, last, place, stateOf, resting, waitUntil, id, ...desk };
}

function instrumentOf({ venue, hosts, order, instruments }: VenueCase): string {
  const { type, body, ...target } = order();
  const request = {
    ...target,
    host: hosts[0] ?? '',
    port: 443,
    headers: [['content-type', type]] as const,
    body: Buffer.from(body),
  };
  const parsed = venue.parseOrders(request, { account: 'paper', ...at, ...(instruments && { instruments }) });
  return parsed.ok ? (parsed.intents[0]?.instrument ?? '') : '';
}
