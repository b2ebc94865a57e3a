// Martingale bots: an order, further ones as the price moves against it, and a take-profit, over and over.
// Source: OKX v5 reference, "DCA Trading"; okx CLI 1.2.4.
import { type Decimal, decimal } from '../../core/decimal.js';
import type { OrderIntent, OrderSide, Quantity } from '../../core/order.js';
import { intentBase } from '../intent-base.js';
import { dropUndefined, type OrderFields, refuseOrder } from '../order-fields.js';
import type { ParseContext } from '../venue.js';
import {
  amount,
  type BotHead,
  botOf,
  closing,
  needAmount,
  type Readers,
  readTriggers,
  refuseLeading,
  refuseOtherQuote,
  startOf,
  stopping,
} from './bot-fields.js';
import { isInverse } from './instrument.js';
import { identifier, needInstrument, needKind, needWord, refuseFields, word } from './order-ids.js';

export const dcaReaders: Readers = {
  'tradingBot/dca/create': placeDca,
  'tradingBot/dca/stop': stopDca,
  'tradingBot/dca/orders/manual-buy': addOrder,
  'tradingBot/dca/amend-order-algo': amendDca,
  'tradingBot/dca/settings/reinvestment': amendReinvestment,
  'tradingBot/dca/settings/take-profit': amendTakeProfit,
};

const one = decimal('1');
/** Above any money that there is; what is larger is a slip, or no sum that the journal could hold. */
const mostMoney = decimal('1000000000000000');
const directions = { long: 'buy', short: 'sell' } as const;

function placeDca(fields: OrderFields, context: ParseContext): OrderIntent {
  const instrument = needInstrument(fields, context);
  const isSpot = needType(fields) === 'spot';
  if ((needKind(instrument) === 'spot') !== isSpot)
    refuseOrder('FIELD_CONFLICT', 'algoOrdType is not for this instrument');
  if (isInverse(instrument))
    refuseOrder('QUANTITY_AMBIGUOUS', 'in which currency this contract’s amounts count is not known');
  const head = { ...intentBase('okx', context), instrument };
  const side = fields.choice('direction', directions) ?? (isSpot ? 'buy' : needDirection(fields));
  if (isSpot && side === 'sell') refuseOrder('FIELD_CONFLICT', 'a spot bot goes long only');
  const leverage = isSpot ? undefined : needAmount(fields, 'lever');
  const sum = readSum(fields).times(leverage ?? one);
  if (isSpot) refuseOtherQuote(fields, instrument);
  readSettings(fields);
  refuseLeading(fields);
  refuseFields(fields, 'PRODUCT_UNSUPPORTED', ['trackingMode']);
  const clientOrderId = fields.ownId('algoClOrdId', identifier);
  return dropUndefined<OrderIntent>({
    ...head,
    action: 'place',
    type: 'bot',
    side,
    quantity: moneyOf(sum),
    leverage,
    ...startOf(readTriggers(fields, ['start'])),
    clientOrderId,
    legs: readExits(fields, head, side),
  });
}

function needType(fields: OrderFields) {
  return (
    fields.choice(
      'algoOrdType',
      { spot_dca: 'spot', contract_dca: 'contract' } as const,
      'ORDER_TYPE_UNSUPPORTED',
    ) ?? fields.refuse('FIELD_MISSING', 'algoOrdType', 'is missing')
  );
}

function needDirection(fields: OrderFields): never {
  return fields.refuse('FIELD_MISSING', 'direction', 'is missing');
}

/**
 * The first order and every safety order, of which each is `volMult` times the one before it: the most that one cycle puts in. Profit
 * that is invested again comes on top.
 */
function readSum(fields: OrderFields): Decimal {
  const first = needAmount(fields, 'initOrdAmt');
  const count = Number(fields.need('maxSafetyOrds', /^(?:\d{1,2}|100)$/));
  const safety = amount(fields, 'safetyOrdAmt');
  const factor = amount(fields, 'volMult');
  for (const name of ['pxSteps', 'pxStepsMult']) amount(fields, name);
  if (count === 0) return first;
  if (safety === undefined) return fields.refuse('FIELD_MISSING', 'safetyOrdAmt', 'is missing');
  // "When maxSafetyOrds >= 1, volMult is required", though not by its own example, which has none.
  if (factor === undefined) return fields.refuse('FIELD_MISSING', 'volMult', 'is missing');
  let sum = first;
  let next = safety;
  for (let order = 0; order < count; order += 1) {
    sum = sum.plus(next);
    next = next.times(factor);
    if (sum.gt(mostMoney))
      fields.refuse('NUMBER_INVALID', 'volMult', 'makes the sum of all orders too large');
  }
  return sum;
}

/** Rounded up to the digits that the journal holds. */
function moneyOf(sum: Decimal): Quantity {
  return { value: sum.round(18, 3), unit: 'quote' };
}

function readSettings(fields: OrderFields): void {
  fields.flag('allowReinvest');
  fields.flag('reserveFunds');
  fields.keep('tag');
}

/** At ratios of the price that the cycle's orders are filled at. */
function readExits(fields: OrderFields, head: BotHead, side: OrderSide): readonly OrderIntent[] {
  const close = (part: Partial<OrderIntent>) =>
    closing(head, { side: side === 'buy' ? 'sell' : 'buy', ...part });
  needAmount(fields, 'tpPct');
  const stop = amount(fields, 'slPct');
  const isLimit = word(fields, 'slMode', ['limit', 'market']) === 'limit';
  return [
    close({ type: 'take-profit' }),
    ...(stop === undefined ? [] : [close({ type: isLimit ? 'stop-limit' : 'stop' })]),
  ];
}

/** `stopType` 1 sells the coins or closes the position, 2 keeps them. The okx CLI leaves it out for contracts: taken as 1. */
function stopDca(fields: OrderFields, context: ParseContext): OrderIntent {
  const bot = botOf(fields, context);
  const isSpot = needType(fields) === 'spot';
  const stopType = word(fields, 'stopType', ['1', '2']);
  if (isSpot && stopType === undefined) fields.refuse('FIELD_MISSING', 'stopType', 'is missing');
  if (stopType === '2') return stopping(bot, isSpot);
  return closing(bot, isSpot ? { side: 'sell' } : {});
}

/** "Add investment": quote currency of a spot bot; margin of a contract bot, at its leverage and to its side. */
function addOrder(fields: OrderFields, context: ParseContext): OrderIntent {
  const bot = botOf(fields, context);
  const isSpot = needType(fields) === 'spot';
  const isMarket = isSpot && word(fields, 'ordType', ['limit', 'market']) === 'market';
  refuseFields(fields, 'QUANTITY_AMBIGUOUS', ['tradeQuoteCcy']);
  const value = needAmount(fields, 'amt');
  const price = needAmount(fields, 'price');
  return dropUndefined<OrderIntent>({
    ...bot,
    action: 'place',
    type: isMarket ? 'market' : 'limit',
    timeInForce: isMarket ? 'ioc' : 'gtc',
    ...(isSpot ? { side: 'buy' as const, quantity: { value, unit: 'quote' as const } } : { margin: value }),
    price: isMarket ? undefined : price,
  });
}

/** "Amend spot dca basic param": every one of them. */
function amendDca(fields: OrderFields, context: ParseContext): OrderIntent {
  const bot = botOf(fields, context);
  const sum = readSum(fields);
  readSettings(fields);
  return {
    ...bot,
    action: 'amend',
    type: 'bot',
    side: 'buy',
    quantity: moneyOf(sum),
    ...startOf(readTriggers(fields, ['start'])),
    legs: readExits(fields, bot, 'buy'),
  };
}

function amendReinvestment(fields: OrderFields, context: ParseContext): OrderIntent {
  needWord(fields, 'algoOrdType', ['contract_dca']);
  if (fields.flag('allowReinvest') === undefined)
    fields.refuse('FIELD_MISSING', 'allowReinvest', 'is missing');
  return { ...botOf(fields, context), action: 'amend', type: 'bot' };
}

function amendTakeProfit(fields: OrderFields, context: ParseContext): OrderIntent {
  needWord(fields, 'algoOrdType', ['contract_dca']);
  const bot = botOf(fields, context);
  const trigger = needAmount(fields, 'tpPrice');
  return { ...bot, action: 'amend', type: 'bot', legs: [closing(bot, { type: 'take-profit', trigger })] };
}
