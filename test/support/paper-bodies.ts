// Every kind of order that a leaf accepts and its paper dialect trades, as each venue's clients write it: what a market takes in which
// unit, by which names; several at once; amendments of what is half filled.
import type { HttpRequest } from '../../src/core/http.js';
import { accountNumberOf as ibkrAccountOf } from '../../src/paper/ibkr/call.js';
import { accountNumberOf as tradierAccountOf } from '../../src/paper/tradier/call.js';
import { requestOf } from './venue-requests.js';

export type Side = 'buy' | 'sell';

/** One order to write. Prices and amounts are plain decimals, amounts in the unit that the market is ordered in. */
export interface Wish {
  /** `quote`: at the market, by what it costs or brings. */
  kind: 'limit' | 'market' | 'quote';
  side: Side;
  /** One of the market's names. */
  name: string;
  amount: string;
  /** Limit price; of orders at the market a worst price, for venues that want one. */
  price: string;
  /** Where there are two ways to say the same: the second. */
  isOther: boolean;
}

/** One market of a venue. */
export interface MarketCase {
  venue: string;
  what: string;
  /** The engine's symbol. */
  symbol: string;
  /** What amounts count: the engine's own unit (contracts), or base currency. */
  unit: 'engine' | 'base';
  /** The venue's spellings; all mean the same. */
  names: readonly string[];
  /** Sides that can be ordered by quote currency. */
  byQuote?: readonly Side[];
  /** Only what is held can be sold: it is bought before. */
  sellsHeld?: true;
  /** Sides, where not both. */
  sides?: readonly Side[];
  write(wish: Wish): HttpRequest;
  /** Several orders in one request. */
  batch?(wishes: readonly Wish[]): HttpRequest;
  /** Price and quantity of a resting order; `open` is what of it is not filled. */
  amend?(order: { id: string; total: string; open: string }, wish: Wish): HttpRequest;
  /** Whether `amend` gives what shall stay open, not the new total. */
  amendsOpen?: true;
  /** Of venues that number their markets. */
  instruments?: ReadonlyMap<string, string>;
}

const nowMs = 1_795_000_000_000;
const account = { id: 'a' };

export const jsonRequest = (url: string, body: object, method = 'POST') =>
  requestOf(method, url, [['content-type', 'application/json']], JSON.stringify(body));
export const formRequest = (url: string, fields: Record<string, string | undefined>, method = 'POST') =>
  requestOf(method, url, [['content-type', 'application/x-www-form-urlencoded']], formOf(fields));
const json = jsonRequest;
const form = formRequest;
const query = (url: string, fields: Record<string, string | undefined>, method = 'POST') =>
  requestOf(method, `${url}?${formOf(fields)}`);

function formOf(fields: Record<string, string | undefined>): string {
  const given = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return given.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&');
}

const isLimit = ({ kind }: Wish) => kind === 'limit';
const upper = ({ side }: Wish) => side.toUpperCase();
const capital = ({ side }: Wish) => (side === 'buy' ? 'Buy' : 'Sell');
const both: readonly Side[] = ['buy', 'sell'];

const okxUrl = 'https://www.okx.com/api/v5/trade';

/** A market order's `sz` is of the quote currency when it buys, of the base currency when it sells, unless tgtCcy says it. */
function okxTarget({ kind, side, isOther }: Wish): string | undefined {
  const usual = side === 'buy' ? 'quote' : 'market';
  if (kind === 'limit' || (kind === usual && !isOther)) return undefined;
  return kind === 'quote' ? 'quote_ccy' : 'base_ccy';
}

const okxSpot = (wish: Wish) => ({
  instId: wish.name,
  tdMode: 'cash',
  side: wish.side,
  ordType: isLimit(wish)
    ? wish.isOther
      ? 'post_only'
      : 'limit'
    : wish.isOther
      ? 'optimal_limit_ioc'
      : 'market',
  sz: wish.amount,
  px: isLimit(wish) ? wish.price : undefined,
  tgtCcy: okxTarget(wish),
});
const okxSwap = (wish: Wish) => ({
  ...okxSpot(wish),
  tdMode: wish.isOther ? 'isolated' : 'cross',
  tgtCcy: undefined,
});
const okxAmend: MarketCase['amend'] = ({ id, total }, { name, price }) =>
  json(`${okxUrl}/amend-order`, { instId: name, ordId: id, newSz: total, newPx: price });
/** Named as the engine names it, and counted so. */
const okxContract = (what: string, symbol: string): MarketCase => ({
  venue: 'okx',
  what,
  symbol,
  unit: 'engine',
  names: [symbol],
  write: (wish) => json(`${okxUrl}/order`, okxSwap(wish)),
  batch: (wishes) => json(`${okxUrl}/batch-orders`, wishes.map(okxSwap)),
  amend: okxAmend,
});

const binanceSpot = (wish: Wish) => ({
  symbol: wish.name,
  side: upper(wish),
  type: isLimit(wish) ? (wish.isOther ? 'LIMIT_MAKER' : 'LIMIT') : 'MARKET',
  timeInForce: isLimit(wish) && !wish.isOther ? 'GTC' : undefined,
  quantity: wish.kind === 'quote' ? undefined : wish.amount,
  quoteOrderQty: wish.kind === 'quote' ? wish.amount : undefined,
  price: isLimit(wish) ? wish.price : undefined,
  timestamp: String(nowMs),
});
const binanceFutures = (wish: Wish) => ({
  ...binanceSpot(wish),
  type: isLimit(wish) ? 'LIMIT' : 'MARKET',
  timeInForce: isLimit(wish) ? (wish.isOther ? 'GTX' : 'GTC') : undefined,
});
/** ccxt sends a form, others put everything in the query. */
const binanceSend = (
  url: string,
  fields: Record<string, string | undefined>,
  { isOther }: Wish,
  method?: string,
) => (isOther ? query(url, fields, method) : form(url, fields, method));
const binanceBook = (what: string, url: string, symbol: string, name: string, unit: 'engine' | 'base') =>
  ({
    venue: 'binance',
    what,
    symbol,
    unit,
    names: [name],
    write: (wish) => binanceSend(url, binanceFutures(wish), wish),
    ...(/^https:\/\/[fd]api/.test(url)
      ? {
          batch: (wishes: readonly Wish[]) =>
            form(url.replace(/order$/, 'batchOrders'), {
              batchOrders: JSON.stringify(
                wishes.map((wish) => ({ ...binanceFutures(wish), timestamp: undefined })),
              ),
              timestamp: String(nowMs),
            }),
        }
      : {}),
    amend: ({ id, total }, wish) =>
      binanceSend(
        url,
        {
          symbol: wish.name,
          orderId: id,
          side: upper(wish),
          quantity: total,
          price: wish.price,
          timestamp: String(nowMs),
        },
        wish,
        'PUT',
      ),
  }) satisfies MarketCase;

const bybitOrder = (category: 'spot' | 'linear' | 'inverse', wish: Wish) => {
  const usual = wish.side === 'buy' ? 'quote' : 'market';
  const isSaid = category === 'spot' && !isLimit(wish) && (wish.kind !== usual || wish.isOther);
  return {
    symbol: wish.name,
    side: capital(wish),
    orderType: isLimit(wish) ? 'Limit' : 'Market',
    qty: wish.amount,
    price: isLimit(wish) ? wish.price : undefined,
    timeInForce: isLimit(wish) && wish.isOther ? 'PostOnly' : undefined,
    marketUnit: isSaid ? (wish.kind === 'quote' ? 'quoteCoin' : 'baseCoin') : undefined,
  };
};
const bybitUrl = 'https://api.bybit.com/v5/order';
const bybit = (
  category: 'spot' | 'linear' | 'inverse',
  symbol: string,
  name = category === 'inverse' ? 'BTCUSD' : 'BTCUSDT',
): MarketCase => ({
  venue: 'bybit',
  what: name === 'BTCUSDH28' ? 'inverse dated' : category,
  symbol,
  unit: category === 'inverse' ? 'engine' : 'base',
  names: [name],
  ...(category === 'spot' ? { byQuote: both } : {}),
  write: (wish) => json(`${bybitUrl}/create`, { category, ...bybitOrder(category, wish) }),
  batch: (wishes) =>
    json(`${bybitUrl}/create-batch`, {
      category,
      request: wishes.map((wish) => bybitOrder(category, wish)),
    }),
  amend({ id, total }, { name, price, isOther }) {
    const change = { symbol: name, orderId: id, qty: total, price };
    return isOther
      ? json(`${bybitUrl}/amend-batch`, { category, request: [change] })
      : json(`${bybitUrl}/amend`, { category, ...change });
  },
});

const krakenUrl = 'https://api.kraken.com/0/private';
const krakenOrder = (wish: Wish) => ({
  type: wish.side,
  ordertype: isLimit(wish) ? 'limit' : 'market',
  volume: wish.amount,
  price: isLimit(wish) ? wish.price : undefined,
  oflags: wish.kind === 'quote' ? 'viqc' : isLimit(wish) && wish.isOther ? 'post' : undefined,
});

const futuresUrl = 'https://futures.kraken.com/derivatives/api/v3';
const krakenFutures = (wish: Wish) => ({
  symbol: wish.name,
  side: wish.side,
  orderType: isLimit(wish) ? (wish.isOther ? 'post' : 'lmt') : 'mkt',
  size: wish.amount,
  limitPrice: isLimit(wish) ? wish.price : undefined,
});
const krakenContract = (
  what: 'linear' | 'inverse' | 'inverse dated',
  symbol: string,
  name: string,
): MarketCase => ({
  venue: 'kraken-futures',
  what,
  symbol,
  unit: what === 'linear' ? 'base' : 'engine',
  names: [name, name.toLowerCase()],
  // ccxt puts the parameters in the query, others send a form.
  write: (wish) => (wish.isOther ? query : form)(`${futuresUrl}/sendorder`, krakenFutures(wish)),
  batch: (wishes) =>
    form(`${futuresUrl}/batchorder`, {
      json: JSON.stringify({
        batchOrder: wishes.map((wish, index) => ({
          order: 'send',
          order_tag: String(index),
          ...krakenFutures(wish),
        })),
      }),
    }),
  amendsOpen: true,
  amend: ({ id, open }, { price }) =>
    form(`${futuresUrl}/editorder`, { orderId: id, size: open, limitPrice: price }),
});

const hyperliquidUrl = 'https://api.hyperliquid.xyz/exchange';
/** At the market: a limit order far through the book that takes at once. */
const hyperliquidOrder = (wish: Wish) => ({
  a: Number(wish.name),
  b: wish.side === 'buy',
  p: wish.price,
  s: wish.amount,
  r: false,
  t: {
    limit: { tif: isLimit(wish) ? (wish.isOther ? 'Alo' : 'Gtc') : wish.isOther ? 'FrontendMarket' : 'Ioc' },
  },
});
const hyperliquid = (what: string, symbol: string, asset: string, name: string): MarketCase => ({
  venue: 'hyperliquid',
  what,
  symbol,
  unit: 'base',
  names: [asset],
  instruments: new Map([[asset, name]]),
  write: (wish) => hyperliquidAction({ type: 'order', orders: [hyperliquidOrder(wish)], grouping: 'na' }),
  batch: (wishes) =>
    hyperliquidAction({ type: 'order', orders: wishes.map(hyperliquidOrder), grouping: 'na' }),
  amendsOpen: true,
  amend: ({ id, open }, wish) => {
    const modify = { oid: Number(id), order: hyperliquidOrder({ ...wish, amount: open, isOther: false }) };
    return hyperliquidAction(
      wish.isOther ? { type: 'batchModify', modifies: [modify] } : { type: 'modify', ...modify },
    );
  },
});
const hyperliquidAction = (action: object) => json(hyperliquidUrl, { action, nonce: nowMs, signature: {} });

export const alpacaUrl = 'https://paper-api.alpaca.markets/v2/orders';
/** By shares, or by contracts; contracts are good for the day alone. */
const alpacaShares = (what: string, symbol: string, name: string): MarketCase => ({
  venue: 'alpaca',
  what,
  symbol,
  unit: 'base',
  names: [name],
  write: (wish) =>
    json(alpacaUrl, {
      symbol: wish.name,
      side: wish.side,
      type: isLimit(wish) ? 'limit' : 'market',
      time_in_force: wish.isOther && what !== 'option' ? 'gtc' : 'day',
      qty: wish.amount,
      limit_price: isLimit(wish) ? wish.price : undefined,
    }),
  amend: ({ id, total }, { price }) =>
    json(`${alpacaUrl}/${id}`, { qty: total, limit_price: price }, 'PATCH'),
});

export const tradierUrl = `https://sandbox.tradier.com/v1/accounts/${tradierAccountOf(account)}/orders`;
const tradier = (
  what: string,
  symbol: string,
  sides: Readonly<Partial<Record<Side, string>>>,
  fields: Record<string, string>,
): MarketCase => ({
  venue: 'tradier',
  what,
  symbol,
  unit: 'engine',
  names: ['F'],
  sides: both.filter((side) => sides[side] !== undefined),
  write: (wish) =>
    form(tradierUrl, {
      symbol: wish.name,
      ...fields,
      side: sides[wish.side],
      type: isLimit(wish) ? 'limit' : 'market',
      duration: 'day',
      quantity: wish.amount,
      price: isLimit(wish) ? wish.price : undefined,
    }),
  // The quantity never changes.
  amend: ({ id }, { price, isOther }) =>
    form(`${tradierUrl}/${id}`, { ...(isOther ? { type: 'limit', duration: 'day' } : {}), price }, 'PUT'),
});

export const ibkrUrl = `https://api.ibkr.com/v1/api/iserver/account/${ibkrAccountOf(account)}`;
const ibkrOrder = (wish: Wish) => ({
  conid: wish.isOther ? wish.name : Number(wish.name),
  secType: `${wish.name}:STK`,
  orderType: isLimit(wish) ? 'LMT' : 'MKT',
  side: upper(wish),
  tif: isLimit(wish) ? 'GTC' : 'DAY',
  quantity: Number(wish.amount),
  price: isLimit(wish) ? Number(wish.price) : undefined,
});

const coinbaseSize = ({ kind, amount }: Wish) =>
  kind === 'quote' ? { quote_size: amount } : { base_size: amount };

export const marketCases: readonly MarketCase[] = [
  {
    venue: 'okx',
    what: 'spot',
    symbol: 'BTC-USDT',
    unit: 'base',
    names: ['BTC-USDT'],
    byQuote: both,
    write: (wish) => json(`${okxUrl}/order`, okxSpot(wish)),
    batch: (wishes) => json(`${okxUrl}/batch-orders`, wishes.map(okxSpot)),
    amend: okxAmend,
  },
  okxContract('swap', 'ETH-USDT-SWAP'),
  okxContract('inverse', 'BTC-USD-SWAP'),
  okxContract('inverse dated', 'ETH-USD-280331'),
  {
    venue: 'binance',
    what: 'spot',
    symbol: 'BTC-USDT',
    unit: 'base',
    names: ['BTCUSDT'],
    byQuote: both,
    write: (wish) => binanceSend('https://api.binance.com/api/v3/order', binanceSpot(wish), wish),
  },
  {
    venue: 'binance',
    what: 'margin',
    symbol: 'ETH-USDT',
    unit: 'base',
    names: ['ETHUSDT'],
    byQuote: both,
    write: (wish) => binanceSend('https://api.binance.com/sapi/v1/margin/order', binanceSpot(wish), wish),
  },
  binanceBook('USDⓈ-M', 'https://fapi.binance.com/fapi/v1/order', 'BTC-USDT-SWAP', 'BTCUSDT', 'base'),
  binanceBook('COIN-M', 'https://dapi.binance.com/dapi/v1/order', 'ETH-USD-SWAP', 'ETHUSD_PERP', 'engine'),
  binanceBook(
    'COIN-M dated',
    'https://dapi.binance.com/dapi/v1/order',
    'BTC-USD-280331',
    'BTCUSD_280331',
    'engine',
  ),
  binanceBook(
    'portfolio UM',
    'https://papi.binance.com/papi/v1/um/order',
    'ETH-USDT-SWAP',
    'ETHUSDT',
    'base',
  ),
  binanceBook(
    'portfolio CM',
    'https://papi.binance.com/papi/v1/cm/order',
    'BTC-USD-SWAP',
    'BTCUSD_PERP',
    'engine',
  ),
  bybit('spot', 'BTC-USDT'),
  bybit('linear', 'BTC-USDT-SWAP'),
  bybit('inverse', 'BTC-USD1-SWAP'),
  bybit('inverse', 'BTC-USD1-280331', 'BTCUSDH28'),
  {
    venue: 'kraken',
    what: 'spot',
    symbol: 'BTC-USDT',
    unit: 'base',
    names: ['XBTUSDT', 'XBT/USDT', 'BTC/USDT', 'BTCUSDT'],
    byQuote: ['buy'],
    write: (wish) => form(`${krakenUrl}/AddOrder`, { nonce: '1', pair: wish.name, ...krakenOrder(wish) }),
    batch: (wishes) =>
      json(`${krakenUrl}/AddOrderBatch`, {
        nonce: '1',
        pair: wishes[0]?.name,
        orders: wishes.map(krakenOrder),
      }),
    amend: ({ id, total }, { price }) =>
      form(`${krakenUrl}/AmendOrder`, {
        nonce: '2',
        txid: id,
        order_qty: total,
        limit_price: price,
      }),
  },
  krakenContract('linear', 'BTC-USDT-SWAP', 'PF_XBTUSD'),
  krakenContract('inverse', 'ETH-USD1-SWAP', 'PI_ETHUSD'),
  krakenContract('inverse dated', 'ETH-USD1-280331', 'FI_ETHUSD_280331'),
  {
    venue: 'coinbase',
    what: 'spot',
    symbol: 'BTC-USDT',
    unit: 'base',
    names: ['BTC-USDT'],
    byQuote: ['buy'],
    write: (wish) =>
      json('https://api.coinbase.com/api/v3/brokerage/orders', {
        client_order_id: 'one',
        product_id: wish.name,
        side: upper(wish),
        order_configuration: isLimit(wish)
          ? {
              limit_limit_gtc: {
                ...coinbaseSize(wish),
                limit_price: wish.price,
                ...(wish.isOther ? { post_only: true } : {}),
              },
            }
          : { market_market_ioc: coinbaseSize(wish) },
      }),
    amend: ({ id, total }, { price }) =>
      json('https://api.coinbase.com/api/v3/brokerage/orders/edit', { order_id: id, size: total, price }),
  },
  {
    venue: 'coinbase-exchange',
    what: 'spot',
    symbol: 'BTC-USDT',
    unit: 'base',
    names: ['BTC-USDT'],
    byQuote: both,
    write: (wish) =>
      json('https://api.exchange.coinbase.com/orders', {
        type: isLimit(wish) ? 'limit' : 'market',
        post_only: isLimit(wish) && wish.isOther ? true : undefined,
        side: wish.side,
        product_id: wish.name,
        price: isLimit(wish) ? wish.price : undefined,
        size: wish.kind === 'quote' ? undefined : wish.amount,
        funds: wish.kind === 'quote' ? wish.amount : undefined,
      }),
  },
  {
    venue: 'alpaca',
    what: 'crypto',
    symbol: 'BTC-USDT',
    unit: 'base',
    names: ['BTC/USD', 'BTCUSD'],
    byQuote: both,
    write: (wish) =>
      json(alpacaUrl, {
        symbol: wish.name,
        side: wish.side,
        type: isLimit(wish) ? 'limit' : 'market',
        time_in_force: 'gtc',
        qty: wish.kind === 'quote' ? undefined : wish.amount,
        notional: wish.kind === 'quote' ? wish.amount : undefined,
        limit_price: isLimit(wish) ? wish.price : undefined,
      }),
    amend: ({ id, total }, { price }) =>
      json(`${alpacaUrl}/${id}`, { qty: total, limit_price: price }, 'PATCH'),
  },
  { ...alpacaShares('shares', 'F.US', 'F'), sellsHeld: true },
  { ...alpacaShares('short sale', 'F.US-SHORT', 'F'), sides: ['sell'] },
  { ...alpacaShares('option', 'F280121C00013000', 'F280121C00013000'), unit: 'engine', sides: ['buy'] },
  hyperliquid('spot', 'BTC-USDT', '10000', '@0'),
  hyperliquid('perpetual', 'BTC-USDT-SWAP', '0', 'BTC'),
  { ...tradier('shares', 'F.US', { buy: 'buy', sell: 'sell' }, { class: 'equity' }), sellsHeld: true },
  tradier('short sale', 'F.US-SHORT', { sell: 'sell_short' }, { class: 'equity' }),
  tradier(
    'option',
    'F280121C00013000',
    { buy: 'buy_to_open' },
    { class: 'option', option_symbol: 'F280121C00013000' },
  ),
  {
    venue: 'ibkr',
    what: 'shares',
    symbol: 'F.US',
    unit: 'engine',
    names: ['9599491'],
    instruments: new Map([['9599491', 'F:9599491']]),
    sellsHeld: true,
    write: (wish) => json(`${ibkrUrl}/orders`, { orders: [ibkrOrder(wish)] }),
    batch: (wishes) => json(`${ibkrUrl}/orders`, { orders: wishes.map(ibkrOrder) }),
    amend: ({ id, total }, wish) => json(`${ibkrUrl}/order/${id}`, ibkrOrder({ ...wish, amount: total })),
  },
];

/** Options of one share, bought to open together: so many units of so many contracts each. */
export interface Multileg {
  units: number;
  legs: readonly { option: string; ratio: number }[];
  /** Most that one unit may cost; at the market when absent. */
  price: string | undefined;
}

export const multilegs: Readonly<Record<'tradier' | 'alpaca', (order: Multileg) => HttpRequest>> = {
  tradier: ({ units, legs, price }) =>
    form(tradierUrl, {
      class: 'multileg',
      symbol: 'F',
      type: price === undefined ? 'market' : 'debit',
      duration: 'day',
      price,
      ...Object.fromEntries(
        legs.flatMap(({ option, ratio }, index) => [
          [`option_symbol[${index}]`, option],
          [`side[${index}]`, 'buy_to_open'],
          [`quantity[${index}]`, String(units * ratio)],
        ]),
      ),
    }),
  alpaca: ({ units, legs, price }) =>
    json(alpacaUrl, {
      order_class: 'mleg',
      qty: String(units),
      type: price === undefined ? 'market' : 'limit',
      limit_price: price,
      time_in_force: 'day',
      legs: legs.map(({ option, ratio }) => ({
        symbol: option,
        ratio_qty: String(ratio),
        side: 'buy',
        position_intent: 'buy_to_open',
      })),
    }),
};

/** A purchase on Binance's spot market, and the order that it starts when it is filled. */
export const orderListOf = (working: Wish, pending: Wish): HttpRequest =>
  form('https://api.binance.com/api/v3/orderList/oto', {
    symbol: working.name,
    workingType: 'LIMIT',
    workingTimeInForce: 'GTC',
    workingSide: upper(working),
    workingQuantity: working.amount,
    workingPrice: working.price,
    pendingType: 'LIMIT',
    pendingTimeInForce: 'GTC',
    pendingSide: upper(pending),
    pendingQuantity: pending.amount,
    pendingPrice: pending.price,
    timestamp: String(nowMs),
  });

/** The same at Tradier, of shares: the purchase at the market. */
export const linkedOf = (working: Wish, pending: Wish): HttpRequest => {
  const legs = [
    { symbol: working.name, side: working.side, quantity: working.amount, type: 'market' },
    {
      symbol: pending.name,
      side: pending.side,
      quantity: pending.amount,
      type: 'limit',
      price: pending.price,
    },
  ];
  const fields = legs.flatMap((leg, index) =>
    Object.entries(leg).map(([name, value]) => [`${name}[${index}]`, value] as const),
  );
  return form(tradierUrl, { class: 'oto', duration: 'gtc', ...Object.fromEntries(fields) });
};

/** Another order on Binance's spot market in the place of one that rests. */
export const replacementOf = (wish: Wish, cancelOrderId: string): HttpRequest =>
  form('https://api.binance.com/api/v3/order/cancelReplace', {
    symbol: wish.name,
    side: upper(wish),
    type: isLimit(wish) ? 'LIMIT' : 'MARKET',
    timeInForce: isLimit(wish) ? 'GTC' : undefined,
    quantity: wish.amount,
    price: isLimit(wish) ? wish.price : undefined,
    cancelReplaceMode: 'STOP_ON_FAILURE',
    cancelOrderId,
    timestamp: String(nowMs),
  });

/** Closes the whole of a position. */
export const closeAllOf = (instId: string): HttpRequest =>
  json(`${okxUrl}/close-position`, { instId, mgnMode: 'cross' });
