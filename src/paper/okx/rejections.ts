// The engine's reasons in OKX's codes and words (OKX v5 reference, "Error Code"; ccxt 4.5.84 okx exceptions).
import type { RejectCode } from '../engine/orders.js';

export interface Rejection {
  sCode: string;
  sMsg: string;
}

const placing: Readonly<Record<RejectCode, readonly [code: string, message: string]>> = {
  INSTRUMENT_UNKNOWN: ['51001', "Instrument ID, Instrument ID code, or Spread ID doesn't exist."],
  PRICE_NOT_ON_TICK: ['51000', 'Parameter px error'],
  PRICE_TOO_HIGH: ['51006', 'Order price is not within the price limit (see public/price-limit).'],
  PRICE_TOO_LOW: ['51006', 'Order price is not within the price limit (see public/price-limit).'],
  SIZE_NOT_ON_LOT: ['51121', 'Order quantity must be a multiple of the lot size.'],
  SIZE_TOO_SMALL: ['51020', 'Your order should meet or exceed the minimum order amount.'],
  SIZE_TOO_LARGE: ['51202', 'Order amount exceeds the maximum amount.'],
  INSUFFICIENT_BALANCE: ['51008', 'Order failed. Insufficient balance or margin in account.'],
  NOTHING_TO_REDUCE: [
    '51169',
    "Order failed because you don't have any positions in this direction for this contract to reduce or close.",
  ],
  CLIENT_ID_TAKEN: ['51016', 'Client order ID already exists.'],
  TOO_MANY_ORDERS: ['51174', 'The number of pending orders reached the upper limit of 500 (orders).'],
  ORDER_UNKNOWN: ['51603', 'Order does not exist'],
  ORDER_DONE: ['51603', 'Order does not exist'],
  NO_CHANGE: ['51500', 'You must enter a price, quantity, or TP/SL that differs.'],
};

const canceling = [
  '51400',
  'Order cancellation failed as the order has been filled, canceled or does not exist.',
] as const;
const amending: Partial<typeof placing> = {
  ORDER_UNKNOWN: ['51503', 'Order modification failed as the order does not exist.'],
  ORDER_DONE: [
    '51503',
    'Order modification failed as the order has been filled, canceled or does not exist.',
  ],
  INSUFFICIENT_BALANCE: ['51502', 'Order failed to modify. Insufficient balance or margin in account.'],
};

export function rejection(
  code: RejectCode,
  doing: 'place' | 'amend' | 'cancel',
  currency?: string,
): Rejection {
  const [sCode, sMsg] =
    doing === 'cancel' ? canceling : ((doing === 'amend' ? amending[code] : undefined) ?? placing[code]);
  if (currency === undefined || code !== 'INSUFFICIENT_BALANCE') return { sCode, sMsg };
  return { sCode, sMsg: sMsg.replace('balance or margin', `${currency} balance`) };
}
