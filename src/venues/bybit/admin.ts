// The sidecar's own calls to Bybit v5, over its four categories (spot, linear, inverse, option) and its spreads.
// Source: bybit-exchange/docs docs/v5/position/position-info.mdx, docs/v5/account, docs/v5/market (2026-07-24).
import { formatDecimal } from '../../core/decimal.js';
import type { AdminPlace, VenueAdmin, VenueCall, VenuePosition } from '../admin.js';
import { balancesOf } from '../balances.js';
import {
  idIn,
  millisIn,
  objectOf,
  readAll,
  rowsOf,
  signedIn,
  textIn,
  unsignedIn,
  zero,
} from '../venue-answers.js';
import { askPrice, askTerms, categoriesOf, ok, resultOf, signed } from './calls.js';
import * as depth from './depth.js';
import { keyFacts } from './key-facts.js';
import { findOrder } from './order-state.js';
import { isTrouble, readPlaced, withClientOrderIds } from './placed.js';
import { cancelOrders, contractLists, openOrders } from './resting.js';
import { askSpreadPrice, askSpreadTerms, isSpread } from './spread-names.js';

/**
 * What these calls find again and cancel. The rest is read, judged, journaled and refused, whatever the judgement: requests for quotes and
 * quotes, bots, conversions, on-chain and event trades have lists of their own, and the v3 generations are gone (docs/v3 was removed on
 * 2024-09-24).
 */
const covered: ReadonlySet<string> = new Set([
  'v5/order/create',
  'v5/order/create-batch',
  'v5/order/amend',
  'v5/order/amend-batch',
  'v5/position/trading-stop',
  'v5/spread/order/create',
  'v5/spread/order/amend',
]);

export const admin: VenueAdmin = {
  covers: (operation) => covered.has(operation),
  transferRights: new Set(['Wallet.AccountTransfer', 'Wallet.SubMemberTransfer']),
  keyFacts,
  // docs/v5/market/time.mdx; every answer's envelope tells it in milliseconds.
  serverTime: (at) => ({
    ...signed('GET', at, '/v5/market/time'),
    isPublic: true,
    read: (answer) => (resultOf(answer) === undefined ? undefined : millisIn(objectOf(answer), 'time')),
  }),
  openOrders,
  cancelBatchSize: 1,
  cancelOrders,
  findOrder,
  positions: (at) => positionsIn(at, contractLists, []),
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
  isCloseHeldToReduce: true,
  closePosition: (at, { instrument, quantity, isHedged }) => {
    const [category = 'linear'] = categoriesOf(instrument).filter((one) => one !== 'spot');
    const order = {
      category,
      symbol: instrument,
      side: quantity.gt(zero) ? 'Sell' : 'Buy',
      orderType: 'Market',
      qty: formatDecimal(quantity.abs()),
      reduceOnly: true,
      ...(isHedged === true ? { positionIdx: quantity.gt(zero) ? 1 : 2 } : {}),
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
  referencePrice: (at, instrument) =>
    isSpread(instrument)
      ? askSpreadPrice(at, instrument)
      : askPrice(at, instrument, categoriesOf(instrument)),
  orderBook: (at, instrument, isDerivative) => {
    const categories = categoriesOf(instrument);
    const category = categories.find((one) => (one === 'spot') !== isDerivative) ?? categories[0];
    return depth.orderBook(at, instrument, category ?? 'spot');
  },
  priceRange: (at, instrument, window) => depth.priceRange(at, instrument, window, categoriesOf(instrument)),
  termsMembers: ['retCode'],
  contractTerms: (at, instrument) =>
    isSpread(instrument)
      ? askSpreadTerms(at, instrument)
      : askTerms(at, instrument, categoriesOf(instrument)),
  isTrouble,
  readPlaced,
  withClientOrderIds,
};

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
        const quantity = textIn(row, 'side') === 'Sell' ? zero.minus(size) : size;
        // "positionIdx": 1 and 2 are the two sides of hedge mode.
        const isHedged = /^[12]$/.test(textIn(row, 'positionIdx') ?? '');
        return isHedged ? { instrument, quantity, isHedged: true as const } : { instrument, quantity };
      });
      return rows === undefined
        ? undefined
        : [...known, ...rows.filter(({ quantity }) => !quantity.eq(zero))];
    },
    follow: (value) => (others.length > 0 ? positionsIn(at, others, value) : undefined),
  };
}
