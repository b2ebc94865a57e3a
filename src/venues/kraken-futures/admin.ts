// The sidecar's own calls to Kraken Futures: orders, positions, prices, what a key may do.
// Source: docs.kraken.com Futures REST: openorders, cancelorder, orders/status, history v3 orders, openpositions, tickers,
// orderbook, instruments, charts v1; Futures Auth "Check v3 API key".
import { formatDecimal } from '../../core/decimal.js';
import type {
  AdminPlace,
  ReferencePrice,
  RestingOrder,
  VenueAdmin,
  VenueCall,
  VenueOrderState,
} from '../admin.js';
import { readInstant } from '../instant.js';
import { formatStrictJson, isStrictObject, parseStrictJson, type StrictObject } from '../json-strict.js';
import { bookOf, rangeOf } from '../market-answers.js';
import { dropUndefined } from '../order-fields.js';
import {
  idIn,
  keyFlags,
  objectIn,
  objectOf,
  orderStateOf,
  priceIn,
  readAll,
  restingOrderOf,
  rowsOf,
  sideOf,
  textIn,
  textsIn,
  unsignedIn,
  zero,
} from '../venue-answers.js';
import { ask, open, post, successOf } from './calls.js';
import { setDeadMan } from './dead-man.js';
import { askWorth } from './equity.js';
import { filledAt } from './fills.js';
import { paths } from './operations.js';
import { isTrouble, readPlaced } from './placed.js';

const everywhere: ReadonlySet<string> = new Set(['0.0.0.0/0', '::/0']);
/** What a cancel of an order that rests no more is answered with. */
const goneStatuses: ReadonlySet<string> = new Set(['cancelled', 'filled', 'notFound']);

export const admin: VenueAdmin = {
  setDeadMan,
  // `transfer` moves money out of the futures wallet, from where it can be withdrawn.
  keyFacts: (at) => ({
    ...ask(at, '/api/auth/v1/api-keys/v3/check'),
    read: (answer) => {
      const told = objectOf(answer);
      const permissions = objectIn(told, 'permissions');
      const [general, transfer] = [textIn(permissions, 'general'), textIn(permissions, 'transfer')];
      const blocks = textsIn(told, 'allowedCidrBlocks');
      return keyFlags(
        {
          canWithdraw: transfer === undefined ? undefined : transfer === 'FULL_ACCESS',
          canTrade: general === undefined ? undefined : general === 'FULL_ACCESS',
          hasAddressLock:
            blocks === undefined
              ? undefined
              : blocks.length > 0 && !blocks.some((one) => everywhere.has(one)),
        },
        { rights: [`general ${general}`, `transfer ${transfer}`] },
      );
    },
  }),
  serverTime: (at) => ({
    ...open(at, 'tickers/PF_XBTUSD'),
    read: (answer) => readInstant(textIn(objectOf(answer), 'serverTime')),
  }),
  openOrders: (at) => ({
    ...ask(at, 'openorders'),
    read: (answer) => {
      const orders = readAll(rowsOf(successOf(answer)?.get('openOrders')), restingOrder);
      return orders === undefined ? undefined : { orders };
    },
  }),
  // A batch may hold orders as well, so it is no cancel: they go one by one.
  cancelBatchSize: 1,
  cancelOrders: (at, [order]) => ({
    ...post(at, paths.cancel, { order_id: order?.venueOrderId ?? '' }),
    read: (answer) => {
      const status = textIn(objectIn(successOf(answer), 'cancelStatus'), 'status');
      if (status === undefined) return undefined;
      const isGone = goneStatuses.has(status);
      return { canceled: isGone ? 1 : 0, failed: isGone ? 0 : 1 };
    },
  }),
  // orders/status knows what rests and what ended within 5 seconds; the events of the account tell the rest.
  findOrder: (at, name) => {
    const named: Readonly<Record<string, string>> =
      name.venueOrderId === undefined
        ? { cliOrdIds: name.clientOrderId ?? '' }
        : { orderIds: name.venueOrderId };
    let placedMs: number | undefined;
    return {
      ...post(at, paths.status, named),
      read: (answer) => {
        const rows = rowsOf(successOf(answer)?.get('orders'));
        if (rows === undefined) return undefined;
        const row = rows.find((one) => objectIn(one, 'order') !== undefined);
        placedMs = placedIn(objectIn(row, 'order'));
        return row === undefined ? 'absent' : orderState(row);
      },
      follow: (value) =>
        value === 'absent' ? findInEvents(at, name) : filledAt(at, value, name.instrument, placedMs),
    };
  },
  equity: askWorth,
  positions: (at) => ({
    ...ask(at, 'openpositions'),
    read: (answer) =>
      readAll(rowsOf(successOf(answer)?.get('openPositions')), (row) => {
        const instrument = idIn(row, 'symbol')?.toUpperCase();
        const size = unsignedIn(row, 'size');
        const side = textIn(row, 'side');
        if (instrument === undefined || size === undefined || (side !== 'long' && side !== 'short'))
          return undefined;
        return { instrument, quantity: side === 'short' ? zero.minus(size) : size };
      }),
  }),
  isCloseHeldToReduce: true,
  closePosition: (at, { instrument, quantity }) => ({
    ...post(at, paths.send, {
      orderType: 'mkt',
      symbol: instrument,
      side: quantity.gt(zero) ? 'sell' : 'buy',
      size: formatDecimal(quantity.abs()),
      reduceOnly: 'true',
    }),
    read: (answer) => {
      const [placed] = readPlaced(answer) ?? [];
      return placed === undefined ? undefined : { isAccepted: placed.isAccepted };
    },
  }),
  referencePrice: (at, instrument) => ({
    ...open(at, `tickers/${instrument}`),
    read: (answer) => {
      const told = successOf(answer);
      const row = objectIn(told, 'ticker');
      const last = priceIn(row, 'last');
      const atMs = readInstant(textIn(told, 'serverTime'));
      if (last === undefined || atMs === undefined) return undefined;
      return dropUndefined({
        last,
        atMs,
        bid: priceIn(row, 'bid'),
        ask: priceIn(row, 'ask'),
      }) as ReferencePrice;
    },
  }),
  orderBook: (at, instrument) => ({
    ...open(at, `orderbook?symbol=${instrument}`),
    read: (answer) => {
      const book = objectIn(successOf(answer), 'orderBook');
      return bookOf(book?.get('bids'), book?.get('asks'));
    },
  }),
  priceRange: (at, instrument, window) => {
    const [from, to] = [window.fromMs, window.toMs].map((ms) => Math.floor(ms / 1000));
    return {
      ...open(at, `/api/charts/v1/trade/${instrument}/1m?from=${from}&to=${to}`),
      read: (answer) =>
        rangeOf(
          objectOf(answer)?.get('candles'),
          { time: 'time', high: 'high', low: 'low', unit: 'milliseconds' },
          window,
        ),
    };
  },
  termsMembers: ['result'],
  // Of the multi-collateral perpetuals one contract is one of the base; of the inverse ones one US dollar.
  contractTerms: (at, instrument) => ({
    ...open(at, 'instruments'),
    read: (answer) => {
      const row = rowsOf(successOf(answer)?.get('instruments'))?.find(
        (one) => textIn(one, 'symbol')?.toUpperCase() === instrument,
      );
      const multiplier = unsignedIn(row, 'contractSize');
      const type = textIn(row, 'type') ?? '';
      if (multiplier === undefined || !/^(?:flexible_futures|futures_(?:inverse|vanilla))$/.test(type))
        return undefined;
      return { multiplier, isInverse: type === 'futures_inverse', quote: idIn(row, 'quote') ?? 'USD' };
    },
  }),
  isTrouble,
  readPlaced,
  withClientOrderIds: (request, makeId) => {
    const isInBody = request.body.length > 0;
    const text = isInBody ? request.body.toString('latin1') : request.query;
    const stamped =
      request.path === paths.send
        ? stampOrder(text, makeId)
        : request.path === paths.batch
          ? stampBatch(text, makeId)
          : undefined;
    if (stamped === undefined) return undefined;
    return isInBody ? { ...request, body: Buffer.from(stamped, 'latin1') } : { ...request, query: stamped };
  },
};

function stampOrder(text: string, makeId: () => string): string | undefined {
  return /(?:^|&)cliOrdId=/.test(text) ? undefined : `${text}&cliOrdId=${makeId()}`;
}

/** As ccxt writes a batch: the JSON as it is. */
function stampBatch(text: string, makeId: () => string): string | undefined {
  const json = parseStrictJson(Buffer.from(text.slice('json='.length), 'latin1'));
  if (!text.startsWith('json={') || !json.ok || !isStrictObject(json.value)) return undefined;
  const orders = rowsOf(json.value.get('batchOrder'))?.map((entry) =>
    entry.get('order') === 'send' && !entry.has('cliOrdId')
      ? new Map([...entry, ['cliOrdId', makeId()]])
      : entry,
  );
  if (orders === undefined) return undefined;
  return `json=${formatStrictJson(new Map(json.value).set('batchOrder', orders))}`;
}

function restingOrder(row: StrictObject): RestingOrder | undefined {
  return restingOrderOf({
    instrument: idIn(row, 'symbol')?.toUpperCase(),
    venueOrderId: idIn(row, 'order_id'),
    kind: 'plain',
    side: sideOf(textIn(row, 'side')),
    clientOrderId: idIn(row, 'cliOrdId'),
  });
}

const states: Readonly<Record<string, VenueOrderState['state']>> = {
  ENTERED_BOOK: 'resting',
  TRIGGER_PLACED: 'resting',
  FULLY_EXECUTED: 'filled',
  CANCELLED: 'canceled',
  REJECTED: 'rejected',
  TRIGGER_ACTIVATION_FAILURE: 'rejected',
};

function orderState(row: StrictObject): VenueOrderState | undefined {
  const order = objectIn(row, 'order');
  return orderStateOf({
    state: states[textIn(row, 'status') ?? ''],
    venueOrderId: idIn(order, 'orderId'),
    filled: unsignedIn(order, 'filled'),
    averagePrice: undefined,
    clientOrderId: idIn(order, 'cliOrdId'),
  });
}

/** The newest event of the order, newest first; nothing is known while it cannot be told from one that rests. */
function findInEvents(
  at: AdminPlace,
  { instrument, clientOrderId, venueOrderId }: Parameters<VenueAdmin['findOrder']>[1],
): VenueCall<VenueOrderState | 'absent'> {
  const market = instrument === '' ? '' : `&tradeable=${instrument}`;
  let placedMs: number | undefined;
  return {
    ...ask(at, `/api/history/v3/orders?sort=desc&count=500${market}`),
    read: (answer) => {
      const rows = rowsOf(objectOf(answer)?.get('elements'));
      if (rows === undefined) return undefined;
      for (const row of rows) {
        const [[kind, told] = ['']] = objectIn(row, 'event') ?? [];
        const event = told !== undefined && isStrictObject(told) ? told : undefined;
        const order = objectIn(event, 'newOrder') ?? objectIn(event, 'order');
        const isIt =
          venueOrderId === undefined
            ? textIn(order, 'clientId') === clientOrderId
            : textIn(order, 'uid') === venueOrderId;
        if (order === undefined || !isIt) continue;
        placedMs = placedIn(order);
        return endedOrder(kind, event, order);
      }
      return 'absent';
    },
    follow: (value) => (value === 'absent' ? undefined : filledAt(at, value, instrument, placedMs)),
  };
}

/** When the order was received: an ISO 8601 instant of the status, milliseconds of an event. */
const placedIn = (order: StrictObject | undefined): number | undefined =>
  readInstant(textIn(order, 'timestamp'));

function endedOrder(
  kind: string,
  event: StrictObject | undefined,
  order: StrictObject,
): VenueOrderState | undefined {
  const left = unsignedIn(order, 'quantity');
  const isFull = textIn(event, 'reason') === 'full_fill' || left?.eq(zero) === true;
  return orderStateOf({
    state:
      kind === 'OrderCancelled'
        ? 'canceled'
        : kind === 'OrderRejected'
          ? 'rejected'
          : isFull
            ? 'filled'
            : undefined,
    venueOrderId: idIn(order, 'uid'),
    filled: unsignedIn(order, 'filled'),
    averagePrice: undefined,
    clientOrderId: idIn(order, 'clientId'),
  });
}
