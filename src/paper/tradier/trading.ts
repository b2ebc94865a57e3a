// Tradier trading over the paper engine: market and limit orders on shares, short sales and options held long, changes, cancels, previews.
// Source: documentation.tradier.com/brokerage-api/trading (place-equity-order, place-option-order, change-order, cancel-order).
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import { cancelOrder, placeOrder } from '../desk.js';
import { type NewOrder, remaining } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { needOwn } from './account.js';
import { needOrder, options, orderNumberOf, type PrivateCall, type Row, shorts, stocks } from './call.js';

const zero = decimal('0');

/** Undefined when the path is not on paper. */
export function tradingRoute(method: string, path: string, call: PrivateCall): Row | undefined {
  const [, account, number] = /^\/v1\/accounts\/([A-Z0-9]+)\/orders(?:\/(\d+))?$/.exec(path) ?? [];
  if (account === undefined) return undefined;
  needOwn(call, account);
  if (method === 'POST' && number === undefined) return place(call);
  if (number === undefined) return undefined;
  if (method === 'PUT') return change(call, number);
  return method === 'DELETE' ? taken(cancelOrder(call, needOrder(call, number))) : undefined;
}

function taken(order: { id: string }): Row {
  return { order: { id: orderNumberOf(order), status: 'ok', partner_id: 'paper' } };
}

function place(call: PrivateCall): Row {
  const order = readOrder(call);
  if (call.fields.text('preview') !== 'true') return taken(placeOrder(call, order));
  const { value } = order.quantity;
  const cost =
    order.price === undefined ? undefined : formatDecimal(order.price.times(value).times(sharesOf(order)));
  return {
    order: { status: 'ok', result: true, commission: 0, fees: 0, ...(cost === undefined ? {} : { cost }) },
  };
}

function readOrder(call: PrivateCall): NewOrder {
  const { fields } = call;
  const { symbol, side, reduceOnly } = readInstrument(call);
  const type = fields.oneOf('type', ['market', 'limit']);
  const duration = fields.oneOf('duration', ['day', 'gtc', 'pre', 'post']);
  const tag = fields.text('tag');
  if (tag !== undefined && !/^[A-Za-z0-9-]{1,255}$/.test(tag)) throw new PaperFault('PARAMETER_BAD', 'tag');
  const value = fields.requiredAmount('quantity');
  // ShortOrderIsGtc in the errors of QuantConnect Lean.Brokerages.Tradier; options trade in regular hours.
  const isOutside = options.find(symbol) !== undefined && (duration === 'pre' || duration === 'post');
  if ((side === 'sell_short' && duration !== 'day') || isOutside)
    throw new PaperFault('PARAMETER_BAD', 'duration');
  if (reduceOnly) needOpen(call, symbol, value);
  return {
    symbol,
    side: side.startsWith('buy') ? 'buy' : 'sell',
    ...(type === 'market' ? {} : { price: fields.requiredAmount('price') }),
    timeInForce: type === 'market' ? 'ioc' : 'gtc',
    quantity: { value, unit: 'size' },
    reduceOnly,
    // A label, no id: Tradier takes the same one twice.
    memo: { duration, side, ...(tag === undefined ? {} : { tag }) },
  };
}

/** Options are bought and sold again; sold to open, they would need more than a margin of one's own. */
function readInstrument(call: PrivateCall) {
  const { fields } = call;
  const name = fields.required('symbol');
  const kind = fields.required('class');
  if (kind === 'option') {
    const side = fields.oneOf('side', ['buy_to_open', 'buy_to_close', 'sell_to_open', 'sell_to_close']);
    if (side === 'buy_to_close' || side === 'sell_to_open') throw new PaperFault('NOT_ON_PAPER');
    const { symbol, base } = options.need(fields.required('option_symbol'));
    if (base !== name) throw new PaperFault('PARAMETER_BAD', 'option_symbol');
    return { symbol, side, reduceOnly: side === 'sell_to_close' };
  }
  if (kind !== 'equity') throw new PaperFault('NOT_ON_PAPER');
  const side = fields.oneOf('side', ['buy', 'buy_to_cover', 'sell', 'sell_short']);
  const isShort = side === 'sell_short' || side === 'buy_to_cover';
  const { symbol } = (isShort ? shorts : stocks).need(name);
  if (side === 'buy' || side === 'sell_short') needOneWay(call, name, side);
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

/** Throws PaperFault NOTHING_TO_REDUCE: with the orders that rest, more than is owed or held cannot be closed. */
function needOpen({ account }: PrivateCall, symbol: string, value: Decimal): void {
  const asked = account
    .openOrders()
    .filter((order) => order.symbol === symbol && order.reduceOnly)
    .reduce((sum, order) => sum.plus(remaining(order)), value);
  const open = account.positions.get(symbol)?.contracts.abs() ?? zero;
  if (asked.gt(open)) throw new PaperFault('NOTHING_TO_REDUCE', symbol);
}

/** The price alone can change here: the quantity never does, and the type stays a limit order's. */
function change(call: PrivateCall, number: string): Row {
  const { engine, account, fields } = call;
  const order = needOrder(call, number);
  if ((fields.text('type') ?? 'limit') !== 'limit' || fields.has('stop'))
    throw new PaperFault('NOT_ON_PAPER');
  const failed = engine.amend(account.id, order, { price: fields.requiredAmount('price') });
  if (failed !== undefined) throw new PaperFault(failed);
  return taken(order);
}
