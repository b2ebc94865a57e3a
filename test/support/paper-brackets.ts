// Orders that bring their exits along, as each venue's clients write them.
import type { HttpRequest } from '../../src/core/http.js';
import {
  alpacaUrl,
  formRequest,
  ibkrUrl,
  jsonRequest,
  type MarketCase,
  marketCases,
  type Side,
  tradierUrl,
} from './paper-bodies.js';

/** An entry, at a price or at the market, and what closes it again. Prices and amounts are plain decimals. */
export interface Bracket {
  side: Side;
  name: string;
  amount: string;
  /** Limit price of the entry; at the market when absent. */
  price?: string;
  takeProfit: string;
  stopLoss: string;
}

export interface BracketCase {
  /** `venue what` of a market. */
  market: string;
  /** In which words, where there are several. */
  how: string;
  write(bracket: Bracket): HttpRequest;
  sides?: readonly Side[];
  /** How many orders the venue's list has once the entry is filled. */
  told: number;
  /** And while it rests; 1 when absent. */
  toldBefore?: number;
  /** Which exits it has. */
  exits?: 'stop';
}

const other = (side: Side): Side => (side === 'buy' ? 'sell' : 'buy');
const capital = (side: Side) => (side === 'buy' ? 'Buy' : 'Sell');
const upper = (side: Side) => side.toUpperCase();

const okx = (market: string, tdMode: string): BracketCase => ({
  market,
  how: 'attachAlgoOrds',
  told: 1,
  write: ({ side, name, amount, price, takeProfit, stopLoss }) =>
    jsonRequest('https://www.okx.com/api/v5/trade/order', {
      instId: name,
      tdMode,
      side,
      ordType: price === undefined ? 'market' : 'limit',
      sz: amount,
      px: price,
      ...(tdMode === 'cash' && price === undefined ? { tgtCcy: 'base_ccy' } : {}),
      attachAlgoOrds: [
        { tpTriggerPx: takeProfit, tpOrdPx: '-1', slTriggerPx: stopLoss, slOrdPx: '-1', sz: amount },
      ],
    }),
});

const bybit = (category: string, tpslMode?: string): BracketCase => ({
  market: `bybit ${category}`,
  how: tpslMode ?? 'tpsl',
  told: 2,
  write: ({ side, name, amount, price, takeProfit, stopLoss }) =>
    jsonRequest('https://api.bybit.com/v5/order/create', {
      category,
      symbol: name,
      side: capital(side),
      orderType: price === undefined ? 'Market' : 'Limit',
      qty: amount,
      price,
      marketUnit: category === 'spot' && price === undefined ? 'baseCoin' : undefined,
      takeProfit,
      stopLoss,
      tpslMode,
    }),
});

/** At the market: a limit far through the book that takes at once. */
const hyperliquidOrder = (name: string, side: Side, s: string, p: string, t: object, r = false) => ({
  a: Number(name),
  b: side === 'buy',
  p,
  s,
  r,
  t,
});

const alpaca = (what: string, entry: Side): BracketCase => ({
  market: `alpaca ${what}`,
  how: 'bracket',
  sides: [entry],
  told: 2,
  toldBefore: 3,
  write: ({ side, name, amount, price, takeProfit, stopLoss }) =>
    jsonRequest(alpacaUrl, {
      symbol: name,
      side,
      type: price === undefined ? 'market' : 'limit',
      time_in_force: 'gtc',
      qty: amount,
      limit_price: price,
      order_class: 'bracket',
      take_profit: { limit_price: takeProfit },
      stop_loss: { stop_price: stopLoss },
    }),
});

export const bracketCases: readonly BracketCase[] = [
  { ...okx('okx spot', 'cash'), sides: ['buy'] },
  okx('okx swap', 'cross'),
  alpaca('shares', 'buy'),
  alpaca('short sale', 'sell'),
  {
    market: 'tradier shares',
    how: 'otoco',
    sides: ['buy'],
    told: 1,
    write: ({ side, name, amount, price, takeProfit, stopLoss }) => {
      const legs = [
        { side, ...(price === undefined ? { type: 'market' } : { type: 'limit', price }) },
        { type: 'limit', side: other(side), price: takeProfit },
        { type: 'stop', side: other(side), stop: stopLoss },
      ];
      const fields = legs.flatMap((leg, index) =>
        Object.entries({ symbol: name, quantity: amount, ...leg }).map(
          ([key, value]) => [`${key}[${index}]`, value] as const,
        ),
      );
      return formRequest(tradierUrl, { class: 'otoco', duration: 'gtc', ...Object.fromEntries(fields) });
    },
  },
  { ...bybit('spot'), sides: ['buy'] },
  bybit('linear', 'Full'),
  bybit('linear', 'Partial'),
  {
    market: 'kraken spot',
    how: 'close[ordertype]',
    sides: ['buy'],
    told: 1,
    exits: 'stop',
    write: ({ side, name, amount, price, stopLoss }) =>
      formRequest('https://api.kraken.com/0/private/AddOrder', {
        nonce: '1',
        pair: name,
        type: side,
        ordertype: price === undefined ? 'market' : 'limit',
        volume: amount,
        price,
        'close[ordertype]': 'stop-loss',
        'close[price]': stopLoss,
      }),
  },
  {
    market: 'coinbase spot',
    how: 'attached_order_configuration',
    sides: ['buy'],
    told: 1,
    write: ({ side, name, amount, price, takeProfit, stopLoss }) =>
      jsonRequest('https://api.coinbase.com/api/v3/brokerage/orders', {
        client_order_id: 'one',
        product_id: name,
        side: upper(side),
        order_configuration:
          price === undefined
            ? { market_market_ioc: { base_size: amount } }
            : { limit_limit_gtc: { base_size: amount, limit_price: price } },
        attached_order_configuration: {
          trigger_bracket_gtc: { limit_price: takeProfit, stop_trigger_price: stopLoss },
        },
      }),
  },
  {
    market: 'hyperliquid perpetual',
    how: 'normalTpsl',
    told: 2,
    write: ({ side, name, amount, price, takeProfit, stopLoss }) => {
      const exit = (tpsl: 'tp' | 'sl', triggerPx: string) =>
        hyperliquidOrder(
          name,
          other(side),
          amount,
          triggerPx,
          { trigger: { isMarket: true, triggerPx, tpsl } },
          true,
        );
      const limit = { limit: { tif: price === undefined ? 'Ioc' : 'Gtc' } };
      const entry = hyperliquidOrder(name, side, amount, price ?? takeProfit, limit);
      return jsonRequest('https://api.hyperliquid.xyz/exchange', {
        action: {
          type: 'order',
          orders: [entry, exit('tp', takeProfit), exit('sl', stopLoss)],
          grouping: 'normalTpsl',
        },
        nonce: 1_795_000_000_000,
        signature: {},
      });
    },
  },
  {
    market: 'ibkr shares',
    how: 'parentId',
    sides: ['buy'],
    told: 2,
    toldBefore: 3,
    write: ({ side, name, amount, price, takeProfit, stopLoss }) => {
      const order = (orderType: string, its: Side, more: object) => ({
        conid: Number(name),
        secType: `${name}:STK`,
        orderType,
        side: upper(its),
        tif: 'GTC',
        quantity: Number(amount),
        ...more,
      });
      const entry =
        price === undefined
          ? order('MKT', side, { cOID: 'parent' })
          : order('LMT', side, { cOID: 'parent', price: Number(price) });
      return jsonRequest(`${ibkrUrl}/orders`, {
        orders: [
          entry,
          order('LMT', other(side), { parentId: 'parent', price: Number(takeProfit) }),
          order('STP', other(side), { parentId: 'parent', price: Number(stopLoss) }),
        ],
      });
    },
  },
];

export function marketOfBracket({ market }: BracketCase): MarketCase {
  const found = marketCases.find(({ venue, what }) => `${venue} ${what}` === market);
  if (found === undefined) throw new Error(`no market ${market}`);
  return found;
}
