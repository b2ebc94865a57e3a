// Alpaca's reads over the paper account: account, assets, positions, orders, clock. Dollars are the engine's USDT.
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import { uuidOf } from '../desk.js';
import type { PaperOrder } from '../engine/orders.js';
import { PaperFault } from '../fault.js';
import { segmentOf } from '../fields.js';
import {
  assetRow,
  assets,
  isoTime,
  isShortSale,
  nameOf,
  needOrder,
  options,
  orderIdOf,
  type PrivateCall,
  type Row,
} from './call.js';
import { findMultiLeg, isLeg, legRow, legsWith, multiLegRow, wholeRow, withoutOthers } from './multi-leg.js';
import { contractsRoute } from './option-contracts.js';
import { legsOf, orderRow } from './order-rows.js';
import { holdingsOf, needHolding, positionRow, worthOf } from './positions.js';

const zero = decimal('0');
const usdt = 'USDT';

/** The answer to a GET; undefined when the path is not on paper. */
export function accountRoute(path: string, call: PrivateCall): unknown {
  const [, family, rest] = /^\/v2\/(orders|assets|positions)\/(.+)$/.exec(path) ?? [];
  if (family === 'orders' && rest !== undefined) return oneOrder(call, rest);
  if (family === 'assets' && rest !== undefined) return assetRow(assets.need(segmentOf(rest)));
  if (family === 'positions' && rest !== undefined) return positionRow(needHolding(call, segmentOf(rest)));
  return contractsRoute(path, call) ?? reads.get(path)?.(call);
}

const reads: ReadonlyMap<string, (call: PrivateCall) => unknown> = new Map<
  string,
  (call: PrivateCall) => unknown
>([
  ['/v2/account', account],
  [
    '/v2/account/configurations',
    () => ({
      no_shorting: false,
      max_options_trading_level: 2,
      suspend_trade: false,
      trade_confirm_email: 'none',
    }),
  ],
  [
    '/v2/assets',
    ({ fields }) =>
      assets.listed.map(assetRow).filter((row) => (fields.text('asset_class') ?? row.class) === row.class),
  ],
  ['/v2/positions', (call) => holdingsOf(call).map(positionRow)],
  ['/v2/orders', orders],
  ['/v2/orders:by_client_order_id', byClientId],
  ['/v2/clock', clock],
  ['/v2/account/activities', activities],
  ['/v2/account/activities/FILL', activities],
]);

function account(call: PrivateCall): Row {
  const { ledger, id } = call.account;
  const free = formatDecimal(ledger.available(usdt));
  const { cash, long, short, initialMargin } = worthOf(call);
  const pending = call.account.openOrders().filter(({ heldCurrency }) => heldCurrency === usdt);
  const unspent = pending.reduce((sum, { held }) => sum.minus(held), cash);
  const equity = formatDecimal(cash.plus(long).plus(short));
  return {
    id: uuidOf(`alpaca account ${id}`),
    account_number: 'PAPER',
    status: 'ACTIVE',
    crypto_status: 'ACTIVE',
    currency: 'USD',
    // Without what open orders hold back.
    cash: formatDecimal(unspent),
    // Shares and options are paid in full; short sales are held with half their worth.
    buying_power: free,
    non_marginable_buying_power: free,
    regt_buying_power: free,
    options_buying_power: free,
    daytrading_buying_power: '0',
    portfolio_value: equity,
    equity,
    last_equity: equity,
    long_market_value: formatDecimal(long),
    position_market_value: formatDecimal(long.plus(short)),
    short_market_value: formatDecimal(short),
    initial_margin: formatDecimal(initialMargin),
    maintenance_margin: '0',
    pattern_day_trader: false,
    trading_blocked: false,
    transfers_blocked: true,
    account_blocked: false,
    trade_suspended_by_user: false,
    shorting_enabled: true,
    multiplier: '1',
    // "Trading Levels": calls and puts are bought.
    options_approved_level: 2,
    options_trading_level: 2,
    daytrade_count: 0,
    created_at: isoTime(call.engine.nowMs),
  };
}

/** Legs stand below their order where the client asks for that, else by themselves; those of a multi-leg order below it always. */
const shownRow = ({ account, fields }: PrivateCall, order: PaperOrder): Row =>
  fields.text('nested') === 'true' || isLeg(order) ? wholeRow(account, order) : orderRow(order);

function oneOrder(call: PrivateCall, id: string): Row {
  const legs = findMultiLeg(call, id);
  if (legs !== undefined) return multiLegRow(legs);
  const order = needOrder(call, id);
  return isLeg(order) ? legRow(order) : shownRow(call, order);
}

/** Newest first; open ones unless `status` says closed or all. */
function orders(call: PrivateCall): readonly Row[] {
  const { account, fields } = call;
  const status = fields.has('status') ? fields.oneOf('status', ['open', 'closed', 'all']) : 'open';
  const open = new Set(account.openOrders());
  const wanted = fields
    .text('symbols')
    ?.split(',')
    .map((symbol) => nameOf(options.find(symbol) ?? assets.need(symbol)));
  const shown = withoutOthers(account.orders())
    .filter((order) => status === 'all' || open.has(order) === (status === 'open'))
    .filter((order) => {
      const names = legsWith(account, order).map(nameOf);
      return wanted === undefined || names.some((name) => wanted.includes(name));
    })
    .slice(-fields.count('limit', 50, 500));
  const isNested = fields.text('nested') === 'true';
  const below = new Set(isNested ? shown.flatMap((order) => legsOf(account, order)) : []);
  return shown
    .filter((order) => !below.has(order))
    .map((order) => shownRow(call, order))
    .reverse();
}

function byClientId({ account, fields }: PrivateCall): Row {
  const clientId = fields.required('client_order_id');
  const order = account.find({ clientId });
  if (order === undefined) throw new PaperFault('ORDER_UNKNOWN', clientId);
  return isLeg(order) ? multiLegRow(legsWith(account, order)) : orderRow(order);
}

/** "Retrieve Account Activities": fills are all that happens to a paper account; newest first. */
function activities({ account, fields }: PrivateCall): readonly Row[] {
  const wanted = fields.text('activity_types')?.split(',') ?? ['FILL'];
  if (!wanted.includes('FILL')) return [];
  const filled = new Map<string, Decimal>();
  const rows = account.fills.map((fill) => {
    const order = account.find({ id: fill.orderId });
    const cumulated = (filled.get(fill.orderId) ?? zero).plus(fill.size);
    filled.set(fill.orderId, cumulated);
    const left = order === undefined ? zero : order.size.minus(cumulated);
    return {
      id: `${isoTime(fill.atMs).replace(/\D/g, '')}::${uuidOf(`alpaca fill ${fill.id}`)}`,
      activity_type: 'FILL',
      transaction_time: isoTime(fill.atMs),
      type: left.gt(zero) ? 'partial_fill' : 'fill',
      price: formatDecimal(fill.price),
      qty: formatDecimal(fill.size),
      side: isShortSale(fill) && fill.side === 'sell' ? 'sell_short' : fill.side,
      symbol: nameOf(fill),
      leaves_qty: formatDecimal(left),
      order_id: orderIdOf(order ?? { id: fill.orderId, memo: fill.memo }),
      cum_qty: formatDecimal(cumulated),
      order_status: left.gt(zero) ? 'partially_filled' : 'filled',
    };
  });
  return rows.reverse().slice(0, fields.count('page_size', 100, 100));
}

/** Crypto trades at all hours. */
function clock({ engine: { nowMs } }: PrivateCall): Row {
  const next = isoTime(nowMs + 86_400_000);
  return { timestamp: isoTime(nowMs), is_open: true, next_open: next, next_close: next };
}
