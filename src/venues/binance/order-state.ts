// What Binance tells of one order: its state, and what its fills cost, which only the account's trades say.
// Sources: binance-spot-api-docs rest-api.md, "Query order", "Account trade list"; developers.binance.com USDⓈ-M and COIN-M Futures,
// "Query Order", "Query Algo Order", "Account Trade List" (`commission` positive when paid, `commissionAsset`, `qty`, `orderId`; at most 1,000 rows).
import type { Decimal } from '../../core/decimal.js';
import type { VenueAnswer, VenueCall, VenueOrderState } from '../admin.js';
import type { StrictObject } from '../json-strict.js';
import { feeInQuote } from '../order-fee.js';
import {
  type CallParts,
  idIn,
  jsonOf,
  objectOf,
  orderStateOf,
  priceIn,
  readAll,
  rowsOf,
  signedIn,
  textIn,
  unsignedIn,
  zero,
} from '../venue-answers.js';
import type { AlgoList } from './books.js';

/** The two questions, signed, at the book that took the order. */
export interface OrderQuestions {
  instrument: string;
  order: CallParts;
  /** Its trades, by the venue's number of the order. */
  trades(number: string): CallParts;
  /** It is the plain order that a conditional one became: its number, and how the conditional one is named. */
  triggered?: { number: string; as: Pick<VenueOrderState, 'venueOrderId' | 'clientOrderId'> };
}

// errors.md: -2013 no such order.
const absentCode = '-2013';
const mostTrades = 1_000;
export const tradesQuery = (instrument: string, number: string): string =>
  `symbol=${instrument}&orderId=${number}&limit=${mostTrades}`;

export function askOrder(questions: OrderQuestions): VenueCall<VenueOrderState | 'absent'> {
  const { instrument, order, trades, triggered } = questions;
  return {
    ...order,
    read: (answer) => {
      const row = objectOf(answer);
      // An order that was triggered is there.
      if (textIn(row, 'code') === absentCode) return triggered === undefined ? 'absent' : undefined;
      const state = row === undefined ? undefined : orderState(row);
      return state && triggered ? { ...state, ...triggered.as } : state;
    },
    follow: (state) => {
      if (state === 'absent' || !state.filled.gt(zero)) return undefined;
      const number = triggered?.number ?? state.venueOrderId;
      // Whatever the trades say, the order's state is told.
      return { ...trades(number), read: (answer) => withFee({ state, number, instrument }, answer) };
    },
  };
}

/** A conditional order as it waits, and the number of the plain one that it became. */
interface AlgoState extends VenueOrderState {
  became?: string;
}

// USDⓈ-M "Event: Algo Order Update": FINISHED is "filled or cancelled in the matching engine", which the plain order tells. Portfolio
// Margin's strategies spell CANCELLED both ways (ccxt 4.5.84 binance parseOrder) and name the plain order once they are TRIGGERED.
const algoStates: Readonly<Record<string, VenueOrderState['state']>> = {
  NEW: 'resting',
  TRIGGERING: 'resting',
  TRIGGERED: 'resting',
  FINISHED: 'resting',
  CANCELED: 'canceled',
  CANCELLED: 'canceled',
  EXPIRED: 'canceled',
  REJECTED: 'rejected',
};

/**
 * A conditional order: its own state until it is triggered, then that of the plain order that it became, under its own names.
 * `orders` are the questions about it, in turn: it is absent when none of those asked knows it. One may answer with a list.
 */
export function askAlgo({
  orders: [order, ...others],
  names,
  named,
  plain,
}: {
  orders: readonly [CallParts, ...CallParts[]];
  names: AlgoList['names'];
  /** Among those of a list. */
  named: { venueOrderId?: string | undefined; clientOrderId?: string | undefined };
  plain(number: string): OrderQuestions;
}): VenueCall<VenueOrderState | 'absent'> {
  const isNamed = (row: StrictObject) =>
    named.venueOrderId === undefined
      ? textIn(row, names.client) === named.clientOrderId
      : idIn(row, names.id) === named.venueOrderId;
  return {
    ...order,
    read: (answer): AlgoState | 'absent' | undefined => {
      const listed = rowsOf(jsonOf(answer));
      const row = listed === undefined ? objectOf(answer) : listed.find(isNamed);
      if (textIn(row, 'code') === absentCode || (listed !== undefined && row === undefined)) return 'absent';
      const state = orderStateOf({
        state: algoStates[textIn(row, names.state) ?? ''],
        venueOrderId: idIn(row, names.id),
        filled: zero,
        averagePrice: undefined,
        clientOrderId: idIn(row, names.client),
      });
      const number = idIn(row, names.became);
      if (state !== undefined && number !== undefined && number !== '0') return { ...state, became: number };
      // What ended in the book and does not say as which order is not known.
      return textIn(row, names.state) === 'FINISHED' ? undefined : state;
    },
    follow: (state: AlgoState | 'absent') => {
      const [next, ...rest] = others;
      if (state === 'absent')
        return next === undefined ? undefined : askAlgo({ orders: [next, ...rest], names, named, plain });
      if (state.became === undefined) return undefined;
      const { became, venueOrderId, clientOrderId } = state;
      const as = { venueOrderId, ...(clientOrderId === undefined ? {} : { clientOrderId }) };
      return askOrder({ ...plain(became), triggered: { number: became, as } });
    },
  };
}

const states: Readonly<Record<string, VenueOrderState['state']>> = {
  NEW: 'resting',
  PENDING_NEW: 'resting',
  PARTIALLY_FILLED: 'resting',
  PENDING_CANCEL: 'resting',
  FILLED: 'filled',
  CANCELED: 'canceled',
  EXPIRED: 'canceled',
  EXPIRED_IN_MATCH: 'canceled',
  REJECTED: 'rejected',
};

function orderState(row: StrictObject): VenueOrderState | undefined {
  const filled = unsignedIn(row, 'executedQty');
  const spent = unsignedIn(row, 'cummulativeQuoteQty');
  const average =
    spent !== undefined && filled?.gt(zero) === true ? spent.div(filled) : priceIn(row, 'avgPrice');
  return orderStateOf({
    state: states[textIn(row, 'status') ?? ''],
    venueOrderId: idIn(row, 'orderId'),
    filled,
    averagePrice: average?.round(12, 2),
    clientOrderId: idIn(row, 'clientOrderId'),
  });
}

/** The fee counts only when the trades account for all that is filled, each charged in base or quote currency. */
function withFee(
  { state, number, instrument }: { state: VenueOrderState; number: string; instrument: string },
  answer: VenueAnswer,
): VenueOrderState {
  const { averagePrice } = state;
  const trades = readAll(rowsOf(jsonOf(answer)), (row) => {
    const quantity = unsignedIn(row, 'qty');
    if (quantity === undefined || idIn(row, 'orderId') !== number) return undefined;
    const { base, quote } = currenciesOf(instrument, idIn(row, 'commissionAsset'));
    const fee = feeInQuote(signedIn(row, 'commission'), idIn(row, 'commissionAsset'), {
      base,
      quote,
      averagePrice: priceIn(row, 'price') ?? averagePrice,
    });
    return fee === undefined ? undefined : { quantity, fee };
  });
  if (trades === undefined) return state;
  const sum = (pick: (trade: { quantity: Decimal; fee: Decimal }) => Decimal) =>
    trades.reduce((total, trade) => total.plus(pick(trade)), zero);
  if (!sum(({ quantity }) => quantity).eq(state.filled)) return state;
  return { ...state, fee: sum(({ fee }) => fee) };
}

/** What pairs are quoted in: a symbol does not say where its base ends. */
const quotes: ReadonlySet<string> = new Set(
  'USDT USDC FDUSD TUSD DAI BTC ETH BNB EUR TRY BRL JPY MXN ARS COP ZAR PLN RON CZK UAH USD'.split(' '),
);

/** Of a symbol and one of its two currencies; empty where it is neither. `BTCUSD_PERP` and `BTCUSD_261225` are quoted in USD. */
function currenciesOf(symbol: string, currency = ''): { base: string; quote: string } {
  const pair = symbol.replace(/_(?:PERP|\d{6})$/, '');
  const isBase = currency !== '' && pair.startsWith(currency) && quotes.has(pair.slice(currency.length));
  if (isBase) return { base: currency, quote: pair.slice(currency.length) };
  const isQuote = quotes.has(currency) && pair.endsWith(currency) && pair.length > currency.length;
  return isQuote ? { base: pair.slice(0, -currency.length), quote: currency } : { base: '', quote: '' };
}
