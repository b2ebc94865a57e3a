// Take-profit, stop and trailing legs that ride on an order; each becomes an intent of its own (D4).
import type { OrderIntent, OrderSide, Quantity } from '../../core/order.js';
import { type Fields, NotUnderstood } from './fields.js';

type Head = Pick<OrderIntent, 'venue' | 'account' | 'moneyMode' | 'instrument'>;
type Kind = 'tp' | 'sl';

const mostLegs = 10;
const triggerPriceTypes = ['last', 'index', 'mark'] as const;
const types = {
  tp: { market: 'take-profit', limit: 'take-profit-limit' },
  sl: { market: 'stop', limit: 'stop-limit' },
} as const;

/** The legs of `attachAlgoOrds`: the opposite side, the parent's quantity unless they state their own. */
export function attachedLegs(
  fields: Fields,
  parent: Head & { side: OrderSide; quantity: Quantity },
): readonly OrderIntent[] {
  const { side, quantity, ...head } = parent;
  const opposite: OrderSide = side === 'buy' ? 'sell' : 'buy';
  return fields.objects('attachAlgoOrds', mostLegs).flatMap((leg) => {
    const size = leg.amount('sz');
    const unit = quantity.unit === 'quote' ? 'base' : quantity.unit;
    const clientOrderId = leg.text('attachAlgoClOrdId');
    leg.refuse('TRIGGER_UNSUPPORTED', 'tpTriggerRatio', 'slTriggerRatio');
    leg.oneOf('amendPxOnTriggerType', ['0']);
    const intents = [...triggeredLegs(leg, ''), ...trailingLegs(leg)].map((part) => ({
      ...head,
      action: 'place' as const,
      side: opposite,
      quantity: size === undefined ? quantity : { value: size, unit },
      reduceOnly: true,
      ...(clientOrderId === undefined ? {} : { clientOrderId }),
      ...part,
    }));
    leg.finish();
    if (intents.length === 0)
      throw new NotUnderstood('LEG_EMPTY', 'an attached order has neither a trigger nor a callback');
    return intents;
  });
}

/** The legs of an amendment: new triggers and prices. */
export function amendedLegs(legs: readonly Fields[], head: Head): readonly OrderIntent[] {
  return legs.flatMap((leg) => {
    leg.refuse(
      'TRIGGER_UNSUPPORTED',
      'newTpTriggerRatio',
      'newSlTriggerRatio',
      'newCallbackRatio',
      'newCallbackSpread',
    );
    leg.oneOf('amendPxOnTriggerType', ['0']);
    const venueOrderId = leg.text('attachAlgoId');
    const clientOrderId = leg.text('attachAlgoClOrdId');
    leg.ignore('sz');
    const intents = triggeredLegs(leg, 'new').map((part) => ({
      ...head,
      action: 'amend' as const,
      ...(venueOrderId === undefined ? {} : { venueOrderId }),
      ...(clientOrderId === undefined ? {} : { clientOrderId }),
      ...part,
    }));
    leg.finish();
    return intents;
  });
}

type Part = Pick<OrderIntent, 'type' | 'price' | 'trigger'>;

/** `tpTriggerPx`, `slOrdPx` … or, with the prefix `new`, `newTpTriggerPx` … A leg's -1 price means market. */
export function triggeredLegs(fields: Fields, prefix: '' | 'new'): readonly Part[] {
  return (['tp', 'sl'] as const).flatMap((kind) => triggeredLeg(fields, prefix, kind));
}

function triggeredLeg(fields: Fields, prefix: '' | 'new', kind: Kind): readonly Part[] {
  const name = (field: string) =>
    prefix === '' ? `${kind}${field}` : `new${kind === 'tp' ? 'Tp' : 'Sl'}${field}`;
  const trigger = fields.amount(name('TriggerPx'));
  const price = fields.priceOrMarket(name('OrdPx'));
  fields.oneOf(name('TriggerPxType'), triggerPriceTypes);
  const isPlainLimit = kind === 'tp' && fields.oneOf(name('OrdKind'), ['condition', 'limit']) === 'limit';
  if (trigger === undefined && price === undefined) return [];
  if (prefix === '' && (price === undefined || (trigger === undefined && !isPlainLimit))) {
    throw new NotUnderstood('FIELD_MISSING', `${name('TriggerPx')} or ${name('OrdPx')} is missing`);
  }
  return [
    {
      type: price === 'market' || price === undefined ? types[kind].market : types[kind].limit,
      ...(price === 'market' || price === undefined ? {} : { price }),
      ...(trigger === undefined ? {} : { trigger }),
    },
  ];
}

/** A trailing stop: one callback, by ratio or distance; `callBack…` is the okx CLI's spelling. */
export function trailingLegs(fields: Fields): readonly Part[] {
  const callbacks = ['callbackRatio', 'callbackSpread', 'callBackRatio', 'callBackSpread'].filter(
    (name) => fields.amount(name) !== undefined,
  );
  const trigger = fields.amount('activePx');
  if (callbacks.length === 0 && trigger === undefined) return [];
  if (callbacks.length !== 1)
    throw new NotUnderstood('CALLBACK', 'a trailing stop needs exactly one callback');
  return [{ type: 'trailing-stop', ...(trigger === undefined ? {} : { trigger }) }];
}
