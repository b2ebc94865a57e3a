// Binance's cancels: one intent per order named, one without an id for all orders of a symbol or account.
import type { OrderIntent } from '../../core/order.js';
import type { IntentBase } from '../intent-base.js';
import { JsonNumber, parseStrictJson } from '../json-strict.js';
import { dropUndefined, type OrderFields, refuseDisarm } from '../order-fields.js';
import { booleans, clientIdForm, idForm, symbolForm } from './order-base.js';

type Ids = Pick<OrderIntent, 'venueOrderId' | 'clientOrderId'>;

/** Every cancel of every API; a list of ids becomes as many intents. */
export function readCancel(fields: OrderFields, base: IntentBase): readonly OrderIntent[] {
  fields.ignore('recvWindow', 'timestamp');
  fields.choice('cancelRestrictions', { ONLY_NEW: true, ONLY_PARTIALLY_FILLED: true });
  fields.choice('isIsolated', booleans);
  fields.choice('algoType', { CONDITIONAL: true, VP: true, TWAP: true });
  fields.ownId('newClientOrderId', clientIdForm);
  // 0 ends the countdown: Binance USD-M Futures API, "Auto-Cancel All Open Orders".
  refuseDisarm('countdownTime', fields.id('countdownTime', /^\d{1,12}$/), 1_000);
  fields.match('underlying', symbolForm);
  fields.match('underlyings', /^[A-Z0-9]{1,20}(?:,[A-Z0-9]{1,20}){0,20}$/);
  const symbol = fields.match('symbol', symbolForm) ?? '';
  const symbols = fields.match('symbols', /^[A-Z0-9_,]{1,400}$/);
  const one = dropUndefined({
    venueOrderId: firstOf(fields, [
      'orderId',
      'orderListId',
      'algoId',
      'strategyId',
      'blockOrderMatchingKey',
    ]),
    clientOrderId: firstOf(fields, [
      'origClientOrderId',
      'listClientOrderId',
      'clientAlgoId',
      'newClientStrategyId',
      'clientOrderId',
    ]),
  });
  const many = [
    ...listOf(fields, ['orderIdList', 'orderidlist', 'orderIds'], idForm).map((venueOrderId) => ({
      venueOrderId,
    })),
    ...listOf(fields, ['origClientOrderIdList', 'origclientorderidlist', 'clientOrderIds'], clientIdForm).map(
      (clientOrderId) => ({ clientOrderId }),
    ),
  ];
  const cancel = (instrument: string, ids: Ids): OrderIntent => ({
    ...base,
    action: 'cancel',
    instrument,
    ...ids,
  });
  if (many.length > 0) return many.map((ids) => cancel(symbol, ids));
  return (symbols?.split(',') ?? [symbol]).map((instrument) => cancel(instrument, one));
}

function firstOf(fields: OrderFields, names: readonly string[]): string | undefined {
  const form = /^[.A-Z:/a-z0-9_-]{1,64}$/;
  const given = names.filter((name) => fields.has(name));
  const [name, other] = given;
  if (other !== undefined) fields.refuse('FIELD_CONFLICT', other, 'stands beside another id');
  return name === undefined ? undefined : fields.id(name, form);
}

/** A JSON list of ids in one parameter. */
function listOf(fields: OrderFields, names: readonly string[], form: RegExp): string[] {
  return names.flatMap((name) => {
    const text = fields.text(name);
    if (text === undefined) return [];
    const parsed = parseStrictJson(Buffer.from(text));
    if (!parsed.ok || !Array.isArray(parsed.value) || parsed.value.length === 0 || parsed.value.length > 50) {
      return fields.refuse('FIELD_INVALID', name, 'is no list of 1 to 50');
    }
    return parsed.value.map((element) => {
      const id = element instanceof JsonNumber ? element.text : element;
      return typeof id === 'string' && form.test(id)
        ? id
        : fields.refuse('FIELD_INVALID', name, 'holds no id');
    });
  });
}
