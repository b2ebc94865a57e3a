// The venues as tests of the order path need them: for each kind of order request one order that rests far from the market.
import type { HttpAnswer, HttpRequest } from '../../src/core/http.js';
import { accountNumberOf as ibkrAccountOf } from '../../src/paper/ibkr/call.js';
import { accountNumberOf } from '../../src/paper/tradier/call.js';
import type { Environment, Venue } from '../../src/venues/venue.js';
import { okxHost } from './okx-client.js';
import { plainOrders } from './plain-orders.js';

/** A venue as these tests need it: an order that rests far from the market, written as its clients write it. */
export interface VenueCase {
  /** An order number as the venue writes it; a UUID when absent. */
  orderNumber?: string;
  /** Where a host serves live and demo alike and the account tells which. */
  environment?: Environment;
  /** What tells it from other cases of the venue. */
  name: string;
  venue: Venue;
  hosts: readonly string[];
  /** What a numbered market is called, where orders name it by number. */
  instruments?: ReadonlyMap<string, string>;
  /** Most levels of a side that the venue tells, where it is fewer than large orders need. */
  bookLevels?: number;
  /** Paths that the account has no right to, which the paper account behind it has. */
  closed?: RegExp;
  /** What the venue answers where the paper exchange behind it has no such operation. */
  answers?(request: HttpRequest): HttpAnswer | undefined;
  /** What an inverse contract is worth, in the currency of prices; other quantities are of the base currency. */
  contractSize?: string;
  /** Currency of prices; USDT when absent. */
  quote?: string;
  /** The venue does not say whether a key can withdraw. */
  isSilentOfWithdrawals?: true;
  /** A client order id in the venue's own form; as it is when absent. */
  clientId?(name: string): string;
  /** Without a client order id unless one is given. */
  order(
    clientOrderId?: string,
  ): Pick<HttpRequest, 'method' | 'path' | 'query'> & { type: string; body: string };
}

/** A key of Binance has futures of its own or those of portfolio margin; on paper it has both. */
const portfolioMargin = /^\/papi\//;
const ownFutures = /^\/[fd]api\/v\d\/(?:positionRisk|open(?:Algo)?Orders|order|algoOrder|account)/;

const far = { price: '50000', size: '0.001' };

const limit = `symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=${far.size}&price=${far.price}`;
/** Waits until the market falls far enough. */
const conditional =
  'algoType=CONDITIONAL&symbol=BTCUSDT&side=BUY&type=TAKE_PROFIT&timeInForce=GTC' +
  `&quantity=${far.size}&price=${far.price}&triggerPrice=${far.price}`;
const strategy =
  'symbol=BTCUSDT&side=BUY&strategyType=TAKE_PROFIT&timeInForce=GTC' +
  `&quantity=${far.size}&price=${far.price}&stopPrice=${far.price}`;
const inContracts = (text: string) =>
  text.replace('symbol=BTCUSDT', 'symbol=BTCUSD_PERP').replace(`quantity=${far.size}`, 'quantity=5');

/** All that a box of it opens, that of the order first. */
function binanceHostsFor(path: string): string[] {
  const family = /^\/([fdp]api)\//.exec(path)?.[1] ?? 'api';
  const own = `${family}.binance.com`;
  return [
    own,
    ...['api', 'fapi', 'dapi', 'papi'].map((one) => `${one}.binance.com`).filter((host) => host !== own),
  ];
}

export const orderOf = ({ hosts, order }: VenueCase, clientOrderId?: string): HttpRequest => {
  const { type, body, ...target } = order(clientOrderId);
  return {
    ...target,
    host: hosts[0] ?? '',
    port: 443,
    headers: body === '' ? [] : [['content-type', type]],
    body: Buffer.from(body),
  };
};

const json = 'application/json';
const form = 'application/x-www-form-urlencoded';

/** OKX's, which has a box of its own for most tests (order-box.ts). */
export const okxCase = (okx: Venue): VenueCase => ({
  name: 'okx',
  venue: okx,
  hosts: [okxHost],
  environment: 'demo',
  order: (clOrdId) => ({
    method: 'POST',
    path: '/api/v5/trade/order',
    query: '',
    type: json,
    body: JSON.stringify({
      instId: 'BTC-USDT',
      tdMode: 'cash',
      side: 'buy',
      ordType: 'limit',
      sz: far.size,
      px: far.price,
      clOrdId,
    }),
  }),
});

export const casesOf = (venues: Readonly<Record<string, Venue>>): VenueCase[] => {
  const need = (id: string): Venue => {
    const venue = venues[id];
    if (venue === undefined) throw new Error(`no venue ${id}`);
    return venue;
  };
  const post = { method: 'POST', query: '' };
  /** An order that a form says; `idName` is that of its client order id. */
  const inForm = (path: string, order: string, idName: string): VenueCase['order'] => {
    return (id) => ({
      ...post,
      path,
      type: form,
      body: order + (id === undefined ? '' : `&${idName}=${id}`),
    });
  };
  const binance = (name: string, path: string, order: string, idName = 'newClientOrderId'): VenueCase => ({
    name,
    venue: need('binance'),
    hosts: binanceHostsFor(path),
    closed: path.startsWith('/papi/') ? ownFutures : portfolioMargin,
    ...(order.includes('USD_PERP') ? { quote: 'USD', contractSize: '100' } : {}),
    order: inForm(path, order, idName),
  });
  return [
    binance('binance', '/api/v3/order', limit),
    binance('binance margin', '/sapi/v1/margin/order', limit),
    binance('binance futures', '/fapi/v1/order', limit),
    binance('binance conditional', '/fapi/v1/algoOrder', conditional, 'clientAlgoId'),
    binance('binance portfolio conditional', '/papi/v1/um/algo/order', conditional, 'clientAlgoId'),
    binance('binance coin conditional', '/dapi/v1/algoOrder', inContracts(conditional), 'clientAlgoId'),
    binance('binance portfolio strategy', '/papi/v1/um/conditional/order', strategy, 'newClientStrategyId'),
    binance(
      'binance portfolio coin strategy',
      '/papi/v1/cm/conditional/order',
      inContracts(strategy),
      'newClientStrategyId',
    ),
    binance('binance coin futures', '/dapi/v1/order', inContracts(limit)),
    binance('binance portfolio margin', '/papi/v1/um/order', limit),
    {
      name: 'bybit',
      venue: need('bybit'),
      hosts: ['api.bybit.com'],
      order: (orderLinkId) => ({
        ...post,
        path: '/v5/order/create',
        type: json,
        body: JSON.stringify({
          category: 'spot',
          symbol: 'BTCUSDT',
          side: 'Buy',
          orderType: 'Limit',
          qty: far.size,
          price: far.price,
          orderLinkId,
        }),
      }),
    },
    {
      name: 'kraken',
      venue: need('kraken'),
      hosts: ['api.kraken.com'],
      order: inForm(
        '/0/private/AddOrder',
        `nonce=1&pair=XBTUSDT&type=buy&ordertype=limit&volume=${far.size}&price=${far.price}`,
        'cl_ord_id',
      ),
    },
    {
      name: 'kraken-futures',
      venue: need('kraken-futures'),
      hosts: ['futures.kraken.com'],
      quote: 'USD',
      order: (id) => ({
        ...post,
        path: '/derivatives/api/v3/sendorder',
        query:
          `symbol=PF_XBTUSD&side=buy&orderType=lmt&size=${far.size}&limitPrice=${far.price}` +
          (id === undefined ? '' : `&cliOrdId=${id}`),
        type: form,
        body: '',
      }),
    },
    {
      name: 'coinbase',
      venue: need('coinbase'),
      hosts: ['api.coinbase.com'],
      order: (client_order_id) => ({
        ...post,
        path: '/api/v3/brokerage/orders',
        type: json,
        body: JSON.stringify({
          client_order_id,
          product_id: 'BTC-USDT',
          side: 'BUY',
          order_configuration: { limit_limit_gtc: { base_size: far.size, limit_price: far.price } },
        }),
      }),
    },
    {
      name: 'hyperliquid',
      venue: need('hyperliquid'),
      hosts: ['api.hyperliquid.xyz'],
      instruments: new Map([['0', 'BTC']]),
      bookLevels: 20,
      quote: 'USDC',
      clientId: (name) => `0x${Buffer.from(name).toString('hex').padStart(32, '0')}`,
      order: (c) => ({
        ...post,
        path: '/exchange',
        type: json,
        body: JSON.stringify({
          action: {
            type: 'order',
            orders: [{ a: 0, b: true, p: far.price, s: far.size, r: false, t: { limit: { tif: 'Gtc' } }, c }],
            grouping: 'na',
          },
          nonce: 1,
          signature: {},
        }),
      }),
    },
    {
      name: 'coinbase-exchange',
      venue: need('coinbase-exchange'),
      hosts: ['api.exchange.coinbase.com'],
      isSilentOfWithdrawals: true,
      clientId: (name) => `00000000-0000-4000-8000-${Buffer.from(name).toString('hex').padStart(12, '0')}`,
      order: (client_oid) => ({
        ...post,
        path: '/orders',
        type: json,
        body: JSON.stringify({
          type: 'limit',
          side: 'buy',
          product_id: 'BTC-USDT',
          price: far.price,
          size: far.size,
          client_oid,
        }),
      }),
    },
    {
      name: 'alpaca',
      quote: 'USD',
      isSilentOfWithdrawals: true,
      venue: need('alpaca'),
      hosts: ['paper-api.alpaca.markets', 'data.alpaca.markets'],
      order: (client_order_id) => ({
        ...post,
        path: '/v2/orders',
        type: json,
        body: JSON.stringify({
          symbol: 'BTC/USD',
          side: 'buy',
          type: 'limit',
          time_in_force: 'gtc',
          qty: far.size,
          limit_price: far.price,
          client_order_id,
        }),
      }),
    },
    {
      name: 'tradier',
      bookLevels: 1,
      quote: 'USD',
      isSilentOfWithdrawals: true,
      venue: need('tradier'),
      hosts: ['sandbox.tradier.com'],
      orderNumber: '257459',
      order: inForm(
        `/v1/accounts/${accountNumberOf({ id: 'paper' })}/orders`,
        'class=equity&symbol=AAPL&side=buy&quantity=1&type=limit&duration=gtc&price=150',
        'tag',
      ),
    },
    {
      name: 'ibkr',
      quote: 'USD',
      isSilentOfWithdrawals: true,
      bookLevels: 1,
      venue: need('ibkr'),
      hosts: ['api.ibkr.com'],
      environment: 'demo',
      instruments: new Map([['265598', 'AAPL:265598']]),
      orderNumber: '1210386759',
      order: (cOID) => ({
        ...post,
        path: `/v1/api/iserver/account/${ibkrAccountOf({ id: 'paper' })}/orders`,
        type: json,
        body: JSON.stringify({
          orders: [{ ...plainOrders.ibkr, cOID }],
        }),
      }),
    },
  ];
};
