// The sidecar's own calls to Kraken spot. Every private one is a POST whose nonce the signature puts in.
// Source: docs.kraken.com/api/docs/rest-api: get-open-orders, get-closed-orders, get-orders-info, cancel-order,
// cancel-order-batch, get-open-positions, get-ticker-information, get-tradable-asset-pairs, add-order.
import type { Decimal } from '../../core/decimal.js';
import type {
  PlacedOrder,
  ReferencePrice,
  RestingOrder,
  VenueAdmin,
  VenueCall,
  VenueOrderState,
  VenuePosition,
} from '../admin.js';
import { balancesOf } from '../balances.js';
import { isStrictObject, type StrictJson, type StrictObject } from '../json-strict.js';
import { dropUndefined } from '../order-fields.js';
import {
  idIn,
  jsonBody,
  keyFlags,
  millisIn,
  objectIn,
  one,
  orderStateOf,
  ownRequest,
  priceIn,
  restingOrderOf,
  rowsOf,
  sideOf,
  signedIn,
  textIn,
  textsIn,
  unsignedIn,
  zero,
} from '../venue-answers.js';
import { errorsOf, host, open, resultOf, signed } from './calls.js';
import { withClientOrderIds } from './client-order-ids.js';
import { setDeadMan } from './dead-man.js';
import * as depth from './depth.js';
import { assetOf, canonicalPair } from './pairs.js';

/** Kraken takes batches of 2 to 50. */
const batchSize = 50;

export const admin: VenueAdmin = {
  setDeadMan,
  // "Get API Key Info" needs no permission. A key that may write addresses of withdrawal prepares one.
  keyFacts: () => ({
    ...signed('GetApiKeyInfo'),
    read: (answer) => {
      const key = resultOf(answer);
      const permissions = textsIn(key, 'permissions');
      const addresses = textsIn(key, 'ip_allowlist');
      return keyFlags(
        {
          canWithdraw: permissions?.some((name) => withdrawing.has(name)),
          canTrade: permissions?.includes('modify-trades'),
          ...(addresses === undefined ? {} : { hasAddressLock: addresses.length > 0 }),
        },
        { rights: permissions },
      );
    },
  }),
  // "Get Server Time": seconds since the epoch.
  serverTime: () => ({
    ...open('Time'),
    read: (answer) => {
      const seconds = millisIn(resultOf(answer), 'unixtime');
      return seconds === undefined ? undefined : seconds * 1000;
    },
  }),
  // Kraken lists all that rests at once.
  openOrders: () => ({
    ...signed('OpenOrders'),
    read: (answer) => {
      const open = objectIn(resultOf(answer), 'open');
      if (open === undefined) return undefined;
      const orders = [...open].map(([id, row]) => restingOrder(id, row));
      return orders.every((order) => order !== undefined) ? { orders } : undefined;
    },
  }),
  cancelBatchSize: batchSize,
  cancelOrders: (_, orders) => {
    const ids = orders.map(({ venueOrderId }) => venueOrderId);
    const [only = '', second] = ids;
    const call =
      second === undefined
        ? signed('CancelOrder', { txid: only })
        : {
            request: ownRequest(
              'POST',
              host,
              '/0/private/CancelOrderBatch',
              jsonBody({ nonce: '0', orders: ids }),
            ),
            isPublic: false,
          };
    return {
      ...call,
      read: (answer) => {
        // Of orders that are gone already a batch says nothing, and a single cancel that it knows none.
        if (errorsOf(answer)?.includes('EOrder:Unknown order') === true)
          return { canceled: orders.length, failed: 0 };
        const count = unsignedIn(resultOf(answer), 'count');
        return count === undefined ? undefined : { canceled: orders.length, failed: 0 };
      },
    };
  },
  findOrder: (_, { clientOrderId, venueOrderId }) => {
    if (venueOrderId !== undefined) {
      return {
        ...signed('QueryOrders', { txid: venueOrderId }),
        read: (answer) => {
          if (errorsOf(answer)?.includes('EOrder:Unknown order') === true) return 'absent';
          const row = objectIn(resultOf(answer), venueOrderId);
          return row === undefined ? undefined : orderState(venueOrderId, row);
        },
      };
    }
    const named = { cl_ord_id: clientOrderId ?? '' };
    const closed = namedOrder('ClosedOrders', 'closed', named);
    // Open ones first: an order that ends between the two questions is then among the closed.
    return {
      ...namedOrder('OpenOrders', 'open', named),
      follow: (value) => (value === 'absent' ? closed : undefined),
    };
  },
  positions: () => ({
    ...signed('OpenPositions'),
    read: (answer) => {
      const result = resultOf(answer);
      return result === undefined ? undefined : positionsOf(result);
    },
  }),
  // "Get Trade Balance": `eb` all currencies together, `n` open profits and losses of margin positions.
  equity: () => ({
    ...signed('TradeBalance', { asset: 'ZUSD' }),
    read: (answer) => {
      const told = resultOf(answer);
      const [balance, open] = [signedIn(told, 'eb'), signedIn(told, 'n')];
      return open === undefined ? undefined : balance?.plus(open);
    },
  }),
  // "Get Extended Balance": `hold_trade` is locked by resting orders.
  balances: () => ({
    ...signed('BalanceEx'),
    read: (answer) => {
      const result = resultOf(answer);
      return balancesOf(result && [...result], ([asset, row]) => ({
        currency: assetOf(asset),
        ...(isStrictObject(row)
          ? { total: unsignedIn(row, 'balance'), locked: unsignedIn(row, 'hold_trade') }
          : {}),
      }));
    },
  }),
  pairName: (base, quote) => `${base}/${quote}`,
  referencePrice: (_, instrument) => ({
    ...open(`Ticker?pair=${altNameOf(instrument)}`),
    read: (answer) => {
      const row = soleIn(resultOf(answer));
      const last = firstPrice(row, 'c');
      return last === undefined
        ? undefined
        : (dropUndefined({ last, bid: firstPrice(row, 'b'), ask: firstPrice(row, 'a') }) as ReferencePrice);
    },
  }),
  orderBook: (_, instrument) => depth.orderBook(open, altNameOf(instrument)),
  priceRange: (_, instrument, window) => depth.priceRange(open, altNameOf(instrument), window),
  termsMembers: ['error'],
  // Quantities are of the base currency, on margin too.
  contractTerms: (_, instrument) => ({
    ...open(`AssetPairs?pair=${altNameOf(instrument)}`),
    read: (answer) => {
      const [base = '', quote] = instrument.split('/');
      const row = soleIn(resultOf(answer));
      return quote === undefined || row?.has('quote') !== true
        ? undefined
        : { multiplier: one, isInverse: false, quote, base };
    },
  }),
  isTrouble: (answer) => errorsOf(answer)?.some(isUnsure) === true,
  readPlaced: (answer) => {
    const errors = errorsOf(answer);
    if (errors === undefined || errors.some(isUnsure)) return undefined;
    const [code] = errors;
    if (code !== undefined) return [{ isAccepted: false, code }];
    const result = resultOf(answer);
    if (result === undefined) return undefined;
    return rowsOf(result.get('orders'))?.map(placedOrder) ?? [placedOrder(result)];
  },
  withClientOrderIds,
};

const withdrawing: ReadonlySet<string> = new Set([
  'withdraw-funds',
  'add-withdraw-address',
  'update-withdraw-address',
]);

/** XBTUSD of BTC/USD: the name that every endpoint takes. */
function altNameOf(instrument: string): string {
  const renamed: Readonly<Record<string, string>> = { BTC: 'XBT', DOGE: 'XDG' };
  return instrument
    .split('/')
    .map((asset) => renamed[asset] ?? asset)
    .join('');
}

/** What may or may not have reached the matching engine. */
const isUnsure = (error: string): boolean => /^EService:|^EGeneral:Internal error/.test(error);

function soleIn(result: StrictObject | undefined): StrictObject | undefined {
  const [row] = result?.values() ?? [];
  return isStrictObject(row) ? row : undefined;
}

/** Ticker: `a`, `b` and `c` are lists that begin with the price. */
function firstPrice(row: StrictObject | undefined, name: string): Decimal | undefined {
  const list = row?.get(name);
  const [first] = Array.isArray(list) ? (list as readonly StrictJson[]) : [];
  return first === undefined ? undefined : priceIn(new Map([['price', first]]), 'price');
}

function restingOrder(id: string, row: StrictJson): RestingOrder | undefined {
  if (!isStrictObject(row)) return undefined;
  const shown = objectIn(row, 'descr');
  const pair = idIn(shown, 'pair');
  return restingOrderOf({
    instrument: pair === undefined ? undefined : (canonicalPair(pair) ?? pair),
    venueOrderId: id,
    kind: 'plain',
    side: sideOf(textIn(shown, 'type')),
    clientOrderId: idIn(row, 'cl_ord_id'),
  });
}

function namedOrder(
  name: string,
  list: string,
  named: Readonly<Record<string, string>>,
): VenueCall<VenueOrderState | 'absent'> {
  return {
    ...signed(name, named),
    read: (answer) => {
      const orders = objectIn(resultOf(answer), list);
      if (orders === undefined) return undefined;
      // Not only what was asked for may be listed.
      const found = [...orders].find(
        ([, row]) => isStrictObject(row) && textIn(row, 'cl_ord_id') === named.cl_ord_id,
      );
      if (found === undefined) return 'absent';
      const [id, row] = found;
      return isStrictObject(row) ? orderState(id, row) : undefined;
    },
  };
}

const states: Readonly<Record<string, VenueOrderState['state']>> = {
  pending: 'resting',
  open: 'resting',
  closed: 'filled',
  canceled: 'canceled',
  expired: 'canceled',
};

function orderState(venueOrderId: string, row: StrictObject): VenueOrderState | undefined {
  return orderStateOf({
    state: states[textIn(row, 'status') ?? ''],
    venueOrderId,
    filled: unsignedIn(row, 'vol_exec'),
    averagePrice: priceIn(row, 'price'),
    clientOrderId: idIn(row, 'cl_ord_id'),
    // "Total fee (quote currency)".
    fee: signedIn(row, 'fee'),
  });
}

/** One row for each trade that opened margin: summed by pair, short ones negative. */
function positionsOf(result: StrictObject): readonly VenuePosition[] | undefined {
  const byPair = new Map<string, Decimal>();
  for (const row of result.values()) {
    if (!isStrictObject(row)) return undefined;
    const pair = idIn(row, 'pair');
    const opened = unsignedIn(row, 'vol');
    const closed = unsignedIn(row, 'vol_closed');
    if (pair === undefined || opened === undefined || closed === undefined) return undefined;
    const instrument = canonicalPair(pair) ?? pair;
    const left = opened.minus(closed);
    const signedLeft = textIn(row, 'type') === 'sell' ? zero.minus(left) : left;
    byPair.set(instrument, (byPair.get(instrument) ?? zero).plus(signedLeft));
  }
  return [...byPair]
    .filter(([, quantity]) => !quantity.eq(zero))
    .map(([instrument, quantity]) => ({ instrument, quantity }));
}

function placedOrder(row: StrictObject): PlacedOrder {
  const code = idIn(row, 'error');
  const ids = row.get('txid');
  const [first] = Array.isArray(ids) ? (ids as readonly StrictJson[]) : [ids];
  return dropUndefined({
    isAccepted: code === undefined,
    venueOrderId: typeof first === 'string' ? first : undefined,
    clientOrderId: idIn(row, 'cl_ord_id'),
    code,
  }) as PlacedOrder;
}
