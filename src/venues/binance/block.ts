// Binance's block trades of options: two parties agree outside the book, one sends the trade, the other accepts it by its key alone.
// Sources: developers.binance.com Options, Market Maker Block Trade: "New Block Trade Order", "Query Block Trade Details" (told from the
// counterparty's side, which is whoever asks in order to accept: the example's legs are those of "Accept Block Trade Order"), "Extend
// Block Trade Order" (30 minutes from now on).
import type { OrderIntent } from '../../core/order.js';
import { type IntentBase, intentBase } from '../intent-base.js';
import type { StrictObject } from '../json-strict.js';
import type { OrderFields } from '../order-fields.js';
import { needQuoted } from '../quoted.js';
import type { ParseContext, QuotedTerms } from '../venue.js';
import { millisIn, objectOf, priceIn, rowsOf, sideOf, textIn } from '../venue-answers.js';
import { elementsOf } from './futures-orders.js';
import { needSide, symbolForm } from './order-base.js';

const keyForm = /^[A-Za-z0-9-]{1,64}$/;
const parties = { TAKER: true, MAKER: true, Taker: true, Maker: true };
/** A trade waits for its counterparty. */
const waiting = 'RECEIVED';

function needKey(fields: OrderFields): string {
  fields.ignore('recvWindow', 'timestamp');
  return fields.need('blockOrderMatchingKey', keyForm);
}

/** The trade's only leg; it waits 30 minutes for the other party. */
export function readBlockOrder(fields: OrderFields, base: IntentBase): readonly OrderIntent[] {
  fields.ignore('recvWindow', 'timestamp');
  if (fields.choice('liquidity', parties) === undefined)
    fields.refuse('FIELD_MISSING', 'liquidity', 'is missing');
  return elementsOf(fields, 'legs', 1).map((leg): OrderIntent => {
    leg.choice('type', { LIMIT: true }, 'ORDER_TYPE_UNSUPPORTED');
    const intent: OrderIntent = {
      ...base,
      action: 'place',
      instrument: leg.need('symbol', symbolForm),
      side: needSide(leg, 'side'),
      type: 'limit',
      timeInForce: 'gtd',
      quantity: {
        value: leg.positive('quantity') ?? leg.refuse('FIELD_MISSING', 'quantity', 'is missing'),
        unit: 'contracts',
      },
      price: leg.positive('price') ?? leg.refuse('FIELD_MISSING', 'price', 'is missing'),
    };
    leg.done();
    return intent;
  });
}

/** The same trade for 30 minutes more; nothing else of it changes. */
export function readBlockExtension(fields: OrderFields, base: IntentBase): readonly OrderIntent[] {
  return [{ ...base, action: 'amend', instrument: '', timeInForce: 'gtd', venueOrderId: needKey(fields) }];
}

const quoteKeyOf = (key: string): string => `eapi ${key}`;

/** The side of the trade that its other party left, as the venue told it. */
export function readBlockAcceptance(
  fields: OrderFields,
  base: IntentBase,
  context: ParseContext,
): readonly OrderIntent[] {
  return needQuoted(context, quoteKeyOf(needKey(fields))).map((terms) => ({ ...terms, ...base }));
}

/** The details of a trade that waits; undefined where the answer holds none. Throws a refusal where the request is not understood. */
export function readBlockDetails(
  fields: OrderFields,
  body: Buffer,
  context: ParseContext,
): QuotedTerms | undefined {
  const key = needKey(fields);
  const row = objectOf({ body });
  const expiresAtMs = millisIn(row, 'expireTime');
  const [leg, ...more] = rowsOf(row?.get('legs')) ?? [];
  if (textIn(row, 'status') !== waiting || expiresAtMs === undefined || more.length > 0) return undefined;
  const intent = leg === undefined ? undefined : takenOver(leg, intentBase('binance', context));
  return intent === undefined ? undefined : { id: quoteKeyOf(key), intents: [intent], expiresAtMs };
}

function takenOver(leg: StrictObject, base: IntentBase): OrderIntent | undefined {
  const [instrument, side] = [textIn(leg, 'symbol') ?? '', sideOf(textIn(leg, 'side')?.toLowerCase())];
  const [value, price] = [priceIn(leg, 'quantity'), priceIn(leg, 'price')];
  if (!symbolForm.test(instrument) || side === undefined || value === undefined || price === undefined)
    return undefined;
  return {
    ...base,
    action: 'place',
    instrument,
    side,
    type: 'limit',
    timeInForce: 'fok',
    quantity: { value, unit: 'contracts' },
    price,
  };
}
