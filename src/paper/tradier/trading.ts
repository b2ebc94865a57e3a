// Tradier trading over the paper engine: market, limit and stop orders on shares, short sales and options held long, alone or linked.
// Source: documentation.tradier.com/brokerage-api/trading (place-equity-order … place-otoco-order, change-order, cancel-order).
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import { cancelOrder, placeOrder } from '../desk.js';
import { isOpen, type NewOrder } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { needOwn } from './account.js';
import {
  findGroup,
  needOpen,
  needOrder,
  optionSide,
  options,
  orderNumberOf,
  type PrivateCall,
  type Row,
  shorts,
  stocks,
} from './call.js';
import { placeMultileg } from './multileg.js';

const zero = decimal('0');

/** Undefined when the path is not on paper. */
export function tradingRoute(method: string, path: string, call: PrivateCall): Row | undefined {
  const [, account, number] = /^\/v1\/accounts\/([A-Z0-9]+)\/orders(?:\/(\d+))?$/.exec(path) ?? [];
  if (account === undefined) return undefined;
  needOwn(call, account);
  if (method === 'POST' && number === undefined) return place(call);
  if (number === undefined) return undefined;
  if (method === 'PUT') return change(call, number);
  return method === 'DELETE' ? cancel(call, number) : undefined;
}

function taken(order: { id: string }): Row {
  return { order: { id: orderNumberOf(order), status: 'ok', partner_id: 'paper' } };
}

/** All that is left of orders that were placed together. */
function cancel(call: PrivateCall, number: string): Row {
  const group = findGroup(call, number);
  if (group === undefined) return taken(cancelOrder(call, needOrder(call, number)));
  const left = group.orders.filter(isOpen);
  if (left.length === 0) throw new PaperFault('ORDER_DONE', number);
  for (const order of left) if (isOpen(order)) cancelOrder(call, order);
  return taken(group);
}

/** How many orders the classes of several orders hold. */
const linked = { oto: 2, oco: 2, otoco: 3 } as const;

function placeLinked(call: PrivateCall, kind: keyof typeof linked): Row {
  const { engine, account, fields } = call;
  if (fields.text('preview') === 'true') throw new PaperFault('NOT_ON_PAPER');
  const hasFirst = kind !== 'oco';
  const orders = Array.from({ length: linked[kind] }, (_, index) =>
    readOrder(call, { suffix: `[${index}]`, waits: hasFirst && index > 0, memo: { class: kind } }),
  );
  const [first, ...others] = orders;
  const placed = engine.placeLinked(account.id, {
    ...(hasFirst && first !== undefined ? { first, others } : { others: orders }),
    isOneOf: kind !== 'oto',
  });
  if (!placed.ok) throw new PaperFault(placed.code, first?.symbol);
  return taken(placed);
}

function place(call: PrivateCall): Row {
  const kind = call.fields.required('class');
  if (kind === 'oto' || kind === 'oco' || kind === 'otoco') return placeLinked(call, kind);
  if (kind === 'multileg') return taken(placeMultileg(call));
  const order = readOrder(call, { suffix: '', waits: false, memo: {} });
  if (call.fields.text('preview') !== 'true') return taken(placeOrder(call, order));
  const { value } = order.quantity;
  const cost =
    order.price === undefined ? undefined : formatDecimal(order.price.times(value).times(sharesOf(order)));
  return {
    order: { status: 'ok', result: true, commission: 0, fees: 0, ...(cost === undefined ? {} : { cost }) },
  };
}

/** One order of a request: its fields end in `suffix`. What it needs may come of the order that it waits for. */
interface Place {
  suffix: string;
  waits: boolean;
  memo: Readonly<Record<string, string>>;
}

const types = ['market', 'limit', 'stop', 'stop_limit'] as const;
const durations = ['day', 'gtc', 'pre', 'post'] as const;

function readOrder(call: PrivateCall, place: Place): NewOrder {
  const { fields } = call;
  const { suffix, waits, memo } = place;
  const { symbol, side, reduceOnly } = readInstrument(call, place);
  const type = fields.oneOf(`type${suffix}`, types);
  const isLimited = type === 'limit' || type === 'stop_limit';
  // Linked orders share one, or have one each.
  const duration = fields.oneOf(fields.has('duration') ? 'duration' : `duration${suffix}`, durations);
  const tag = fields.text('tag');
  if (tag !== undefined && !/^[A-Za-z0-9-]{1,255}$/.test(tag)) throw new PaperFault('PARAMETER_BAD', 'tag');
  const value = fields.requiredAmount(`quantity${suffix}`);
  // ShortOrderIsGtc in the errors of QuantConnect Lean.Brokerages.Tradier; options trade in regular hours.
  const isOutside = options.find(symbol) !== undefined && (duration === 'pre' || duration === 'post');
  if ((side === 'sell_short' && duration !== 'day') || isOutside)
    throw new PaperFault('PARAMETER_BAD', 'duration');
  if (reduceOnly && !waits) needOpen(call, symbol, value);
  return {
    symbol,
    side: side.startsWith('buy') ? 'buy' : 'sell',
    ...(isLimited ? { price: fields.requiredAmount(`price${suffix}`) } : {}),
    ...(type.startsWith('stop') ? { trigger: fields.requiredAmount(`stop${suffix}`) } : {}),
    timeInForce: isLimited ? 'gtc' : 'ioc',
    quantity: { value, unit: 'size' },
    reduceOnly,
    // A label, no id: Tradier takes the same one twice.
    memo: { ...memo, type, duration, side, ...(tag === undefined ? {} : { tag }) },
  };
}

function readInstrument(call: PrivateCall, { suffix, waits }: Place) {
  const { fields } = call;
  const name = fields.required(`symbol${suffix}`);
  const optionName = fields.text(`option_symbol${suffix}`);
  const kind = fields.required('class');
  if (suffix === '' ? kind === 'option' : optionName !== undefined) {
    const side = optionSide(call, suffix);
    const { symbol, base } = options.need(fields.required(`option_symbol${suffix}`));
    if (base !== name) throw new PaperFault('PARAMETER_BAD', 'option_symbol');
    return { symbol, side, reduceOnly: side === 'sell_to_close' };
  }
  if (suffix === '' && kind !== 'equity') throw new PaperFault('NOT_ON_PAPER');
  const side = fields.oneOf(`side${suffix}`, ['buy', 'buy_to_cover', 'sell', 'sell_short']);
  const isShort = side === 'sell_short' || side === 'buy_to_cover';
  const { symbol } = (isShort ? shorts : stocks).need(name);
  if (!waits && (side === 'buy' || side === 'sell_short')) needOneWay(call, name, side);
  return { symbol, side, reduceOnly: side === 'buy_to_cover' };
}

/** How many shares a unit of the order stands for. */
function sharesOf({ symbol }: { symbol: string }): Decimal {
  const option = options.find(symbol);
  return option?.kind === 'swap' ? option.contractValue : decimal('1');
}

/** Throws PaperFault PARAMETER_BAD: buying what is sold short is covering, selling short what is held is selling (UnexpectedBuyOrder, UnexpectedSellShortOrder). */
function needOneWay({ account }: PrivateCall, name: string, side: 'buy' | 'sell_short'): void {
  const [stock, short] = [stocks.need(name), shorts.need(name)];
  const other = side === 'buy' ? short : stock;
  const isHeld =
    side === 'buy' ? account.positions.has(short.symbol) : account.ledger.total(stock.base).gt(zero);
  if (isHeld || account.openOrders().some(({ symbol }) => symbol === other.symbol))
    throw new PaperFault('PARAMETER_BAD', 'side');
}

/** The price alone can change here, of an order that rests by itself: the quantity never does, and the type stays a limit order's. */
function change(call: PrivateCall, number: string): Row {
  const { engine, account, fields } = call;
  if (findGroup(call, number) !== undefined) throw new PaperFault('NOT_ON_PAPER');
  const order = needOrder(call, number);
  if (order.waitsFor !== undefined) throw new PaperFault('NOT_ON_PAPER');
  if ((fields.text('type') ?? 'limit') !== 'limit' || fields.has('stop'))
    throw new PaperFault('NOT_ON_PAPER');
  const failed = engine.amend(account.id, order, { price: fields.requiredAmount('price') });
  if (failed !== undefined) throw new PaperFault(failed);
  return taken(order);
}
