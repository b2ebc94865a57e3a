// Tradier's multileg orders on paper: up to four options, bought to open or sold to close, at one net price or at the market.
// Source: documentation.tradier.com/brokerage-api/trading/place-multileg-order.
import { decimal, formatDecimal } from '../../core/decimal.js';
import type { NewOrder } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { needOpen, optionSide, options, type PrivateCall } from './call.js';

const zero = decimal('0');
const mostLegs = 4;

/** Throws PaperFault. A debit is paid, a credit received, even costs nothing: per share of one unit of the legs. */
export function placeMultileg(call: PrivateCall): { id: string } {
  const { engine, account, fields } = call;
  if (fields.text('preview') === 'true') throw new PaperFault('NOT_ON_PAPER');
  const type = fields.oneOf('type', ['market', 'debit', 'credit', 'even']);
  const duration = fields.oneOf('duration', ['day', 'gtc']);
  const tag = fields.text('tag');
  const isPriced = type === 'debit' || type === 'credit';
  if (!isPriced && fields.has('price')) throw new PaperFault('PARAMETER_BAD', 'price');
  const price = isPriced ? fields.requiredAmount('price') : zero;
  const memo = {
    class: 'multileg',
    type,
    duration,
    ...(isPriced ? { net: formatDecimal(price) } : {}),
    ...(tag === undefined ? {} : { tag }),
  };
  const legs: NewOrder[] = [];
  while (legs.length < mostLegs && fields.has(`side[${legs.length}]`))
    legs.push(readLeg(call, `[${legs.length}]`, memo));
  const symbols = new Set(legs.map(({ symbol }) => symbol));
  if (legs.length < 2) throw new PaperFault('PARAMETER_MISSING', 'side[1]');
  if (symbols.size < legs.length || fields.has(`side[${mostLegs}]`))
    throw new PaperFault('PARAMETER_BAD', 'option_symbol');
  const placed = engine.placeCombined(account.id, {
    legs,
    ...(type === 'market' ? {} : { net: type === 'credit' ? zero.minus(price) : price }),
  });
  if (!placed.ok) throw new PaperFault(placed.code, fields.required('symbol'));
  return placed;
}

function readLeg(call: PrivateCall, suffix: string, memo: Readonly<Record<string, string>>): NewOrder {
  const { fields } = call;
  const { symbol, base } = options.need(fields.required(`option_symbol${suffix}`));
  if (base !== fields.required('symbol')) throw new PaperFault('PARAMETER_BAD', `option_symbol${suffix}`);
  const side = optionSide(call, suffix);
  const value = fields.requiredAmount(`quantity${suffix}`);
  const reduceOnly = side === 'sell_to_close';
  if (reduceOnly) needOpen(call, symbol, value);
  return {
    symbol,
    side: reduceOnly ? 'sell' : 'buy',
    timeInForce: 'ioc',
    quantity: { value, unit: 'size' },
    reduceOnly,
    memo: { ...memo, side },
  };
}
