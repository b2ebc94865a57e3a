// An order intent as the journal, the control channel and a human get it: amounts as plain decimal text, and back.
import type { IntentRecord } from '../audit/order-events.js';
import { type Decimal, formatDecimal, parseDecimal } from '../core/decimal.js';
import type { OrderIntent } from '../core/order.js';

/** Intents never change, and each is written down several times before it is sent. */
const written = new WeakMap<OrderIntent, IntentRecord>();

/** Members in one fixed order, so that equal intents are equal texts; absent members stay absent. */
export function recordOf(intent: OrderIntent): IntentRecord {
  let record = written.get(intent);
  if (record === undefined) {
    record = writeIntent(intent);
    written.set(intent, record);
  }
  return record;
}

function writeIntent(intent: OrderIntent): IntentRecord {
  const { quantity, price, trigger, leverage, margin, legs } = intent;
  const members: Record<keyof IntentRecord, unknown> = {
    venue: intent.venue,
    account: intent.account,
    venueAccount: intent.venueAccount,
    moneyMode: intent.moneyMode,
    action: intent.action,
    instrument: intent.instrument,
    side: intent.side,
    positionSide: intent.positionSide,
    type: intent.type,
    timeInForce: intent.timeInForce,
    quantity: quantity && { value: formatDecimal(quantity.value), unit: quantity.unit },
    isDerivative: intent.isDerivative,
    isOpenQuantity: intent.isOpenQuantity,
    price: price && formatDecimal(price),
    trigger: trigger && formatDecimal(trigger),
    reduceOnly: intent.reduceOnly,
    isAlternative: intent.isAlternative,
    isAttached: intent.isAttached,
    leverage: leverage && formatDecimal(leverage),
    margin: margin && formatDecimal(margin),
    clientOrderId: intent.clientOrderId,
    venueOrderId: intent.venueOrderId,
    cancels: intent.cancels,
    legs: legs?.map(recordOf),
    terms: intent.terms,
    question: intent.question,
  };
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as unknown as IntentRecord;
}

/** Records never change, and each is asked for again while its order is open. */
const read = new WeakMap<IntentRecord, OrderIntent>();

/** @throws Error when an amount is no plain decimal: the record is not one of ours. */
export function intentOf(record: IntentRecord): OrderIntent {
  let intent = read.get(record);
  if (intent === undefined) {
    intent = readIntent(record);
    read.set(record, intent);
  }
  return intent;
}

function readIntent(record: IntentRecord): OrderIntent {
  const { quantity, price, trigger, leverage, margin, legs, ...rest } = record;
  return {
    ...(rest as Omit<OrderIntent, 'quantity' | 'price' | 'trigger' | 'leverage' | 'margin' | 'legs'>),
    ...(quantity === undefined
      ? {}
      : {
          quantity: {
            value: amount(quantity.value),
            unit: quantity.unit as NonNullable<OrderIntent['quantity']>['unit'],
          },
        }),
    ...(price === undefined ? {} : { price: amount(price) }),
    ...(trigger === undefined ? {} : { trigger: amount(trigger) }),
    ...(leverage === undefined ? {} : { leverage: amount(leverage) }),
    ...(margin === undefined ? {} : { margin: amount(margin) }),
    ...(legs === undefined ? {} : { legs: legs.map(intentOf) }),
  };
}

function amount(text: string): Decimal {
  const value = parseDecimal(text);
  if (value === undefined) throw new Error('a journal record holds an amount that is no plain decimal');
  return value;
}

/** Client order ids of what is to be placed, legs included. */
export function clientOrderIdsOf(intents: readonly IntentRecord[]): string[] {
  const ids: string[] = [];
  for (const { action, clientOrderId, legs } of intents) {
    if (action === 'place' && clientOrderId !== undefined) ids.push(clientOrderId);
    if (legs !== undefined) ids.push(...clientOrderIdsOf(legs));
  }
  return ids;
}
