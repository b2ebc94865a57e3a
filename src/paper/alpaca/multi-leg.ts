// Alpaca's multi-leg orders on paper: two to four options of one share, filled together at one net price or not at all, under an order of
// their own that has no symbol and no side. Options are bought to open or sold to close.
// Sources: docs.alpaca.markets, "Options Level 3 Trading"; the reference's `trade_updates` example of an mleg order; SDK 4.0.2
// trading/models/MLegOrderLeg. How the list shows legs that are not asked to nest is not told: here always below their order.
import { type Decimal, decimal, formatDecimal, parseUnsigned } from '../../core/decimal.js';
import { cancelOrder, type Desk } from '../desk.js';
import type { Account } from '../engine/account.js';
import { isOpen, type NewOrder, type PaperOrder } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import type { Fields } from '../fields.js';
import { isOption, orderIdOf, type PrivateCall, type Row } from './call.js';
import { needClosable, readTrade } from './intents.js';
import { nestedRow, orderRow } from './order-rows.js';

const zero = decimal('0');
const one = decimal('1');
const mostLegs = 4;

type Legs = readonly PaperOrder[];

export const isLeg = ({ memo }: PaperOrder): boolean => memo.order_class === 'mleg';

/** POST /v2/orders with the class `mleg`. Throws PaperFault. */
export function placeMultiLeg(call: PrivateCall): Row {
  const { engine, account, fields } = call;
  if (fields.has('advanced_instructions')) throw new PaperFault('NOT_ON_PAPER');
  const type = fields.oneOf('type', ['market', 'limit']);
  const time_in_force = fields.oneOf('time_in_force', ['day']);
  const units = fields.requiredAmount('qty');
  if (!units.mod(one).eq(zero)) throw new PaperFault('SIZE_NOT_ON_LOT', 'qty');
  const net = type === 'limit' ? readNet(fields) : undefined;
  const memo = {
    order_class: 'mleg',
    type,
    time_in_force,
    units: formatDecimal(units),
    ...(net === undefined ? {} : { net: formatDecimal(net) }),
  };
  const wanted = fields.children('legs');
  if (wanted.length < 2 || wanted.length > mostLegs) throw new PaperFault('PARAMETER_BAD', 'legs');
  const legs = wanted.map((leg) => readLeg(call, leg, units, memo));
  const ratios = legs.map(({ memo: { ratio = '1' } }) => BigInt(ratio));
  // "The ratio quantities are in their simplest form."
  if (new Set(legs.map(({ symbol }) => symbol)).size < legs.length || ratios.reduce(divisorOf) !== 1n)
    throw new PaperFault('PARAMETER_BAD', 'legs');
  const [first, ...others] = legs;
  const clientId = fields.text('client_order_id');
  // The engine knows legs alone: the first has the name of them all.
  const named = first === undefined || clientId === undefined ? legs : [{ ...first, clientId }, ...others];
  const placed = engine.placeCombined(account.id, { legs: named, ...(net === undefined ? {} : { net }) });
  if (!placed.ok) throw new PaperFault(placed.code, 'legs');
  return multiLegRow(placed.orders);
}

/** Above zero paid, below zero received, for each share of one unit. */
function readNet(fields: Fields): Decimal {
  const [, sign, digits = ''] = /^(-?)(.+)$/.exec(fields.required('limit_price')) ?? [];
  const value = parseUnsigned(digits);
  if (value === undefined || !value.times(decimal('100')).mod(one).eq(zero))
    throw new PaperFault('PARAMETER_BAD', 'limit_price');
  return sign === '-' ? zero.minus(value) : value;
}

const divisorOf = (left: bigint, right: bigint): bigint =>
  right === 0n ? left : divisorOf(right, left % right);

function readLeg(
  desk: Desk,
  fields: Fields,
  units: Decimal,
  memo: Readonly<Record<string, string>>,
): NewOrder {
  const trade = readTrade(desk, fields);
  const { instrument, side, reduceOnly } = trade;
  if (!isOption(instrument)) throw new PaperFault('NOT_ON_PAPER');
  const ratio = fields.required('ratio_qty');
  if (!/^[1-9]\d{0,3}$/.test(ratio)) throw new PaperFault('PARAMETER_BAD', 'ratio_qty');
  const value = units.times(decimal(ratio));
  needClosable(desk, trade, value);
  return {
    symbol: instrument.symbol,
    side,
    timeInForce: 'ioc',
    quantity: { value, unit: 'size' },
    reduceOnly,
    memo: { ...memo, leg: 'option', ratio },
  };
}

/** All legs of what a leg belongs to, in their order; an order by itself where it is none. */
export function legsWith(account: Account, order: PaperOrder): Legs {
  return isLeg(order) ? account.group(order.link?.id ?? '') : [order];
}

/** Of the legs of each multi-leg order the first that is given: it stands for them all. */
export function withoutOthers(orders: Legs): Legs {
  const known = new Set<string>();
  return orders.filter((order) => {
    const id = isLeg(order) ? order.link?.id : undefined;
    return id === undefined || (!known.has(id) && known.add(id));
  });
}

/** With its legs, of whichever order. */
export function wholeRow(account: Account, order: PaperOrder): Row {
  return isLeg(order) ? multiLegRow(legsWith(account, order)) : nestedRow(account, order);
}

/** The legs of the order of this id. */
export function findMultiLeg({ account }: Desk, id: string): Legs | undefined {
  const leg = account.orders().find((order) => isLeg(order) && parentIdOf(order) === id);
  return leg && legsWith(account, leg);
}

export const parentIdOf = ({ id, link }: PaperOrder): string =>
  orderIdOf({ id: `mleg ${link?.id ?? id}`, memo: {} });

/** Throws PaperFault ORDER_DONE. */
export function cancelMultiLeg(desk: Desk, legs: Legs): void {
  const open = legs.filter(isOpen);
  if (open.length === 0) throw new PaperFault('ORDER_DONE');
  for (const leg of open) cancelOrder(desk, leg);
}

/** Net of what the legs cost, for each share of one unit. */
function averageOf(legs: Legs, filled: Decimal): string | null {
  if (filled.eq(zero)) return null;
  const net = legs.reduce<Decimal>(
    (sum, { side, cost }) => (side === 'buy' ? sum.plus(cost) : sum.minus(cost)),
    zero,
  );
  return formatDecimal(net.div(filled).round(8));
}

/** The order above its legs, which have no type, price and name of their own. */
export function multiLegRow(legs: Legs): Row {
  const [first] = legs;
  if (first === undefined) throw new Error('an order without legs');
  const { units = '0', net, type } = first.memo;
  const isFilled = legs.every(({ state }) => state === 'filled');
  const filled = isFilled ? decimal(units) : zero;
  const id = parentIdOf(first);
  return {
    ...orderRow(legs.find(({ state }) => state === 'canceled') ?? first),
    id,
    client_order_id: first.clientId ?? id,
    asset_id: '',
    symbol: '',
    asset_class: '',
    qty: units,
    filled_qty: formatDecimal(filled),
    filled_avg_price: averageOf(legs, filled),
    order_type: type,
    type,
    side: '',
    position_intent: undefined,
    limit_price: net ?? null,
    legs: legs.map(legRow),
  };
}

export function legRow(leg: PaperOrder): Row {
  return {
    ...orderRow(leg),
    client_order_id: orderIdOf(leg),
    order_type: '',
    type: '',
    ratio_qty: leg.memo.ratio,
  };
}
