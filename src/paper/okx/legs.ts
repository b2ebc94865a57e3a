// OKX's take-profit, stop and trailing legs as orders of the engine: of algo orders, and of those attached to a plain order.
// Source: OKX v5 reference, "Place algo order", "Place order" (`attachAlgoOrds`); ccxt 4.5.84 okx createOrderRequest().
import { type Decimal, decimal, parseUnsigned } from '../../core/decimal.js';
import type { OrderSide } from '../../core/order.js';
import { type NewOrder, type Trail, triggerMoveOf } from '../engine/orders.js';
import { badParameter, missingParameter, notOnPaper } from './answers.js';
import type { Params } from './call.js';

export type LegKind = 'tp' | 'sl';
/** What a leg adds to what it shares with the others of its algo order. */
export type LegTerms = Pick<NewOrder, 'price' | 'trigger' | 'triggerMove' | 'trail' | 'timeInForce'> & {
  leg: LegKind | 'trigger' | 'trailing';
};

const one = decimal('1');

/** A take-profit, a stop, both or neither. */
export function triggeredTerms(params: Params, side: OrderSide): readonly LegTerms[] {
  return (['tp', 'sl'] as const).flatMap((leg): readonly LegTerms[] => {
    const trigger = params.amount(`${leg}TriggerPx`);
    if (trigger === undefined && !params.has(`${leg}OrdPx`)) return [];
    needLast(params, `${leg}TriggerPxType`);
    const price = priceOrMarket(params, `${leg}OrdPx`);
    // A take-profit of kind `limit` rests in the book at once.
    if (leg === 'tp' && params.text('tpOrdKind') === 'limit') {
      if (price === undefined) throw missingParameter('tpOrdPx');
      return [{ leg, price, timeInForce: 'gtc' }];
    }
    if (trigger === undefined) throw missingParameter(`${leg}TriggerPx`);
    const move = { trigger, triggerMove: triggerMoveOf(side, leg === 'tp') };
    return [{ leg, ...move, ...restingOr(price) }];
  });
}

/** `callbackRatio` 0.01 is a hundredth; `callBack…` is the okx CLI's spelling. */
export function trailingTerms(params: Params): readonly LegTerms[] {
  const ratio = params.amount('callbackRatio') ?? params.amount('callBackRatio');
  const spread = params.amount('callbackSpread') ?? params.amount('callBackSpread');
  const activation = params.amount('activePx');
  if (ratio === undefined && spread === undefined) {
    if (activation !== undefined) throw missingParameter('callbackRatio');
    return [];
  }
  if ((ratio !== undefined && spread !== undefined) || ratio?.gte(one) === true)
    throw badParameter('callbackRatio');
  const back: Trail | undefined =
    ratio !== undefined
      ? { value: ratio, unit: 'ratio' }
      : spread !== undefined
        ? { value: spread, unit: 'price' }
        : undefined;
  if (back === undefined) throw badParameter('callbackRatio');
  return [{ leg: 'trailing', trail: { ...back, ...(activation && { activation }) }, timeInForce: 'ioc' }];
}

/** `triggerPx` is reached from wherever the market is now. */
export function triggerTerms(params: Params, last: Decimal): LegTerms {
  const trigger = params.amount('triggerPx');
  if (trigger === undefined) throw missingParameter('triggerPx');
  needLast(params, 'triggerPxType');
  if (params.has('advanceOrdType')) throw notOnPaper();
  const triggerMove = trigger.gt(last) ? ('rises' as const) : ('falls' as const);
  return { leg: 'trigger', trigger, triggerMove, ...restingOr(priceOrMarket(params, 'orderPx')) };
}

/** Undefined for -1, which is the market. */
export function priceOrMarket(params: Params, name: string): Decimal | undefined {
  const text = params.required(name);
  if (text === '-1') return undefined;
  const price = parseUnsigned(text);
  if (price === undefined || price.eq(decimal('0'))) throw badParameter(name);
  return price;
}

const restingOr = (price: Decimal | undefined) =>
  price === undefined ? { timeInForce: 'ioc' as const } : { price, timeInForce: 'gtc' as const };

/** On paper index, mark and last price are one for spot; the last is what counts. */
function needLast(params: Params, name: string): void {
  if (!['last', 'index', 'mark'].includes(params.text(name) ?? 'last')) throw badParameter(name);
}
