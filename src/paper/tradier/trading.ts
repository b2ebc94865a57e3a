// Tradier trading over the paper engine: market and limit orders on shares, short sales and covers, changes, cancels, previews.
// Source: documentation.tradier.com/brokerage-api/trading (place-equity-order, change-order, cancel-order).
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import { cancelOrder, placeOrder } from '../desk.js';
import { type NewOrder, remaining } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { needOwn } from './account.js';
import { needOrder, orderNumberOf, type PrivateCall, type Row, shorts, stocks } from './call.js';

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
  const cost = order.price === undefined ? undefined : formatDecimal(order.price.times(value));
  return {
    order: { status: 'ok', result: true, commission: 0, fees: 0, ...(cost === undefined ? {} : { cost }) },
  };
}

function readOrder(call: PrivateCall): NewOrder {
  const { fields } = call;
  if (fields.required('class') !== 'equity') throw new PaperFault('NOT_ON_PAPER');
  const name = fields.required('symbol');
  const side = fields.oneOf('side', ['buy', 'buy_to_cover', 'sell', 'sell_short']);
  const isShort = side === 'sell_short' || side === 'buy_to_cover';
  const { symbol } = (isShort ? shorts : stocks).need(name);
  const type = fields.oneOf('type', ['market', 'limit']);
  const duration = fields.oneOf('duration', ['day', 'gtc', 'pre', 'post']);
  const tag = fields.text('tag');
  if (tag !== undefined && !/^[A-Za-z0-9-]{1,255}$/.test(tag)) throw new PaperFault('PARAMETER_BAD', 'tag');
  const value = fields.requiredAmount('quantity');
  // ShortOrderIsGtc in the errors of QuantConnect Lean.Brokerages.Tradier.
  if (side === 'sell_short' && duration !== 'day') throw new PaperFault('PARAMETER_BAD', 'duration');
  if (side === 'buy' || side === 'sell_short') needOneWay(call, name, side);
  if (side === 'buy_to_cover') needOwed(call, symbol, value);
  return {
    symbol,
    side: side === 'buy' || side === 'buy_to_cover' ? 'buy' : 'sell',
    ...(type === 'market' ? {} : { price: fields.requiredAmount('price') }),
    timeInForce: type === 'market' ? 'ioc' : 'gtc',
    quantity: { value, unit: 'size' },
    reduceOnly: side === 'buy_to_cover',
    // A label, no id: Tradier takes the same one twice.
    memo: { duration, side, ...(tag === undefined ? {} : { tag }) },
  };
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

/** Throws PaperFault NOTHING_TO_REDUCE: with the covers that rest, more than is owed is no cover. */
function needOwed({ account }: PrivateCall, symbol: string, value: Decimal): void {
  const asked = account
    .openOrders()
    .filter((order) => order.symbol === symbol && order.reduceOnly)
    .reduce((sum, order) => sum.plus(remaining(order)), value);
  const owes = account.positions.get(symbol)?.contracts.abs() ?? zero;
  if (asked.gt(owes)) throw new PaperFault('NOTHING_TO_REDUCE', symbol);
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
