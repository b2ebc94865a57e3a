// The sidecar's own calls to Coinbase Advanced Trade: orders, futures positions, prices.
// Source: docs.cdp.coinbase.com Advanced Trade REST reference: list-orders, get-order, cancel-order, close-position,
// list-futures-positions, get-public-market-trades, get-public-product; coinbase-api 1.2.6 types.
import { randomUUID } from 'node:crypto';
import type { Decimal } from '../../core/decimal.js';
import type { Environment } from '../../core/order.js';
import type {
  AdminPlace,
  PlacedOrder,
  ReferencePrice,
  RestingOrder,
  VenueAdmin,
  VenueAnswer,
  VenueCall,
  VenueOrderState,
} from '../admin.js';
import { formatStrictJson, isStrictObject, parseStrictJson, type StrictObject } from '../json-strict.js';
import { dropUndefined } from '../order-fields.js';
import {
  type CallParts,
  closedBy,
  idIn,
  keyFlags,
  millisIn,
  objectIn,
  objectOf,
  one,
  onlyAccount,
  orderStateOf,
  ownRequest,
  priceIn,
  readAll,
  restingOrderOf,
  rowsOf,
  sideOf,
  signedAt,
  signedIn,
  textIn,
  unsignedIn,
  zero,
} from '../venue-answers.js';
import { balances } from './balances.js';
import * as depth from './depth.js';
import { ordersPath } from './operations.js';

const brokerage = '/api/v3/brokerage';
const host: Readonly<Record<Environment, string>> = {
  live: 'api.coinbase.com',
  paper: 'api.coinbase.com',
  demo: 'api-sandbox.coinbase.com',
};
const signed = signedAt(host);
const pageSize = 250;
/** The order is none of ours, or its cancel is on its way. */
const goneReasons: ReadonlySet<string> = new Set(['UNKNOWN_CANCEL_ORDER', 'DUPLICATE_CANCEL_REQUEST']);

export const admin: VenueAdmin = {
  // "Advanced Trade API Sandbox": only accounts and orders, "all responses are static and pre-defined".
  listless: ['demo'],
  // "Get API Key Permissions": `can_transfer` moves money out of the portfolio.
  keyFacts: (at) => ({
    ...signed('GET', at, `${brokerage}/key_permissions`),
    read: (answer) => {
      const key = objectOf(answer);
      const rights = ['can_view', 'can_trade', 'can_transfer'].filter((name) => key?.get(name) === true);
      return keyFlags(
        { canWithdraw: key?.get('can_transfer'), canTrade: key?.get('can_trade') },
        { venueAccounts: onlyAccount(idIn(key, 'portfolio_uuid')), rights },
      );
    },
  }),
  // "Get Server Time". The sandbox's answers are canned, so the time in one would be none (docs.cdp.coinbase.com, "Sandbox").
  serverTime: (at) => ({
    request: ownRequest('GET', host[at.environment], `${brokerage}/time`),
    isPublic: true,
    read: (answer) => (at.environment === 'demo' ? undefined : millisIn(objectOf(answer), 'epochMillis')),
  }),
  openOrders: (at, page) => {
    const cursor = page === undefined ? '' : `&cursor=${encodeURIComponent(page)}`;
    return {
      ...signed('GET', at, `${ordersPath}/historical/batch?order_status=OPEN&limit=${pageSize}${cursor}`),
      read: (answer) => {
        const told = objectOf(answer);
        const orders = readAll(rowsOf(told?.get('orders')), restingOrder);
        const next = told?.get('has_next') === true ? idIn(told, 'cursor') : undefined;
        return orders === undefined ? undefined : { orders, ...(next === undefined ? {} : { next }) };
      },
    };
  },
  cancelBatchSize: 100,
  cancelOrders: (at, orders) => ({
    ...signed('POST', at, `${ordersPath}/batch_cancel`, {
      order_ids: orders.map(({ venueOrderId }) => venueOrderId),
    }),
    read: (answer) => {
      const rows = rowsOf(objectOf(answer)?.get('results'));
      if (rows?.length !== orders.length) return undefined;
      const gone = rows.filter(
        (row) => row.get('success') === true || goneReasons.has(textIn(row, 'failure_reason') ?? ''),
      );
      return { canceled: gone.length, failed: rows.length - gone.length };
    },
  }),
  findOrder: (at, { instrument, clientOrderId, venueOrderId }) => {
    if (venueOrderId === undefined) return findInList(at, instrument, clientOrderId ?? '');
    return {
      ...signed('GET', at, `${ordersPath}/historical/${venueOrderId}`),
      read: (answer) => {
        const told = objectOf(answer);
        if (answer.status === 404 && told?.has('error') === true) return 'absent';
        const row = objectIn(told, 'order');
        return row === undefined ? undefined : orderState(row);
      },
    };
  },
  positions: (at) => ({
    ...signed('GET', at, `${brokerage}/cfm/positions`),
    read: (answer) =>
      readAll(rowsOf(objectOf(answer)?.get('positions')), (row) => {
        const instrument = idIn(row, 'product_id');
        const size = unsignedIn(row, 'number_of_contracts');
        if (instrument === undefined || size === undefined) return undefined;
        return { instrument, quantity: textIn(row, 'side') === 'SHORT' ? zero.minus(size) : size };
      }),
  }),
  // The portfolio that the key belongs to, "Get Portfolio Breakdown".
  equity: (at) => portfolioEquity(at),
  balances: (at) => balances((target) => signed('GET', at, target)),
  closePosition: (at, { instrument }) => ({
    ...signed('POST', at, `${ordersPath}/close_position`, {
      client_order_id: randomUUID(),
      product_id: instrument,
    }),
    read: (answer) => closedBy(answer, readPlaced(answer)),
  }),
  pairName: (base, quote) => `${base}-${quote}`,
  referencePrice: (at, instrument) => ({
    ...open(at)(`products/${instrument}/ticker?limit=1`),
    read: (answer) => {
      const told = objectOf(answer);
      const [trade] = rowsOf(told?.get('trades')) ?? [];
      const last = priceIn(trade, 'price');
      const atMs = Date.parse(textIn(trade, 'time') ?? '');
      if (last === undefined || !Number.isSafeInteger(atMs)) return undefined;
      return dropUndefined({
        last,
        atMs,
        isOfTrade: true,
        bid: priceIn(told, 'best_bid'),
        ask: priceIn(told, 'best_ask'),
      }) as ReferencePrice;
    },
  }),
  orderBook: (at, instrument) => depth.orderBook(open(at), instrument),
  priceRange: (at, instrument, window) => depth.priceRange(open(at), instrument, window),
  termsMembers: ['product_id', 'error'],
  contractTerms: (at, instrument) => ({
    ...open(at)(`products/${instrument}`),
    read: (answer) => {
      const row = objectOf(answer);
      const kind = textIn(row, 'product_type');
      const quote = idIn(row, 'quote_currency_id');
      const multiplier =
        kind === 'SPOT'
          ? one
          : kind === 'FUTURE'
            ? unsignedIn(objectIn(row, 'future_product_details'), 'contract_size')
            : undefined;
      if (quote === undefined || multiplier === undefined) return undefined;
      const base = kind === 'SPOT' ? idIn(row, 'base_currency_id') : undefined;
      return { multiplier, isInverse: false, quote, ...(base === undefined ? {} : { base }) };
    },
  }),
  readPlaced,
  withClientOrderIds: (request, makeId) => {
    if (request.path !== ordersPath && request.path !== `${ordersPath}/close_position`) return undefined;
    const parsed = parseStrictJson(request.body);
    if (!parsed.ok || !isStrictObject(parsed.value) || parsed.value.has('client_order_id')) return undefined;
    const stamped = new Map([...parsed.value, ['client_order_id', makeId()]]);
    return { ...request, body: Buffer.from(formatStrictJson(stamped)) };
  },
};

function portfolioEquity(at: AdminPlace): VenueCall<Decimal> {
  let portfolio = '';
  return {
    ...signed('GET', at, `${brokerage}/key_permissions`),
    read: (answer) => {
      portfolio = idIn(objectOf(answer), 'portfolio_uuid') ?? '';
      return /^[0-9a-f-]{36}$/.test(portfolio) ? zero : undefined;
    },
    follow: () => ({
      ...signed('GET', at, `${brokerage}/portfolios/${portfolio}?currency=USD`),
      read: (answer) => {
        const balances = objectIn(objectIn(objectOf(answer), 'breakdown'), 'portfolio_balances');
        const total = objectIn(balances, 'total_balance');
        return textIn(total, 'currency') === 'USD' ? signedIn(total, 'value') : undefined;
      },
    }),
  };
}

/** What is asked of the market without a key. */
const open =
  ({ environment }: AdminPlace) =>
  (target: string): CallParts => ({
    request: ownRequest('GET', host[environment], `${brokerage}/market/${target}`),
    isPublic: true,
  });

function restingOrder(row: StrictObject): RestingOrder | undefined {
  return restingOrderOf({
    instrument: idIn(row, 'product_id'),
    venueOrderId: idIn(row, 'order_id'),
    kind: 'plain',
    side: sideOf(textIn(row, 'side')?.toLowerCase()),
    clientOrderId: idIn(row, 'client_order_id'),
  });
}

const states: Readonly<Record<string, VenueOrderState['state']>> = {
  PENDING: 'resting',
  OPEN: 'resting',
  QUEUED: 'resting',
  CANCEL_QUEUED: 'resting',
  EDIT_QUEUED: 'resting',
  FILLED: 'filled',
  CANCELLED: 'canceled',
  EXPIRED: 'canceled',
  FAILED: 'rejected',
};

/** Stands for "not on this page, and there are more". */
const furtherOn: VenueOrderState = { state: 'resting', venueOrderId: '', filled: zero };

/** Coinbase finds no order by its client order id: the product's orders are read, newest first. */
function findInList(
  at: AdminPlace,
  product: string,
  clientOrderId: string,
  from = '',
): VenueCall<VenueOrderState | 'absent'> {
  let cursor = '';
  const tail = from === '' ? '' : `&cursor=${encodeURIComponent(from)}`;
  return {
    ...signed('GET', at, `${ordersPath}/historical/batch?product_ids=${product}&limit=${pageSize}${tail}`),
    read: (answer) => {
      const told = objectOf(answer);
      const rows = rowsOf(told?.get('orders'));
      if (rows === undefined) return undefined;
      const row = rows.find((order) => textIn(order, 'client_order_id') === clientOrderId);
      if (row !== undefined) return orderState(row);
      cursor = idIn(told, 'cursor') ?? '';
      return told?.get('has_next') === true && cursor !== '' ? furtherOn : 'absent';
    },
    follow: (value) => (value === furtherOn ? findInList(at, product, clientOrderId, cursor) : undefined),
  };
}

function orderState(row: StrictObject): VenueOrderState | undefined {
  return orderStateOf({
    state: states[textIn(row, 'status') ?? ''],
    venueOrderId: idIn(row, 'order_id'),
    filled: unsignedIn(row, 'filled_size'),
    averagePrice: priceIn(row, 'average_filled_price'),
    clientOrderId: idIn(row, 'client_order_id'),
    // In quote currency, as the notional is.
    fee: signedIn(row, 'total_fees'),
  });
}

function readPlaced(answer: VenueAnswer): readonly PlacedOrder[] | undefined {
  const told = objectOf(answer);
  if (told === undefined) return undefined;
  const error = idIn(told, 'error');
  if (answer.status >= 400) return error === undefined ? undefined : [{ isAccepted: false, code: error }];
  return readAll(rowsOf(told.get('results')) ?? [told], placedOrder);
}

function placedOrder(row: StrictObject): PlacedOrder | undefined {
  const success = row.get('success');
  if (typeof success !== 'boolean') return undefined;
  const placed = objectIn(row, 'success_response');
  const reason = idIn(objectIn(row, 'error_response'), 'error') ?? idIn(row, 'failure_reason');
  return dropUndefined({
    isAccepted: success,
    venueOrderId: idIn(placed, 'order_id') ?? idIn(row, 'order_id'),
    clientOrderId: idIn(placed, 'client_order_id'),
    code: success ? undefined : (reason ?? 'REFUSED'),
  }) as PlacedOrder;
}
