// What became of an order of Bybit's four categories. Source: bybit-exchange/docs docs/v5/order/open-order.mdx, order-list.mdx,
// docs/v5/enum.mdx `orderStatus` (2026-07-24).
import type { Decimal } from '../../core/decimal.js';
import type { AdminPlace, VenueAdmin, VenueCall, VenueOrderState } from '../admin.js';
import type { StrictObject } from '../json-strict.js';
import { feeInQuote } from '../order-fee.js';
import {
  idIn,
  objectIn,
  orderStateOf,
  priceIn,
  rowsOf,
  signedIn,
  textIn,
  unsignedIn,
} from '../venue-answers.js';
import { categoriesOf, resultOf, signed } from './calls.js';
import { readId } from './resting.js';
import { isSpreadOrder } from './spread-names.js';

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

/**
 * Asked for among the recent orders and then in the history. Which category an order is of is not in its name: all that its symbol can be
 * of are asked; spreads have lists of their own.
 */
export const findOrder: VenueAdmin['findOrder'] = (at, name) => {
  const { instrument, clientOrderId, venueOrderId } = name;
  const id =
    venueOrderId === undefined
      ? `orderLinkId=${encodeURIComponent(clientOrderId ?? '')}`
      : `orderId=${encodeURIComponent(readId(venueOrderId).id)}`;
  const lists = ['realtime', 'history'];
  return findIn(
    at,
    isSpreadOrder(name)
      ? lists.map((path) => `/v5/spread/order/${path}?${id}`)
      : categoriesOf(instrument).flatMap((category) =>
          lists.map((path) => `/v5/order/${path}?category=${category}&${id}`),
        ),
  );
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
