// The sidecar's own calls to Bybit v5, over its four categories: spot, linear, inverse, option.
// Source: bybit-exchange/docs docs/v5/order, docs/v5/position/position-info.mdx, docs/v5/market (2026-07-24).
import { type Decimal, formatDecimal } from '../../core/decimal.js';
import type {
  AdminPlace,
  PlacedOrder,
  RestingOrder,
  VenueAdmin,
  VenueCall,
  VenueOrderState,
  VenuePosition,
} from '../admin.js';
import { balancesOf } from '../balances.js';
import {
  formatStrictJson,
  isStrictObject,
  parseStrictJson,
  type StrictJson,
  type StrictObject,
} from '../json-strict.js';
import { feeInQuote } from '../order-fee.js';
import { dropUndefined } from '../order-fields.js';
import {
  idIn,
  keyFlags,
  millisIn,
  objectIn,
  objectOf,
  onlyAccount,
  orderStateOf,
  priceIn,
  readAll,
  restingOrderOf,
  rowsOf,
  sideOf,
  signedIn,
  textIn,
  textsIn,
  unsignedIn,
  zero,
} from '../venue-answers.js';
import {
  askPrice,
  askTerms,
  type Category,
  categories,
  categoriesOf,
  ok,
  resultOf,
  signed,
} from './calls.js';
import * as depth from './depth.js';

/** Where orders may rest, each with what the venue wants the list narrowed by. */
const lists = [
  'category=spot',
  'category=linear&settleCoin=USDT',
  'category=linear&settleCoin=USDC',
  'category=inverse',
  'category=option',
] as const;
const pageSize = 50;
/** Rest is placed by these alone; spreads, RFQs and the like have readers and lists of their own and are refused. */
const covered: ReadonlySet<string> = new Set([
  'v5/order/create',
  'v5/order/create-batch',
  'v5/order/amend',
  'v5/order/amend-batch',
  'v5/position/trading-stop',
]);
// docs/v5/error.mdx: 110001 and 170213 order does not exist, 110008 and 110010 completed or cancelled already.
const goneCodes: ReadonlySet<string> = new Set(['110001', '110008', '110010', '170213', '170142']);
/** 10000 server timeout, 10016 internal error, 170007 timeout waiting for the backend, 170032 network error. */
const unknownCodes: ReadonlySet<string> = new Set(['10000', '10016', '10429', '170007', '170032']);

export const admin: VenueAdmin = {
  covers: (operation) => covered.has(operation),
  transferRights: new Set(['Wallet.AccountTransfer', 'Wallet.SubMemberTransfer']),
  // docs/v5/user/apikey-info.mdx: `ips` is ["*"] without a lock, `permissions.Wallet` may hold Withdraw.
  keyFacts: (at) => ({
    ...signed('GET', at, '/v5/user/query-api'),
    read: (answer) => {
      const key = resultOf(answer);
      const wallet = textsIn(objectIn(key, 'permissions'), 'Wallet');
      const addresses = textsIn(key, 'ips');
      const isMaster = key?.get('isMaster');
      const groups = objectIn(key, 'permissions');
      const main = idIn(key, 'parentUid');
      return keyFlags(
        {
          canWithdraw: wallet?.includes('Withdraw'),
          canTrade: textIn(key, 'readOnly') === '0',
          hasAddressLock:
            addresses === undefined ? undefined : addresses.length > 0 && !addresses.includes('*'),
          ...(typeof isMaster === 'boolean' ? { isSubAccount: !isMaster } : {}),
        },
        {
          venueAccounts: onlyAccount(idIn(key, 'userID')),
          // 0 of a main account.
          mainAccount: main === '0' ? undefined : main,
          rights: [...(groups?.keys() ?? [])].flatMap((group) =>
            (textsIn(groups, group) ?? []).map((right) => `${group}.${right}`),
          ),
        },
      );
    },
  }),
  // docs/v5/market/time.mdx; every answer's envelope tells it in milliseconds.
  serverTime: (at) => ({
    ...signed('GET', at, '/v5/market/time'),
    isPublic: true,
    read: (answer) => (resultOf(answer) === undefined ? undefined : millisIn(objectOf(answer), 'time')),
  }),
  openOrders: (at, page) => {
    const [named = '', cursor = ''] = (page ?? lists[0]).split('|');
    const list = lists.find((known) => known === named) ?? lists[0];
    const tail = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    return {
      ...signed('GET', at, `/v5/order/realtime?${list}&limit=${pageSize}${tail}`),
      read: (answer) => {
        const result = resultOf(answer);
        const category = categoryOf(list);
        const orders = readAll(rowsOf(result?.get('list')), (row) => restingOrder(row, category));
        if (orders === undefined) return undefined;
        const more = idIn(result, 'nextPageCursor');
        const following = lists[lists.indexOf(list) + 1];
        const next = more !== undefined && orders.length > 0 ? `${list}|${more}` : following;
        return { orders, ...(next === undefined ? {} : { next }) };
      },
    };
  },
  cancelBatchSize: 1,
  cancelOrders: (at, [order]) => {
    const { category, id } = readId(order?.venueOrderId ?? '');
    const body = { category, symbol: order?.instrument ?? '', orderId: id };
    return {
      ...signed('POST', at, '/v5/order/cancel', body),
      read: (answer) => {
        const code = textIn(objectOf(answer), 'retCode');
        if (code === undefined) return undefined;
        const isGone = code === ok || goneCodes.has(code);
        return { canceled: isGone ? 1 : 0, failed: isGone ? 0 : 1 };
      },
    };
  },
  // Which category an order is of is not in its name: all are asked, each among the recent orders and then in the history.
  findOrder: (at, { instrument, clientOrderId, venueOrderId }) => {
    const id =
      venueOrderId === undefined
        ? `orderLinkId=${encodeURIComponent(clientOrderId ?? '')}`
        : `orderId=${encodeURIComponent(readId(venueOrderId).id)}`;
    const targets = categoriesOf(instrument).flatMap((category) =>
      ['realtime', 'history'].map((path) => `/v5/order/${path}?category=${category}&${id}`),
    );
    return findIn(at, targets);
  },
  positions: (at) => positionsIn(at, lists.slice(1), []),
  // docs/v5/account/wallet-balance.mdx: `totalEquity` of the unified account, US dollars, open profits included.
  equity: (at) => ({
    ...signed('GET', at, '/v5/account/wallet-balance?accountType=UNIFIED'),
    read: (answer) => {
      const [row, second] = rowsOf(resultOf(answer)?.get('list')) ?? [];
      return second === undefined ? signedIn(row, 'totalEquity') : undefined;
    },
  }),
  // `walletBalance`, of which resting spot orders lock `locked`.
  balances: (at) => ({
    ...signed('GET', at, '/v5/account/wallet-balance?accountType=UNIFIED'),
    read: (answer) => {
      const [row, second] = rowsOf(resultOf(answer)?.get('list')) ?? [];
      return second !== undefined
        ? undefined
        : balancesOf(rowsOf(row?.get('coin')), (coin) => ({
            currency: idIn(coin, 'coin'),
            total: signedIn(coin, 'walletBalance'),
            locked: unsignedIn(coin, 'locked'),
          }));
    },
  }),
  closePosition: (at, { instrument, quantity }) => {
    const [category = 'linear'] = categoriesOf(instrument).filter((one) => one !== 'spot');
    const order = {
      category,
      symbol: instrument,
      side: quantity.gt(zero) ? 'Sell' : 'Buy',
      orderType: 'Market',
      qty: formatDecimal(quantity.abs()),
      reduceOnly: true,
    };
    return {
      ...signed('POST', at, '/v5/order/create', order),
      read: (answer) => {
        const code = textIn(objectOf(answer), 'retCode');
        return code === undefined ? undefined : { isAccepted: code === ok };
      },
    };
  },
  pairName: (base, quote) => `${base}${quote}`,
  referencePrice: (at, instrument) => askPrice(at, instrument, categoriesOf(instrument)),
  orderBook: (at, instrument, isDerivative) => {
    const categories = categoriesOf(instrument);
    const category = categories.find((one) => (one === 'spot') !== isDerivative) ?? categories[0];
    return depth.orderBook(at, instrument, category ?? 'spot');
  },
  priceRange: (at, instrument, window) => depth.priceRange(at, instrument, window, categoriesOf(instrument)),
  termsMembers: ['retCode'],
  contractTerms: (at, instrument) => askTerms(at, instrument, categoriesOf(instrument)),
  isTrouble: (answer) => unknownCodes.has(textIn(objectOf(answer), 'retCode') ?? ''),
  readPlaced: (answer, isCancel = false) => {
    const envelope = objectOf(answer);
    const code = textIn(envelope, 'retCode');
    if (code === undefined || unknownCodes.has(code)) return undefined;
    if (code !== ok) return [{ isAccepted: false, code }];
    const result = objectIn(envelope, 'result');
    const placed = rowsOf(result?.get('list'));
    // A batch tells in `retExtInfo`, in the same order, what each of its orders met with.
    const told = rowsOf(objectIn(envelope, 'retExtInfo')?.get('list'));
    if (placed !== undefined)
      return placed.map((row, index) => placedOrder(row, textIn(told?.[index], 'code')));
    if (result !== undefined) return [placedOrder(result, ok)];
    // docs/v5/rfq/trade/cancel-all-rfq.mdx: `result: []`; docs/v5/order/dcp.mdx: none.
    return isCancel ? [{ isAccepted: true }] : undefined;
  },
  withClientOrderIds: (request, makeId) => {
    const parsed = parseStrictJson(request.body);
    if (!parsed.ok || !isStrictObject(parsed.value)) return undefined;
    const stamp = (order: StrictJson): StrictJson =>
      isStrictObject(order) && !order.has('orderLinkId')
        ? new Map([...order, ['orderLinkId', makeId()]])
        : order;
    const list = parsed.value.get('request');
    if (request.path === '/v5/order/create')
      return { ...request, body: Buffer.from(formatStrictJson(stamp(parsed.value))) };
    if (request.path !== '/v5/order/create-batch' || !Array.isArray(list)) return undefined;
    const orders = new Map([...parsed.value, ['request', list.map(stamp)]]);
    return { ...request, body: Buffer.from(formatStrictJson(orders)) };
  },
};

const categoryOf = (list: string): Category =>
  categories.find((category) => list.startsWith(`category=${category}`)) ?? 'spot';

/** Our name of an order holds its category, without which Bybit cancels nothing. */
function readId(id: string): { category: Category; id: string } {
  const category = categories.find((one) => id.startsWith(`${one}:`));
  return category === undefined ? { category: 'spot', id } : { category, id: id.slice(category.length + 1) };
}

function restingOrder(row: StrictObject, category: Category): RestingOrder | undefined {
  const id = idIn(row, 'orderId');
  return restingOrderOf({
    instrument: idIn(row, 'symbol'),
    venueOrderId: id === undefined ? undefined : `${category}:${id}`,
    kind: idIn(row, 'stopOrderType') === undefined ? 'plain' : 'algo',
    side: sideOf(textIn(row, 'side')?.toLowerCase()),
    clientOrderId: idIn(row, 'orderLinkId'),
  });
}

// docs/v5/enum.mdx, orderStatus.
const states: Readonly<Record<string, VenueOrderState['state']>> = {
  New: 'resting',
  Created: 'resting',
  PartiallyFilled: 'resting',
  Untriggered: 'resting',
  Triggered: 'resting',
  Active: 'resting',
  PendingCancel: 'resting',
  Filled: 'filled',
  Cancelled: 'canceled',
  PartiallyFilledCanceled: 'canceled',
  Deactivated: 'canceled',
  Rejected: 'rejected',
};

function findIn(
  at: AdminPlace,
  [target = '', ...others]: readonly string[],
): VenueCall<VenueOrderState | 'absent'> {
  return {
    ...signed('GET', at, target),
    read: (answer) => {
      const rows = rowsOf(resultOf(answer)?.get('list'));
      const [row] = rows ?? [];
      if (rows === undefined) return undefined;
      return row === undefined ? 'absent' : orderState(row);
    },
    follow: (value) => (value === 'absent' && others.length > 0 ? findIn(at, others) : undefined),
  };
}

function orderState(row: StrictObject): VenueOrderState | undefined {
  return orderStateOf({
    state: states[textIn(row, 'orderStatus') ?? ''],
    venueOrderId: idIn(row, 'orderId'),
    filled: unsignedIn(row, 'cumExecQty'),
    averagePrice: priceIn(row, 'avgPrice'),
    clientOrderId: idIn(row, 'orderLinkId'),
    fee: feeOf(row),
  });
}

/** `cumFeeDetail`: by currency; more than one cannot be told as one amount. */
function feeOf(row: StrictObject): Decimal | undefined {
  const detail = objectIn(row, 'cumFeeDetail');
  const [currency, second] = detail?.keys() ?? [];
  if (currency === undefined || second !== undefined) return undefined;
  const symbol = textIn(row, 'symbol') ?? '';
  const averagePrice = priceIn(row, 'avgPrice');
  const [base, quote] = [symbol.startsWith(currency), symbol.endsWith(currency)].map((is) =>
    is ? currency : '',
  );
  return feeInQuote(signedIn(detail, currency), currency, {
    base: base ?? '',
    quote: quote ?? '',
    averagePrice,
  });
}

function positionsIn(
  at: AdminPlace,
  [list, ...others]: readonly string[],
  known: readonly VenuePosition[],
): VenueCall<readonly VenuePosition[]> {
  return {
    ...signed('GET', at, `/v5/position/list?${list}&limit=200`),
    read: (answer) => {
      const rows = readAll(rowsOf(resultOf(answer)?.get('list')), (row) => {
        const instrument = idIn(row, 'symbol');
        const size = unsignedIn(row, 'size');
        if (instrument === undefined || size === undefined) return undefined;
        return { instrument, quantity: textIn(row, 'side') === 'Sell' ? zero.minus(size) : size };
      });
      return rows === undefined
        ? undefined
        : [...known, ...rows.filter(({ quantity }) => !quantity.eq(zero))];
    },
    follow: (value) => (others.length > 0 ? positionsIn(at, others, value) : undefined),
  };
}

function placedOrder(row: StrictObject, code: string | undefined): PlacedOrder {
  const isAccepted = code === undefined || code === ok;
  return dropUndefined({
    isAccepted,
    venueOrderId: idIn(row, 'orderId'),
    clientOrderId: idIn(row, 'orderLinkId'),
    code: isAccepted ? undefined : code,
  }) as PlacedOrder;
}
