// Bybit's take-profits, stops and trailing stops: those that come with an order, and those set for a position.
// Source: docs/v5/order/create-order.mdx, amend-order.mdx, docs/v5/position/trading-stop.mdx ("The system will cancel these orders if the
// position is closed, and adjust the qty according to the size of the open position"), docs/v5/enum.mdx `stopOrderType`.

import { type Decimal, decimal } from '../../core/decimal.js';
import { otherSide } from '../../core/order.js';
import { exitsOf, placeOrder, placeTogether, unitOf } from '../desk.js';
import type { Instrument } from '../engine/instruments.js';
import { isOpen, type NewOrder, type PaperOrder, triggerMoveOf } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import type { Fields } from '../fields.js';
import { type PrivateCall, type Row, symbolsOf } from './call.js';

const zero = decimal('0');
const kinds = [
  ['takeProfit', 'tp', 'TakeProfit'],
  ['stopLoss', 'sl', 'StopLoss'],
] as const;
type Kind = (typeof kinds)[number];

/** Undefined when the exit is not named, or named as none. */
function priceOf(fields: Fields, name: string): Decimal | undefined {
  return /^0(?:\.0*)?$/.test(fields.text(name) ?? '0') ? undefined : fields.requiredAmount(name);
}

/**
 * Its fill starts them, and one of them trades. Of a contract they are the position's (`Full`, at the market), or as large as the order
 * (`Partial`); on spot they sell what was bought.
 */
export function attachedExits(call: PrivateCall, order: NewOrder): readonly NewOrder[] {
  const { fields } = call;
  const instrument = symbolsOf(call).need(fields.required('symbol'));
  const side = otherSide[order.side];
  return kinds.flatMap((kind) => {
    const trigger = priceOf(fields, kind[0]);
    if (trigger === undefined) return [];
    if (fields.has(`${kind[1]}Size`)) throw new PaperFault('NOT_ON_PAPER');
    return [
      { ...exitOf(fields, instrument, side, kind, trigger), quantity: order.quantity, isSizedByFirst: true },
    ];
  });
}

function exitOf(
  fields: Fields,
  instrument: Instrument,
  side: NewOrder['side'],
  [, prefix, name]: Kind,
  trigger: Decimal,
): Omit<NewOrder, 'quantity'> {
  const isSwap = instrument.kind === 'swap';
  const isPartial = fields.has('tpslMode') && fields.oneOf('tpslMode', ['Full', 'Partial']) === 'Partial';
  const price = fields.amount(`${prefix}LimitPrice`);
  if (price !== undefined && isSwap && !isPartial)
    throw new PaperFault('PARAMETER_BAD', `${prefix}LimitPrice`);
  const closesAll = isSwap && !isPartial;
  return {
    symbol: instrument.symbol,
    side,
    ...(price === undefined ? {} : { price }),
    timeInForce: price === undefined ? 'ioc' : 'gtc',
    trigger,
    triggerMove: triggerMoveOf(side, prefix === 'tp'),
    reduceOnly: isSwap,
    ...(closesAll ? { closesPosition: true as const } : {}),
    ...(isSwap && isPartial ? { endsWithPosition: true as const } : {}),
    memo: {
      timeInForce: price === undefined ? 'IOC' : 'GTC',
      exit: name,
      stopOrderType: isSwap ? `${closesAll ? '' : 'Partial'}${name}` : 'tpslOrder',
    },
  };
}

/** New triggers of what was attached to an order. False when none is named. Throws PaperFault. */
export function amendExits({ engine, account, fields }: PrivateCall, order: PaperOrder): boolean {
  const named = kinds.filter(([name]) => fields.has(name));
  for (const [name, , exit] of named) {
    const trigger = priceOf(fields, name);
    const found = exitsOf(account, order).find(
      ({ memo, ...one }) => memo.exit === exit && isOpen({ memo, ...one }),
    );
    if (trigger === undefined || found === undefined) throw new PaperFault('NOT_ON_PAPER');
    const failed = engine.amend(account.id, found, { trigger });
    if (failed !== undefined) throw new PaperFault(failed);
    Object.assign(order, { memo: { ...order.memo, [name]: fields.required(name) } });
  }
  return named.length > 0;
}

/** POST /v5/position/trading-stop. Throws PaperFault NOTHING_TO_REDUCE without a position. */
export function setExits(call: PrivateCall): Row {
  const { account, fields } = call;
  const instrument = symbolsOf(call).need(fields.required('symbol'));
  const position = account.positions.get(instrument.symbol);
  if (position === undefined || instrument.kind !== 'swap')
    throw new PaperFault('NOTHING_TO_REDUCE', instrument.symbol);
  const whole = position.contracts.abs();
  const side = position.contracts.gt(zero) ? 'sell' : 'buy';
  // "The value of tpSize and slSize must equal".
  const [takeSize, stopSize] = [fields.amount('tpSize'), fields.amount('slSize')];
  if (takeSize !== undefined && stopSize !== undefined && !takeSize.eq(stopSize))
    throw new PaperFault('PARAMETER_BAD', 'slSize');
  const orders: NewOrder[] = [];
  for (const kind of kinds) {
    const [name, prefix, exit] = kind;
    if (!fields.has(name)) continue;
    const trigger = priceOf(fields, name);
    if (trigger === undefined) removeExits(call, instrument, exit);
    else {
      const size = fields.amount(`${prefix}Size`)?.div(unitOf(instrument)) ?? whole;
      orders.push({
        ...exitOf(fields, instrument, side, kind, trigger),
        quantity: { value: size, unit: 'size' },
      });
    }
  }
  const trail = priceOf(fields, 'trailingStop');
  if (fields.has('trailingStop') && trail === undefined) removeExits(call, instrument, 'TrailingStop');
  const [first, second] = orders;
  if (second !== undefined) placeTogether(call, { others: orders, isOneOf: true });
  else if (first !== undefined) placeOrder(call, first);
  if (trail !== undefined) placeOrder(call, trailingStop(fields, instrument, side, trail, whole));
  return {};
}

function trailingStop(
  fields: Fields,
  { symbol }: Instrument,
  side: NewOrder['side'],
  value: Decimal,
  whole: Decimal,
): NewOrder {
  const activation = priceOf(fields, 'activePrice');
  return {
    symbol,
    side,
    timeInForce: 'ioc',
    trail: { value, unit: 'price', ...(activation && { activation }) },
    quantity: { value: whole, unit: 'size' },
    reduceOnly: true,
    closesPosition: true,
    memo: { timeInForce: 'IOC', exit: 'TrailingStop', stopOrderType: 'TrailingStop' },
  };
}

/** Those of the whole position; others are cancelled by their ids. */
function removeExits({ engine, account }: PrivateCall, { symbol }: Instrument, exit: string): void {
  for (const order of account.openOrders())
    if (order.symbol === symbol && order.closesPosition === true && order.memo.exit === exit)
      engine.cancel(account.id, order);
}
