// Bybit Alpha: tokens on a chain bought and sold for coins of the account, and shares in the outcome of events, at what the market gives.
// Source: bybit-exchange/docs docs/v5/alpha/trade, docs/v5/alpha/prediction, docs/v5/enum.mdx `predictionOrderType` (2026-07-24).
import type { OrderIntent, OrderSide } from '../../core/order.js';
import type { IntentBase } from '../intent-base.js';
import type { OrderFields } from '../order-fields.js';
import { missing, type Readers } from './reader.js';

export const alphaReaders: Readers = {
  'v5/alpha/trade/purchase': (fields, base) => [readTrade(fields, base, 'buy')],
  'v5/alpha/trade/redeem': (fields, base) => [readTrade(fields, base, 'sell')],
  'v5/alpha/prediction/buy': (fields, base) => [readPurchase(fields, base)],
  'v5/alpha/prediction/sell': (fields, base) => [readSale(fields, base)],
};

const coinForm = /^CEX_\d{1,20}$/;
const tokenForm = /^DEX_\d{1,20}$/;
const outcomeForm = /^[A-Za-z0-9_-]{1,100}$/;

/** What is paid, and its exact amount, comes first: of a purchase the coin, of a sale the token. */
function readTrade(fields: OrderFields, base: IntentBase, side: OrderSide): OrderIntent {
  const isPurchase = side === 'buy';
  const from = fields.need('fromTokenCode', isPurchase ? coinForm : tokenForm);
  const to = fields.need('toTokenCode', isPurchase ? tokenForm : coinForm);
  const value = fields.positive('fromTokenAmount') ?? missing(fields, 'fromTokenAmount');
  skipSlippage(fields);
  // The venue's own, and returned as it came: it says what was quoted for this amount of this pair.
  fields.need('quoteData', /^[A-Za-z0-9+/=._-]{1,16384}$/);
  fields.need('correctingCode', /^[A-Za-z0-9]{1,64}$/);
  if (fields.unsigned('gas') === undefined) missing(fields, 'gas');
  if (fields.id('quoteMode', /^[012]$/) === undefined) missing(fields, 'quoteMode');
  return {
    ...base,
    action: 'place',
    instrument: isPurchase ? `${to}/${from}` : `${from}/${to}`,
    side,
    type: 'market',
    quantity: { value, unit: isPurchase ? 'quote' : 'base' },
  };
}

function readPurchase(fields: OrderFields, base: IntentBase): OrderIntent {
  if (fields.choice('payTokenCode', { USDC: true }) === undefined) missing(fields, 'payTokenCode');
  const value = fields.positive('amount') ?? missing(fields, 'amount');
  return { ...readOutcome(fields, base), side: 'buy', quantity: { value, unit: 'quote' } };
}

function readSale(fields: OrderFields, base: IntentBase): OrderIntent {
  fields.choice('toTokenCode', { USDC: true });
  const value = fields.positive('size') ?? missing(fields, 'size');
  return { ...readOutcome(fields, base), side: 'sell', quantity: { value, unit: 'base' } };
}

/** Which outcome of which event: all of it at once, or nothing. */
function readOutcome(fields: OrderFields, base: IntentBase): OrderIntent {
  // 1 is fill or kill, and the only type there is.
  if (fields.id('orderType', /^1$/) === undefined) missing(fields, 'orderType');
  skipSlippage(fields);
  const event = fields.need('eventId', outcomeForm);
  const instrument = `${event}/${fields.need('tokenId', outcomeForm)}`;
  return { ...base, action: 'place', instrument, type: 'market', timeInForce: 'fok' };
}

function skipSlippage(fields: OrderFields): void {
  if (fields.unsigned('slippage') === undefined) missing(fields, 'slippage');
}
