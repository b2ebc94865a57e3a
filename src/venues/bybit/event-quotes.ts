// Event contracts: a maker offers to pay so many times a stake, for stakes up to an amount.
// Source: bybit-api 4.7.7 types/request/v5-event, types/response/v5-event (an order book of payout ratio and order value); the v5
// documentation does not describe them.
import { type Decimal, formatDecimal } from '../../core/decimal.js';
import type { OrderIntent } from '../../core/order.js';
import type { IntentBase } from '../intent-base.js';
import type { OrderFields } from '../order-fields.js';
import { linkIdForm, missing, type Readers } from './reader.js';

export const eventReaders: Readers = {
  'v5/event/quotes': (fields, base) => [readQuote(fields, base)],
};

/** So that the product of two stays what the journal can hold. */
const amountForm = /^(?:0|[1-9]\d{0,13})(?:\.\d{1,12})?$/;
const contractForm = /^[A-Za-z0-9_.-]{1,60}$/;

/**
 * The amount is of the quote coin; times the ratio, which stands for the price, it is the most that may have to be paid. Which outcome is
 * bet on the symbol says, so it has no side.
 */
function readQuote(fields: OrderFields, base: IntentBase): OrderIntent {
  const amount = needAmount(fields, 'amount');
  const ratio = needAmount(fields, 'grossPayoutRatio');
  return {
    ...base,
    action: 'place',
    instrument: fields.need('symbol', contractForm),
    type: 'limit',
    quantity: { value: amount.times(ratio), unit: 'quote' },
    price: ratio,
    clientOrderId: fields.ownId('orderLinkId', linkIdForm) ?? missing(fields, 'orderLinkId'),
  };
}

function needAmount(fields: OrderFields, name: string): Decimal {
  const value = fields.positive(name) ?? missing(fields, name);
  return amountForm.test(formatDecimal(value)) ? value : fields.refuse('NUMBER_INVALID', name, 'is too long');
}
