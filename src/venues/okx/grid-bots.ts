// Grid bots: they buy and sell between two prices until they are stopped. Source: OKX v5 reference, "Grid Trading"; okx CLI 1.2.4.
import { type Decimal, decimal } from '../../core/decimal.js';
import type { OrderIntent, OrderSide, Quantity } from '../../core/order.js';
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
  needAlgoId,
  needAmount,
  type Readers,
  readTriggers,
  refuseLeading,
  refuseOtherQuote,
  startOf,
  stopping,
  stopsOf,
} from './bot-fields.js';
import { isInverse } from './instrument.js';
import { identifier, needInstrument, needKind, needWord, refuseFields, word } from './order-ids.js';

export const gridReaders: Readers = {
  'tradingBot/grid/order-algo': placeGrid,
  'tradingBot/grid/copy-order-algo': copyGrid,
  'tradingBot/grid/stop-order-algo': stopGrid,
  'tradingBot/grid/close-position': closeGrid,
  'tradingBot/grid/order-instant-trigger': startGrid,
  'tradingBot/grid/adjust-investment': addToGrid,
  'tradingBot/grid/amend-algo-basic-param': amendRange,
  'tradingBot/grid/amend-order-algo': amendExits,
};

/** The most that a bot buys and sells at once. */
interface Stake {
  buys?: Quantity;
  sells?: Quantity;
  /** Absent where it may hold either way. */
  side?: OrderSide;
  leverage?: Decimal;
}

interface Range {
  high?: Decimal;
  low?: Decimal;
}

const zero = decimal('0');
/** "Place grid algo order": `quoteSz`, `baseSz` of a spot grid; `sz`, `direction`, `lever` of a contract grid. */
const directions = { long: 'buy', short: 'sell', neutral: undefined } as const;

function placeGrid(fields: OrderFields, context: ParseContext): OrderIntent {
  const { head, isSpot } = readHead(fields, context);
  const range = readRange(fields);
  const triggers = readTriggers(fields, ['start', 'stop']);
  word(fields, 'runType', ['1', '2']);
  refuseLeading(fields);
  fields.keep('tag');
  const stake = isSpot ? spotStake(fields, head) : contractStake(fields, head, needAmount(fields, 'sz'));
  const close = (part: Partial<OrderIntent>) =>
    closing(head, dropUndefined({ side: isSpot ? ('sell' as const) : closingSide(stake.side), ...part }));
  const exits = exitsOf(
    fields,
    {
      price: ['tpTriggerPx', 'slTriggerPx'],
      ...(isSpot ? {} : { ratio: ['tpRatio', 'slRatio'] as const }),
    },
    close,
  );
  return {
    ...gridOf(head, stake, range, [...exits, ...stopsOf(triggers, close)]),
    ...startOf(triggers),
    ...readClientId(fields),
  };
}

/** The prices are those of the bot that is copied, and so is the side of a contract grid: it may be either. */
function copyGrid(fields: OrderFields, context: ParseContext): OrderIntent {
  const { head, isSpot } = readHead(fields, context);
  fields.need('sourceAlgoId', /^\d{1,30}$/);
  fields.keep('tag');
  const stake = isSpot
    ? { ...bought(needAmount(fields, 'quoteSz')), side: 'buy' as const }
    : contractStake(fields, head, copiedMargin(fields));
  return { ...gridOf(head, stake, {}, []), ...readClientId(fields) };
}

function readHead(fields: OrderFields, context: ParseContext): { head: BotHead; isSpot: boolean } {
  const instrument = needInstrument(fields, context);
  const isSpot = needType(fields) === 'grid';
  if ((needKind(instrument) === 'spot') !== isSpot)
    refuseOrder('FIELD_CONFLICT', 'algoOrdType is not for this instrument');
  return { head: { ...intentBase('okx', context), instrument }, isSpot };
}

function needType(fields: OrderFields) {
  return (
    fields.choice(
      'algoOrdType',
      { grid: 'grid', contract_grid: 'contract' } as const,
      'ORDER_TYPE_UNSUPPORTED',
    ) ?? fields.refuse('FIELD_MISSING', 'algoOrdType', 'is missing')
  );
}

function readRange(fields: OrderFields): { high: Decimal; low: Decimal } {
  const high = needAmount(fields, 'maxPx');
  const low = needAmount(fields, 'minPx');
  if (low.gte(high)) refuseOrder('FIELD_CONFLICT', 'minPx is not below maxPx');
  if (fields.id('gridNum', /^[1-9]\d{0,3}$/) === undefined)
    fields.refuse('FIELD_MISSING', 'gridNum', 'is missing');
  return { high, low };
}

/** What is bought is sold again for no more than it brings, and the other way round. */
function spotStake(fields: OrderFields, { instrument }: BotHead): Stake {
  refuseOtherQuote(fields, instrument);
  const quote = amount(fields, 'quoteSz');
  const base = amount(fields, 'baseSz');
  if (quote === undefined && base === undefined)
    fields.refuse('FIELD_MISSING', 'quoteSz', 'is missing, and so is baseSz');
  if (quote === undefined) return { ...sold(base), side: 'sell' };
  return base === undefined ? { ...bought(quote), side: 'buy' } : { ...bought(quote), ...sold(base) };
}

const bought = (value: Decimal) => ({ buys: { value, unit: 'quote' as const } });
const sold = (value: Decimal = zero) => ({ sells: { value, unit: 'base' as const } });

/** Margin times leverage: in USDT or USDC, of inverse contracts in the coin (okx CLI: "Margin in USDT or base coin (CoinM)"). */
function contractStake(fields: OrderFields, { instrument }: BotHead, margin: Decimal): Stake {
  const leverage = needAmount(fields, 'lever');
  const side = fields.choice('direction', directions);
  fields.flag('basePos');
  const unit = isInverse(instrument) ? ('base' as const) : ('quote' as const);
  const quantity = { value: margin.times(leverage), unit };
  return dropUndefined<Stake>({ buys: quantity, sells: quantity, side, leverage });
}

/** "Copy grid algo order": `sz` in all, or `actualMarginSz` with `extraMarginSz` beside it. */
function copiedMargin(fields: OrderFields): Decimal {
  if (fields.flag('autoReserve') ?? fields.refuse('FIELD_MISSING', 'autoReserve', 'is missing')) {
    refuseFields(fields, 'FIELD_CONFLICT', ['actualMarginSz', 'extraMarginSz', 'direction', 'basePos']);
    return needAmount(fields, 'sz');
  }
  refuseFields(fields, 'FIELD_CONFLICT', ['sz', 'direction', 'basePos']);
  return needAmount(fields, 'actualMarginSz').plus(amount(fields, 'extraMarginSz') ?? zero);
}

/** It buys at no more than the upper price, and sells at no less than the lower. Of one side the other only takes back. */
function gridOf(
  head: BotHead,
  { buys, sells, side, leverage }: Stake,
  { high, low }: Range,
  exits: readonly OrderIntent[],
): OrderIntent {
  const first = side === 'sell' ? sells : buys;
  const second = side === 'buy' ? buys : sells;
  const order = (of: OrderSide, quantity: Quantity | undefined, part: Partial<OrderIntent> = {}) =>
    dropUndefined<OrderIntent>({
      ...head,
      action: 'place',
      type: 'bot',
      side: of,
      quantity,
      price: of === 'buy' ? high : low,
      leverage,
      ...part,
    });
  if (side === undefined)
    return dropUndefined({
      ...anyOf(head, [order('buy', first), order('sell', second), ...exits]),
      leverage,
    });
  const back = leverage === undefined ? {} : { reduceOnly: true };
  const returning = side === 'buy' ? order('sell', first, back) : order('buy', first, back);
  return { ...order(side, first), legs: [returning, ...exits] };
}

function closingSide(side: OrderSide | undefined): OrderSide | undefined {
  return side === undefined ? undefined : side === 'buy' ? 'sell' : 'buy';
}

function readClientId(fields: OrderFields): Pick<OrderIntent, 'clientOrderId'> {
  return dropUndefined({ clientOrderId: fields.ownId('algoClOrdId', identifier) });
}

/** `stopType` 1 sells the coins or closes the position, 2 keeps them. */
function stopGrid(fields: OrderFields, context: ParseContext): OrderIntent {
  const { head, isSpot } = readHead(fields, context);
  const bot = { ...head, venueOrderId: needAlgoId(fields) };
  if (needWord(fields, 'stopType', ['1', '2']) === '2') return stopping(bot, isSpot);
  return closing(bot, isSpot ? { side: 'sell' } : {});
}

/** "Close position for contract grid": all at market, or `sz` contracts at `px`. */
function closeGrid(fields: OrderFields, context: ParseContext): OrderIntent {
  const bot = botOf(fields, context);
  if (fields.flag('mktClose') ?? fields.refuse('FIELD_MISSING', 'mktClose', 'is missing')) {
    refuseFields(fields, 'FIELD_CONFLICT', ['sz', 'px']);
    return closing(bot);
  }
  const quantity: Quantity = { value: needAmount(fields, 'sz'), unit: 'contracts' };
  return closing(bot, { type: 'limit', timeInForce: 'gtc', quantity, price: needAmount(fields, 'px') });
}

/** A bot that waits starts now, a spot grid with so much quote currency more. What it was given before, only OKX knows. */
function startGrid(fields: OrderFields, context: ParseContext): OrderIntent {
  const more = amount(fields, 'topUpAmt');
  return dropUndefined<OrderIntent>({
    ...botOf(fields, context),
    action: 'place',
    type: 'bot',
    margin: more,
  });
}

/** "Add investment": margin of a contract grid, at the leverage that it was placed with. */
function addToGrid(fields: OrderFields, context: ParseContext): OrderIntent {
  fields.flag('allowReinvestProfit');
  return {
    ...botOf(fields, context),
    action: 'place',
    type: 'bot',
    margin: needAmount(fields, 'amt'),
  };
}

function amendRange(fields: OrderFields, context: ParseContext): OrderIntent {
  const bot = { ...botOf(fields, context), action: 'amend' as const, type: 'bot' as const };
  const { high, low } = readRange(fields);
  return { ...bot, price: high, legs: [{ ...bot, side: 'sell', price: low }] };
}

/** "Amend grid algo order": `""` takes a stop back. `topUpAmt` comes on top of what the bot was given. */
function amendExits(fields: OrderFields, context: ParseContext): OrderIntent {
  const bot = botOf(fields, context, needInstrument(fields, context));
  const close = (part: Partial<OrderIntent>) => closing(bot, part);
  const removed = ['tpTriggerPx', 'slTriggerPx', 'tpRatio', 'slRatio']
    .filter((name) => isEmpty(fields, name))
    .map((name) => ({
      ...bot,
      action: 'cancel' as const,
      type: name.startsWith('tp') ? ('take-profit' as const) : ('stop' as const),
    }));
  const exits = exitsOf(
    fields,
    { price: ['tpTriggerPx', 'slTriggerPx'], ratio: ['tpRatio', 'slRatio'] },
    close,
  );
  const triggers = readTriggers(fields, ['start', 'stop']);
  const more = amount(fields, 'topUpAmt');
  const legs = [
    ...removed,
    ...exits,
    ...stopsOf(triggers, close),
    ...(more === undefined ? [] : [topUp(bot, more)]),
  ];
  return dropUndefined<OrderIntent>({
    ...bot,
    action: 'amend',
    type: 'bot',
    ...startOf(triggers),
    legs: legs.length === 0 ? undefined : legs,
  });
}

/** Only spot grids take one. */
function topUp(bot: BotHead, value: Decimal): OrderIntent {
  return { ...bot, action: 'place', type: 'bot', side: 'buy', quantity: { value, unit: 'quote' } };
}
