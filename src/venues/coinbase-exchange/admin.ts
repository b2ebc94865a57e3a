// The sidecar's own calls to Coinbase Exchange: orders, prices, terms. It tells nothing of what a key may do.
// Source: docs.cdp.coinbase.com Exchange REST reference: get-all-orders, get-single-order, cancel-an-order, get-product-ticker,
// get-product-book, get-product-candles, get-single-product, get-all-account-profile, time.
import type { Decimal } from '../../core/decimal.js';
import type { Environment } from '../../core/order.js';
import type {
  AdminPlace,
  PlacedOrder,
  ReferencePrice,
  RestingOrder,
  VenueAdmin,
  VenueAnswer,
  VenueOrderState,
} from '../admin.js';
import { balancesOf } from '../balances.js';
import { readInstant } from '../instant.js';
import { formatStrictJson, isStrictObject, parseStrictJson, type StrictObject } from '../json-strict.js';
import { bookOf, rangeOf } from '../market-answers.js';
import { dropUndefined } from '../order-fields.js';
import {
  type CallParts,
  idIn,
  jsonOf,
  objectOf,
  one,
  orderStateOf,
  ownRequest,
  priceIn,
  readAll,
  restingOrderOf,
  rowsOf,
  sideOf,
  signedAt,
  textIn,
  unsignedIn,
  zero,
} from '../venue-answers.js';

const host: Readonly<Record<Environment, string>> = {
  live: 'api.exchange.coinbase.com',
  paper: 'api.exchange.coinbase.com',
  demo: 'api-public.sandbox.exchange.coinbase.com',
};
const signed = signedAt(host);
/** The most that one list holds; a kill lists again until nothing rests. */
const pageSize = 1000;
/** Rest is placed by this alone; closing a margin position leaves no order behind that could be named. */
const placing = 'orders';
/** What a cancel of an order that rests no more is answered with. */
const gone = /not ?found|already done/i;

export const admin: VenueAdmin = {
  covers: (operation) => operation === placing,
  // "Get all accounts": of a key's rights nothing is told, but of which profile it is, and whether that may trade.
  keyFacts: (at) => ({
    ...signed('GET', at, '/accounts'),
    read: (answer) => {
      const rows = rowsOf(jsonOf(answer)) ?? [];
      const profiles = readAll(rows, (row) => idIn(row, 'profile_id'));
      if (rows.length === 0 || profiles === undefined) return undefined;
      const canTrade = rows.some((row) => row.get('trading_enabled') === true);
      return { canTrade, venueAccounts: [...new Set(profiles)] };
    },
  }),
  serverTime: (at) => ({
    ...open(at, '/time'),
    read: (answer) => readInstant(textIn(objectOf(answer), 'iso')),
  }),
  openOrders: (at) => ({
    ...signed('GET', at, `/orders?status=open&status=pending&status=active&limit=${pageSize}`),
    read: (answer) => {
      const orders = readAll(rowsOf(jsonOf(answer)), restingOrder);
      return orders === undefined ? undefined : { orders };
    },
  }),
  cancelBatchSize: 1,
  cancelOrders: (at, [order]) => ({
    ...signed('DELETE', at, `/orders/${order?.venueOrderId ?? ''}`),
    read: (answer) => {
      // The id of the order as a bare text, or a list of one.
      const told = jsonOf(answer);
      if (answer.status === 200 && (typeof told === 'string' || Array.isArray(told)))
        return { canceled: 1, failed: 0 };
      const message = textIn(objectOf(answer), 'message');
      if (message === undefined || answer.status >= 500) return undefined;
      return gone.test(message) ? { canceled: 1, failed: 0 } : { canceled: 0, failed: 1 };
    },
  }),
  // An order that was cancelled without a fill may be forgotten at once: then nothing came of it, as of one never taken.
  findOrder: (at, { clientOrderId, venueOrderId }) => ({
    ...signed('GET', at, `/orders/${venueOrderId ?? `client:${clientOrderId ?? ''}`}`),
    read: (answer) => {
      const told = objectOf(answer);
      if (answer.status === 404 && told?.has('message') === true) return 'absent';
      return told === undefined || answer.status !== 200 ? undefined : orderState(told);
    },
  }),
  // Spot holds no positions; that the accounts are told says that the key reads.
  positions: (at) => ({
    ...signed('GET', at, '/accounts'),
    read: (answer) => (rowsOf(jsonOf(answer)) === undefined ? undefined : []),
  }),
  // "Get all accounts": one for each currency; `available` is not on hold.
  balances: (at) => ({
    ...signed('GET', at, '/accounts'),
    read: (answer) =>
      balancesOf(rowsOf(jsonOf(answer)), (row) => ({
        currency: idIn(row, 'currency'),
        total: unsignedIn(row, 'balance'),
        free: unsignedIn(row, 'available'),
      })),
  }),
  pairName: (base, quote) => `${base}-${quote}`,
  referencePrice: (at, product) => ({
    ...open(at, `/products/${product}/ticker`),
    read: (answer) => {
      const row = objectOf(answer);
      const last = priceIn(row, 'price');
      const atMs = Date.parse(textIn(row, 'time') ?? '');
      if (last === undefined || !Number.isSafeInteger(atMs)) return undefined;
      return dropUndefined({
        last,
        atMs,
        isOfTrade: true,
        bid: priceIn(row, 'bid'),
        ask: priceIn(row, 'ask'),
      }) as ReferencePrice;
    },
  }),
  orderBook: (at, product) => ({
    ...open(at, `/products/${product}/book?level=2`),
    read: (answer) => {
      const book = objectOf(answer);
      return bookOf(book?.get('bids'), book?.get('asks'));
    },
  }),
  priceRange: (at, product, window) => {
    const [start, end] = [window.fromMs, window.toMs].map((ms) => Math.floor(ms / 1000));
    return {
      ...open(at, `/products/${product}/candles?granularity=60&start=${start}&end=${end}`),
      // Time, low, high, open, close, volume.
      read: (answer) => rangeOf(jsonOf(answer), { time: 0, low: 1, high: 2, unit: 'seconds' }, window),
    };
  },
  termsMembers: ['id', 'message'],
  contractTerms: (at, product) => ({
    ...open(at, `/products/${product}`),
    read: (answer) => {
      const row = objectOf(answer);
      const [base, quote] = [idIn(row, 'base_currency'), idIn(row, 'quote_currency')];
      return base === undefined || quote === undefined
        ? undefined
        : { multiplier: one, isInverse: false, quote, base };
    },
  }),
  readPlaced,
  withClientOrderIds: (request, makeId) => {
    if (request.method !== 'POST' || request.path !== '/orders') return undefined;
    const parsed = parseStrictJson(request.body);
    if (!parsed.ok || !isStrictObject(parsed.value) || parsed.value.has('client_oid')) return undefined;
    const stamped = new Map([...parsed.value, ['client_oid', clientIdOf(makeId())]]);
    return { ...request, body: Buffer.from(formatStrictJson(stamped)) };
  },
};

/** Our ids end in 16 hex digits of chance; Coinbase takes UUIDs, and this one begins with `tbx`. */
function clientIdOf(id: string): string {
  const [first, second, last] = [id.slice(-16, -15), id.slice(-15, -12), id.slice(-12)];
  return `${Buffer.from('tbx').toString('hex')}00-0000-400${first}-8${second}-${last}`;
}

function open({ environment }: AdminPlace, target: string): CallParts {
  return { request: ownRequest('GET', host[environment], target), isPublic: true };
}

function restingOrder(row: StrictObject): RestingOrder | undefined {
  return restingOrderOf({
    instrument: idIn(row, 'product_id'),
    venueOrderId: idIn(row, 'id'),
    kind: 'plain',
    side: sideOf(textIn(row, 'side')),
    clientOrderId: idIn(row, 'client_oid'),
  });
}

const restingStatuses: ReadonlySet<string> = new Set(['received', 'pending', 'open', 'active']);

function stateOf(row: StrictObject): VenueOrderState['state'] | undefined {
  const status = textIn(row, 'status') ?? '';
  if (restingStatuses.has(status)) return 'resting';
  if (status === 'rejected') return 'rejected';
  if (status !== 'done' && status !== 'settled') return undefined;
  return textIn(row, 'done_reason') === 'canceled' ? 'canceled' : 'filled';
}

function orderState(row: StrictObject): VenueOrderState | undefined {
  const filled = unsignedIn(row, 'filled_size');
  return orderStateOf({
    state: stateOf(row),
    venueOrderId: idIn(row, 'id'),
    filled,
    averagePrice: averageOf(unsignedIn(row, 'executed_value'), filled),
    clientOrderId: idIn(row, 'client_oid'),
    // In quote currency.
    fee: unsignedIn(row, 'fill_fees'),
  });
}

const decimals = 12;

function averageOf(worth: Decimal | undefined, filled: Decimal | undefined): Decimal | undefined {
  if (worth === undefined || filled?.gt(zero) !== true) return undefined;
  const average = worth.div(filled).round(decimals);
  return average.gt(zero) ? average : undefined;
}

function readPlaced(answer: VenueAnswer): readonly PlacedOrder[] | undefined {
  const told = objectOf(answer);
  const message = idIn(told, 'message');
  if (told === undefined || answer.status >= 500) return undefined;
  if (answer.status >= 400) return message === undefined ? undefined : [{ isAccepted: false, code: message }];
  const venueOrderId = idIn(told, 'id');
  if (venueOrderId === undefined) return undefined;
  const isAccepted = textIn(told, 'status') !== 'rejected';
  return [
    dropUndefined({
      isAccepted,
      venueOrderId,
      clientOrderId: idIn(told, 'client_oid'),
      code: isAccepted ? undefined : (idIn(told, 'reject_reason') ?? 'rejected'),
    }) as PlacedOrder,
  ];
}
