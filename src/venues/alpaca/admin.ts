// The sidecar's own calls to Alpaca: orders, positions, prices of shares, options and pairs.
// Source: docs.alpaca.markets, Trading API ("Orders", "Positions", "Assets", "Option Contracts") and Market Data API (snapshots).
import type { Environment } from '../../core/order.js';
import type {
  PlacedOrder,
  ReferencePrice,
  RestingOrder,
  VenueAdmin,
  VenueAnswer,
  VenueOrderState,
} from '../admin.js';
import { readInstant } from '../instant.js';
import { formatStrictJson, isStrictObject, parseStrictJson, type StrictObject } from '../json-strict.js';
import { dropUndefined } from '../order-fields.js';
import {
  type CallParts,
  closedBy,
  idIn,
  jsonOf,
  keyFlags,
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
import * as depth from './depth.js';
import { readSymbol } from './symbols.js';

const host: Readonly<Record<Environment, string>> = {
  live: 'api.alpaca.markets',
  demo: 'paper-api.alpaca.markets',
  paper: 'paper-api.alpaca.markets',
};
const signed = signedAt(host);
const dataHost = 'data.alpaca.markets';
/** Of a page; whoever has more resting orders is asked again when these are cancelled. */
const pageSize = 500;
/** 404 not found, 422 not cancelable any more. */
const goneStatuses: ReadonlySet<number> = new Set([204, 404, 422]);
/** What ends as no order that rests or could be found. */
const uncovered = /\/exercise$/;

export const admin: VenueAdmin = {
  covers: (operation) => !uncovered.test(operation),
  // Alpaca tells nothing of a key; the account tells whether it may trade.
  keyFacts: (at) => ({
    ...signed('GET', at, '/v2/account'),
    read: (answer) => {
      const account = objectOf(answer);
      const blocks = ['trading_blocked', 'account_blocked', 'trade_suspended_by_user'];
      const told = blocks.map((name) => account?.get(name));
      const venueAccounts = onlyAccount(idIn(account, 'account_number'));
      return told.includes(undefined)
        ? undefined
        : keyFlags({ canTrade: !told.includes(true) }, { venueAccounts });
    },
  }),
  // "Get Market Clock": RFC 3339, in the market's zone.
  serverTime: (at) => ({
    ...signed('GET', at, '/v2/clock'),
    read: (answer) => readInstant(textIn(objectOf(answer), 'timestamp')),
  }),
  openOrders: (at) => ({
    ...signed('GET', at, `/v2/orders?status=open&limit=${pageSize}`),
    read: (answer) => {
      const orders = readAll(rowsOf(jsonOf(answer)), restingOrder);
      return orders === undefined ? undefined : { orders };
    },
  }),
  cancelBatchSize: 1,
  cancelOrders: (at, [order]) => ({
    ...signed('DELETE', at, `/v2/orders/${order?.venueOrderId ?? ''}`),
    read: ({ status }) => {
      const isGone = goneStatuses.has(status);
      return { canceled: isGone ? 1 : 0, failed: isGone ? 0 : 1 };
    },
  }),
  findOrder: (at, { clientOrderId, venueOrderId }) => {
    const target =
      venueOrderId === undefined
        ? `/v2/orders:by_client_order_id?client_order_id=${encodeURIComponent(clientOrderId ?? '')}`
        : `/v2/orders/${venueOrderId}`;
    return {
      ...signed('GET', at, target),
      read: (answer) => {
        const row = objectOf(answer);
        if (answer.status === 404 && row?.has('message') === true) return 'absent';
        return row === undefined ? undefined : orderState(row);
      },
    };
  },
  positions: (at) => ({
    ...signed('GET', at, '/v2/positions'),
    read: (answer) =>
      readAll(rowsOf(jsonOf(answer)), (row) => {
        const symbol = idIn(row, 'symbol');
        const size = signedIn(row, 'qty')?.abs();
        if (symbol === undefined || size === undefined) return undefined;
        const quantity = textIn(row, 'side') === 'short' ? zero.minus(size) : size;
        return { instrument: readSymbol(symbol).instrument, quantity };
      }),
  }),
  // "Get Account": `equity` is cash and the worth of all positions, US dollars.
  equity: (at) => ({
    ...signed('GET', at, '/v2/account'),
    read: (answer) => {
      const account = objectOf(answer);
      return textIn(account, 'currency') === 'USD' ? signedIn(account, 'equity') : undefined;
    },
  }),
  closePosition: (at, { instrument }) => ({
    ...signed('DELETE', at, `/v2/positions/${encodeURIComponent(instrument)}`),
    read: (answer) => closedBy(answer, readPlaced(answer)),
  }),
  pairName: (base, quote) => `${base}/${quote}`,
  referencePrice: (_, instrument) => {
    const { kind } = readSymbol(instrument);
    const symbols = `symbols=${encodeURIComponent(instrument)}`;
    const target =
      kind === 'pair'
        ? `/v1beta3/crypto/us/snapshots?${symbols}`
        : kind === 'option'
          ? `/v1beta1/options/snapshots?${symbols}`
          : `/v2/stocks/${instrument}/snapshot`;
    return {
      request: ownRequest('GET', dataHost, target),
      isPublic: kind === 'pair',
      read: (answer) => {
        const told = objectOf(answer);
        return priceOf(kind === 'share' ? told : objectIn(objectIn(told, 'snapshots'), instrument));
      },
    };
  },
  orderBook: (_, instrument) => depth.orderBook(data, instrument),
  priceRange: (_, instrument, window) => depth.priceRange(data, instrument, window),
  termsMembers: ['symbol', 'code'],
  contractTerms: (at, instrument) => {
    const { kind } = readSymbol(instrument);
    const isOption = kind === 'option';
    const path = isOption ? '/v2/options/contracts/' : '/v2/assets/';
    return {
      ...signed('GET', at, `${path}${encodeURIComponent(instrument)}`),
      read: (answer) => {
        const row = objectOf(answer);
        if (answer.status !== 200 || idIn(row, 'symbol') === undefined) return undefined;
        // An option is of as many shares as its `size` says, 100 as a rule.
        const multiplier = isOption ? unsignedIn(row, 'size') : one;
        const quote = kind === 'pair' ? instrument.split('/')[1] : 'USD';
        return multiplier === undefined || quote === undefined
          ? undefined
          : { multiplier, isInverse: false, quote };
      },
    };
  },
  readPlaced,
  withClientOrderIds: (request, makeId) => {
    if (request.method !== 'POST' || request.path !== '/v2/orders') return undefined;
    const parsed = parseStrictJson(request.body);
    if (!parsed.ok || !isStrictObject(parsed.value) || parsed.value.has('client_order_id')) return undefined;
    const stamped = new Map([...parsed.value, ['client_order_id', makeId()]]);
    return { ...request, body: Buffer.from(formatStrictJson(stamped)) };
  },
};

const data = (target: string): CallParts => ({
  request: ownRequest('GET', dataHost, target),
  isPublic: false,
});

function restingOrder(row: StrictObject): RestingOrder | undefined {
  const symbol = idIn(row, 'symbol');
  return restingOrderOf({
    // A multi-leg order has no symbol of its own.
    instrument: symbol === undefined ? '' : readSymbol(symbol).instrument,
    venueOrderId: idIn(row, 'id'),
    kind: 'plain',
    side: sideOf(textIn(row, 'side')),
    clientOrderId: idIn(row, 'client_order_id'),
  });
}

// docs.alpaca.markets, "Order Lifecycle".
const resting =
  'new partially_filled done_for_day accepted pending_new accepted_for_bidding pending_cancel pending_replace stopped suspended calculated held';
const states: ReadonlyMap<string, VenueOrderState['state']> = new Map<string, VenueOrderState['state']>([
  ...resting.split(' ').map((name) => [name, 'resting'] as const),
  ['filled', 'filled'],
  ['canceled', 'canceled'],
  ['expired', 'canceled'],
  ['replaced', 'canceled'],
  ['rejected', 'rejected'],
]);

function orderState(row: StrictObject): VenueOrderState | undefined {
  return orderStateOf({
    state: states.get(textIn(row, 'status') ?? ''),
    venueOrderId: idIn(row, 'id'),
    filled: unsignedIn(row, 'filled_qty'),
    averagePrice: priceIn(row, 'filled_avg_price'),
    clientOrderId: idIn(row, 'client_order_id'),
  });
}

/** A snapshot: the last trade's price `p` and time `t`, the quote's `bp` and `ap`. */
function priceOf(snapshot: StrictObject | undefined): ReferencePrice | undefined {
  const trade = objectIn(snapshot, 'latestTrade');
  const quote = objectIn(snapshot, 'latestQuote');
  const last = priceIn(trade, 'p');
  const atMs = Date.parse(textIn(trade, 't') ?? '');
  if (last === undefined || !Number.isSafeInteger(atMs)) return undefined;
  return dropUndefined({
    last,
    atMs,
    isOfTrade: true,
    bid: priceIn(quote, 'bp'),
    ask: priceIn(quote, 'ap'),
  }) as ReferencePrice;
}

function readPlaced(answer: VenueAnswer): readonly PlacedOrder[] | undefined {
  const { status } = answer;
  // A cancel that was taken has no body.
  if (status === 204) return [{ isAccepted: true }];
  const json = jsonOf(answer);
  const rows = isStrictObject(json) ? [json] : rowsOf(json);
  if (rows === undefined || rows.length === 0) return undefined;
  if (status >= 400) {
    const [row] = rows;
    return row?.has('message') === true
      ? [{ isAccepted: false, code: idIn(row, 'code') ?? String(status) }]
      : undefined;
  }
  return readAll(rows, (row) => {
    const venueOrderId = idIn(row, 'id') ?? idIn(row, 'symbol');
    return venueOrderId === undefined
      ? undefined
      : (dropUndefined({
          isAccepted:
            Number(textIn(row, 'status') ?? '200') < 300 || !/^\d+$/.test(textIn(row, 'status') ?? ''),
          venueOrderId: idIn(row, 'id'),
          clientOrderId: idIn(row, 'client_order_id'),
        }) as PlacedOrder);
  });
}
