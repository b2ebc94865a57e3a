// Take-profit, stop and trailing legs that ride on an order; each becomes an intent of its own (D4).
import { type Decimal, parseUnsigned } from '../../core/decimal.js';
import type { OrderIntent, OrderSide, Quantity } from '../../core/order.js';
import { dropUndefined, type OrderFields, refuseOrder } from '../order-fields.js';
import { identifier, refuseFields, word } from './order-ids.js';

type Head = Pick<OrderIntent, 'venue' | 'account' | 'moneyMode' | 'instrument' | 'positionSide'>;
export type LegPart = Pick<OrderIntent, 'type' | 'price' | 'trigger' | 'timeInForce'>;
type Kind = 'tp' | 'sl';

const mostLegs = 10;
export const triggerPriceTypes = ['last', 'index', 'mark'] as const;
const types = {
  tp: { market: 'take-profit', limit: 'take-profit-limit' },
  sl: { market: 'stop', limit: 'stop-limit' },
} as const;

/** The legs of `attachAlgoOrds`: the opposite side, the parent's quantity unless they state their own. */
export function attachedLegs(
  fields: OrderFields,
  parent: Head & { side: OrderSide; quantity: Quantity },
): readonly OrderIntent[] {
  const { side, quantity, ...head } = parent;
  const legs = fields.objects('attachAlgoOrds', mostLegs) ?? [];
  return legs.flatMap((leg) => {
    const size = leg.positiveText('sz');
    const unit = quantity.unit === 'quote' ? 'base' : quantity.unit;
    refuseFields(leg, 'PRICE_RELATIVE', ['tpTriggerRatio', 'slTriggerRatio']);
    word(leg, 'amendPxOnTriggerType', ['0']);
    const clientOrderId = leg.ownId('attachAlgoClOrdId', identifier);
    const parts = [...triggeredLegs(leg, ''), ...trailingLegs(leg)];
    leg.done();
    if (parts.length === 0)
      refuseOrder('FIELD_MISSING', 'an attached order has neither a trigger nor a callback');
    return parts.map((part) =>
      dropUndefined<OrderIntent>({
        ...head,
        action: 'place',
        side: side === 'buy' ? 'sell' : 'buy',
        quantity: size === undefined ? quantity : { value: size, unit },
        reduceOnly: true,
        clientOrderId,
        ...part,
      }),
    );
  });
}

/** The legs of an amendment: new triggers and prices. */
export function amendedLegs(fields: OrderFields, head: Head): readonly OrderIntent[] {
  const legs = fields.objects('attachAlgoOrds', mostLegs) ?? [];
  return legs.flatMap((leg) => {
    refuseFields(leg, 'PRICE_RELATIVE', ['newTpTriggerRatio', 'newSlTriggerRatio']);
    refuseFields(leg, 'PRODUCT_UNSUPPORTED', ['newCallbackRatio', 'newCallbackSpread', 'newActivePx', 'sz']);
    word(leg, 'amendPxOnTriggerType', ['0']);
    const venueOrderId = leg.match('attachAlgoId', /^\d{1,30}$/);
    const clientOrderId = leg.match('attachAlgoClOrdId', identifier);
    const parts = triggeredLegs(leg, 'new');
    leg.done();
    return parts.map((part) =>
      dropUndefined<OrderIntent>({ ...head, action: 'amend', venueOrderId, clientOrderId, ...part }),
    );
  });
}

/** `tpTriggerPx`, `slOrdPx` … or, with the prefix `new`, `newTpTriggerPx` … A leg's price of -1 means market. */
export function triggeredLegs(fields: OrderFields, prefix: '' | 'new'): readonly LegPart[] {
  return (['tp', 'sl'] as const).flatMap((kind) => triggeredLeg(fields, prefix, kind));
}

function triggeredLeg(fields: OrderFields, prefix: '' | 'new', kind: Kind): readonly LegPart[] {
  const own = prefix === '' ? kind : `${prefix}${kind === 'tp' ? 'Tp' : 'Sl'}`;
  const trigger = fields.positiveText(`${own}TriggerPx`);
  const price = priceOrMarket(fields, `${own}OrdPx`);
  word(fields, `${own}TriggerPxType`, triggerPriceTypes);
  // A take-profit of kind `limit` rests in the book at once, without a trigger.
  const isResting = kind === 'tp' && word(fields, `${own}OrdKind`, ['condition', 'limit']) === 'limit';
  if (trigger === undefined && price === undefined) return [];
  if (prefix === '' && price === undefined) fields.refuse('FIELD_MISSING', `${own}OrdPx`, 'is missing');
  if (prefix === '' && trigger === undefined && !isResting) {
    fields.refuse('FIELD_MISSING', `${own}TriggerPx`, 'is missing');
  }
  const limit = price === 'market' ? undefined : price;
  return [
    dropUndefined<LegPart>({
      type: types[kind][limit === undefined ? 'market' : 'limit'],
      price: limit,
      trigger,
    }),
  ];
}

/** A price, or `market` where OKX writes -1. */
export function priceOrMarket(fields: OrderFields, name: string): Decimal | 'market' | undefined {
  const text = fields.text(name);
  if (text === undefined || text === '-1') return text === undefined ? undefined : 'market';
  const price = parseUnsigned(text);
  return price === undefined || price.toFixed() === '0'
    ? fields.refuse('NUMBER_INVALID', name, 'is neither a price nor -1')
    : price;
}

/** A trailing stop: one callback, by ratio or distance; `callBack…` is the okx CLI's spelling. */
export function trailingLegs(fields: OrderFields): readonly LegPart[] {
  const callbacks = ['callbackRatio', 'callbackSpread', 'callBackRatio', 'callBackSpread'].filter(
    (name) => fields.positiveText(name) !== undefined,
  );
  const trigger = fields.positiveText('activePx');
  if (callbacks.length === 0 && trigger === undefined) return [];
  if (callbacks.length !== 1) refuseOrder('FIELD_CONFLICT', 'a trailing stop needs exactly one callback');
  return [dropUndefined<LegPart>({ type: 'trailing-stop', trigger })];
}
