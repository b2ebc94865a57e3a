// What the requests to OKX's trading bots share: their number, their amounts, when they start and stop, and how they end what they hold.
// Source: OKX v5 reference, "Grid Trading", "DCA Trading", "Signal bot trading", "Recurring Buy".
import { type Decimal, decimal } from '../../core/decimal.js';
import type { OrderIntent } from '../../core/order.js';
import { type IntentBase, intentBase } from '../intent-base.js';
import { type OrderFields, refuseOrder } from '../order-fields.js';
import type { ParseContext } from '../venue.js';
import { quoteOf } from './instrument.js';
import { needWord, word } from './order-ids.js';

/** Consumes the fields of one object; who calls ends with `done`. */
export type Reader = (fields: OrderFields, context: ParseContext) => OrderIntent;
export type Readers = Readonly<Record<string, Reader>>;

/** What every order of a bot names. */
export type BotHead = IntentBase & Pick<OrderIntent, 'instrument'>;

const number = /^\d{1,30}$/;
/** So that the product of two stays what the journal can hold. */
const amountForm = /^(?:0|[1-9]\d{0,13})(?:\.\d{1,12})?$/;
const one = decimal('1');

export function needAlgoId(fields: OrderFields): string {
  return fields.need('algoId', number);
}

/** An amount above zero, of at most 14 digits and 12 decimals; undefined when absent. */
export function amount(fields: OrderFields, name: string): Decimal | undefined {
  const value = fields.positiveText(name);
  if (value !== undefined && !amountForm.test(value.toFixed()))
    fields.refuse('NUMBER_INVALID', name, 'is too long a number');
  return value;
}

export function needAmount(fields: OrderFields, name: string): Decimal {
  return amount(fields, name) ?? fields.refuse('FIELD_MISSING', name, 'is missing');
}

/** A price that OKX also takes empty, for none. */
export function priceOrNone(fields: OrderFields, name: string): Decimal | undefined {
  return isEmpty(fields, name) ? undefined : fields.positiveText(name);
}

/** Whether the field is there and empty, which is how OKX writes that there is to be none; consumes it then. */
export function isEmpty(fields: OrderFields, name: string): boolean {
  return fields.takes(name, '');
}

/** A bot on an instrument that the request does not name, by its number. */
export function botOf(fields: OrderFields, context: ParseContext, instrument = '') {
  return { ...intentBase('okx', context), instrument, venueOrderId: needAlgoId(fields) };
}

/** Sells, or buys back, all that a bot holds. */
export function closing<Head extends BotHead>(head: Head, part: Partial<OrderIntent> = {}): OrderIntent {
  return {
    ...head,
    action: 'place',
    type: 'market',
    quantity: { value: one, unit: 'close-all' },
    reduceOnly: true,
    ...part,
  };
}

/**
 * A bot that ends and leaves what it holds. On spot those are coins; of contracts a leveraged position stays without the bot's stops, so that
 * is no mere cancel.
 */
export function stopping(bot: BotHead & { venueOrderId: string }, isSpot: boolean): OrderIntent {
  if (!isSpot) return { ...bot, action: 'amend', type: 'bot' };
  const { venueOrderId, ...head } = bot;
  return { ...head, action: 'cancel', cancels: [`algoId ${venueOrderId}`] };
}

/** Several orders of which each counts by itself: the bot may make any of them. */
export function anyOf(head: BotHead, legs: readonly OrderIntent[], part: Partial<OrderIntent> = {}) {
  return { ...head, action: 'place' as const, type: 'bot' as const, ...part, legs };
}

/** Of a spot bot: trading in another quote currency than the instrument's would count `amt` in that. */
export function refuseOtherQuote(fields: OrderFields, instrument: string): void {
  const quote = fields.text('tradeQuoteCcy');
  if (quote !== undefined && quote !== quoteOf(instrument))
    refuseOrder('QUANTITY_AMBIGUOUS', 'tradeQuoteCcy is not the instrument’s quote currency');
}

/** A share of the profit makes the bot one that others copy. */
export function refuseLeading(fields: OrderFields): void {
  word(fields, 'profitSharingRatio', ['0', '']);
}

/** When a bot starts or ends by itself. */
export interface BotTrigger {
  action: 'start' | 'stop';
  strategy: 'instant' | 'price' | 'rsi';
  /** Of `price`. */
  price?: Decimal;
  /** Of `stop`: it ends what the bot holds. */
  isClosing: boolean;
}

const mostTriggers = 10;

export function readTriggers(
  fields: OrderFields,
  actions: readonly BotTrigger['action'][],
): readonly BotTrigger[] {
  return (fields.objects('triggerParams', mostTriggers) ?? []).map((trigger) => {
    const action = needWord(trigger, 'triggerAction', actions);
    const strategy = word(trigger, 'triggerStrategy', ['instant', 'price', 'rsi']) ?? 'instant';
    const price = strategy === 'price' ? needPrice(trigger) : undefined;
    if (strategy === 'rsi') {
      word(trigger, 'timeframe', ['3m', '5m', '15m', '30m', '1H', '4H', '1D']);
      trigger.match('thold', /^(?:[1-9]\d?|100)$/);
      trigger.match('timePeriod', /^\d{1,3}$/);
    }
    // The okx CLI names it beside a price, too.
    word(trigger, 'triggerCond', ['cross_up', 'cross_down', 'above', 'below', 'cross']);
    trigger.match('delaySeconds', /^\d{1,9}$/);
    const stopType = action === 'stop' ? word(trigger, 'stopType', ['1', '2']) : undefined;
    trigger.done();
    const isClosing = action === 'stop' && stopType !== '2';
    return { action, strategy, ...(price === undefined ? {} : { price }), isClosing };
  });
}

function needPrice(trigger: OrderFields): Decimal {
  return trigger.positiveText('triggerPx') ?? trigger.refuse('FIELD_MISSING', 'triggerPx', 'is missing');
}

/** The price at which it starts; absent where it starts at once, or by something else than a price. */
export function startOf(triggers: readonly BotTrigger[]): Pick<OrderIntent, 'trigger'> {
  const starts = triggers.filter(({ action }) => action === 'start');
  if (starts.length > 1) refuseOrder('FIELD_CONFLICT', 'the bot starts on more than one condition');
  const [start] = starts;
  return start?.price === undefined ? {} : { trigger: start.price };
}

/** What its stops sell or buy back, each as an order of its own. */
export function stopsOf(triggers: readonly BotTrigger[], close: (part: Partial<OrderIntent>) => OrderIntent) {
  return triggers
    .filter(({ isClosing }) => isClosing)
    .map(({ price }) => close({ type: 'stop', ...(price === undefined ? {} : { trigger: price }) }));
}

/** Take-profit and stop by names: at a price, or at a ratio, whose price nobody knows. */
export function exitsOf(
  fields: OrderFields,
  names: { price?: readonly [string, string]; ratio?: readonly [string, string] },
  close: (part: Partial<OrderIntent>) => OrderIntent,
): OrderIntent[] {
  const types = ['take-profit', 'stop'] as const;
  const atPrice = (names.price ?? []).flatMap((name, index) => {
    const trigger = priceOrNone(fields, name);
    return trigger === undefined ? [] : [close({ type: typeAt(index), trigger })];
  });
  const atRatio = (names.ratio ?? []).flatMap((name, index) =>
    priceOrNone(fields, name) === undefined ? [] : [close({ type: typeAt(index) })],
  );
  return [...atPrice, ...atRatio];

  function typeAt(index: number) {
    return types[index] ?? 'stop';
  }
}
