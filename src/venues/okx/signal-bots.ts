// Signal bots: they trade contracts whenever a signal of someone else's arrives. Source: OKX v5 reference, "Signal bot trading".
import type { OrderIntent } from '../../core/order.js';
import { intentBase } from '../intent-base.js';
import { dropUndefined, type OrderFields, refuseOrder } from '../order-fields.js';
import type { ParseContext } from '../venue.js';
import {
  amount,
  anyOf,
  type BotHead,
  botOf,
  closing,
  exitsOf,
  isEmpty,
  needAmount,
  type Readers,
} from './bot-fields.js';
import { needInstrument, needKind, needSide, needWord, word } from './order-ids.js';

export const signalReaders: Readers = {
  'tradingBot/signal/order-algo': placeSignal,
  'tradingBot/signal/stop-order-algo': stopSignal,
  'tradingBot/signal/close-position': closeSignal,
  'tradingBot/signal/sub-order': placeSubOrder,
  'tradingBot/signal/amendTPSL': amendSignal,
};

/** Instruments that one bot trades. */
const mostInstruments = 100;

/** It may put the whole of its money into each of its contracts, either way. */
function placeSignal(fields: OrderFields, context: ParseContext): OrderIntent {
  fields.need('signalChanId', /^\d{1,30}$/);
  const instruments = readInstruments(fields);
  const leverage = needAmount(fields, 'lever');
  const value = needAmount(fields, 'investAmt').times(leverage);
  needWord(fields, 'subOrdType', ['1', '2', '9']);
  if (!isEmpty(fields, 'ratio')) amount(fields, 'ratio');
  readEntry(fields);
  const head = { ...intentBase('okx', context), instrument: '' };
  const legs = instruments.flatMap((instrument) =>
    (['buy', 'sell'] as const).map(
      (side): OrderIntent => ({
        ...head,
        instrument,
        action: 'place',
        type: 'bot',
        side,
        quantity: { value, unit: 'quote' },
        leverage,
      }),
    ),
  );
  const [only, second] = instruments;
  const whole = { ...head, instrument: second === undefined ? (only ?? '') : '' };
  return anyOf(whole, [...legs, ...readExits(fields, whole)], { leverage });
}

/** A list, or as okx-api 3.2.3 types it, names with commas between. All contracts that there are cannot be named. */
function readInstruments(fields: OrderFields): readonly string[] {
  if (fields.flag('includeAll') === true)
    refuseOrder('SYMBOL_UNKNOWN', 'includeAll stands for contracts that nobody can name');
  const listed = fields.listOrWords('instIds', mostInstruments);
  if (listed === undefined) return fields.refuse('FIELD_MISSING', 'instIds', 'is missing');
  for (const instrument of listed) {
    if (needKind(instrument) !== 'contract')
      fields.refuse('FIELD_INVALID', 'instIds', 'holds something else than contracts');
  }
  if (new Set(listed).size !== listed.length)
    fields.refuse('FIELD_CONFLICT', 'instIds', 'names an instrument twice');
  return listed;
}

/** How the money is divided among entries: it gets no more by it. */
function readEntry(fields: OrderFields): void {
  const entry = fields.object('entrySettingParam');
  if (entry === undefined) return;
  entry.flag('allowMultipleEntry');
  word(entry, 'entryType', ['1', '2', '3', '4', '5']);
  for (const name of ['amt', 'ratio']) if (!isEmpty(entry, name)) amount(entry, name);
  entry.done();
}

/** Percentages: at which price they close, nobody knows. */
function readExits(fields: OrderFields, head: BotHead): readonly OrderIntent[] {
  const exits = fields.object('exitSettingParam');
  if (exits === undefined) return [];
  // The reference names the words and, in its example, a number.
  needWord(exits, 'tpSlType', ['pnl', 'price', '1', '2']);
  const legs = exitsOf(exits, { ratio: ['tpPct', 'slPct'] }, (part) => closing(head, part));
  exits.done();
  return legs;
}

/** "Cancel signal bots" has no word for keeping what it holds: taken as if it closed that. */
function stopSignal(fields: OrderFields, context: ParseContext): OrderIntent {
  return closing(botOf(fields, context));
}

/** "Close the position of an instrument via a market order." */
function closeSignal(fields: OrderFields, context: ParseContext): OrderIntent {
  return closing(botOf(fields, context, needInstrument(fields, context)));
}

/** An order with the bot's money; `sz` counts contracts. */
function placeSubOrder(fields: OrderFields, context: ParseContext): OrderIntent {
  const instrument = needInstrument(fields, context);
  if (needKind(instrument) !== 'contract')
    refuseOrder('SYMBOL_UNKNOWN', 'signal bots trade nothing but contracts');
  const type = needWord(fields, 'ordType', ['market', 'limit']);
  const price = fields.positiveText('px');
  if (type === 'market' && price !== undefined) refuseOrder('PRICE_AMBIGUOUS', 'a market order carries px');
  if (type === 'limit' && price === undefined) fields.refuse('FIELD_MISSING', 'px', 'is missing');
  return dropUndefined<OrderIntent>({
    ...botOf(fields, context, instrument),
    action: 'place',
    side: needSide(fields),
    type,
    timeInForce: type === 'market' ? 'ioc' : 'gtc',
    quantity: { value: needAmount(fields, 'sz'), unit: 'contracts' },
    price,
    reduceOnly: fields.flag('reduceOnly'),
  });
}

function amendSignal(fields: OrderFields, context: ParseContext): OrderIntent {
  const bot = botOf(fields, context);
  const legs = fields.has('exitSettingParam')
    ? readExits(fields, bot)
    : fields.refuse('FIELD_MISSING', 'exitSettingParam', 'is missing');
  return dropUndefined<OrderIntent>({
    ...bot,
    action: 'amend',
    type: 'bot',
    legs: legs.length === 0 ? undefined : legs,
  });
}
