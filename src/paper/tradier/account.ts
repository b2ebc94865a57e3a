// Tradier's reads over the paper account: profile, balances, positions, orders, clock. A cash account in dollars.
// Source: documentation.tradier.com/brokerage-api/accounts and /user/get-profile.
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import { PaperFault } from '../fault.js';
import { accountNumberOf, isoTime, listOf, needOrder, type PrivateCall, type Row, stocks } from './call.js';
import { orderRow } from './order-rows.js';

const zero = decimal('0');
const cash = 'USDT';

/** The answer to a GET; undefined when the path is not on paper. Another account than the token's own is not found. */
export function accountRoute(path: string, call: PrivateCall): Row | undefined {
  if (path === '/v1/user/profile') return profile(call);
  if (path === '/v1/markets/clock') return clock(call);
  const [, number, rest] = /^\/v1\/accounts\/([A-Z0-9]+)\/(.+)$/.exec(path) ?? [];
  if (number === undefined || rest === undefined) return undefined;
  needOwn(call, number);
  const [, orderNumber] = /^orders\/(\d+)$/.exec(rest) ?? [];
  const withTags = call.fields.text('includeTags') === 'true';
  if (orderNumber !== undefined) return { order: orderRow(needOrder(call, orderNumber), withTags) };
  if (rest === 'orders')
    return {
      orders: listOf(
        'order',
        call.account.orders().map((order) => orderRow(order, withTags)),
      ),
    };
  if (rest === 'positions') return { positions: listOf('position', positions(call)) };
  return rest === 'balances' ? { balances: balances(call) } : undefined;
}

/** Throws PaperFault KEY_UNKNOWN: Tradier answers 401 for an account that the token does not reach. */
export function needOwn({ account }: PrivateCall, number: string): void {
  if (number !== accountNumberOf(account)) throw new PaperFault('KEY_UNKNOWN', number);
}

function profile({ account, engine }: PrivateCall): Row {
  const one = {
    account_number: accountNumberOf(account),
    classification: 'individual',
    date_created: isoTime(engine.nowMs),
    day_trader: false,
    option_level: 0,
    status: 'active',
    type: 'cash',
    last_update_date: isoTime(engine.nowMs),
  };
  return { profile: { id: 'id-paper', name: 'Paper', account: one } };
}

/** Shares trade at all hours on paper. */
function clock({ engine: { nowMs } }: PrivateCall): Row {
  return {
    clock: {
      date: isoTime(nowMs).slice(0, 10),
      description: 'Market is open',
      state: 'open',
      timestamp: Math.floor(nowMs / 1000),
      next_change: '00:00',
      next_state: 'open',
    },
  };
}

function holdings({ account: { ledger }, engine }: PrivateCall) {
  return stocks.listed.flatMap((stock) => {
    const quantity = ledger.total(stock.base);
    const worth = quantity.times(engine.market.last(stock, engine.second));
    return quantity.gt(zero) ? [{ symbol: stocks.spell(stock), quantity, worth }] : [];
  });
}

/** At today's worth: the engine keeps no cost of what it holds. */
function positions(call: PrivateCall): readonly Row[] {
  return holdings(call).map(({ symbol, quantity, worth }, index) => ({
    id: index + 1,
    symbol,
    quantity: Number(formatDecimal(quantity)),
    cost_basis: Number(formatDecimal(worth)),
    date_acquired: isoTime(call.engine.nowMs),
  }));
}

function balances(call: PrivateCall): Row {
  const { ledger } = call.account;
  const long = holdings(call).reduce<Decimal>((sum, { worth }) => sum.plus(worth), zero);
  const number = (value: Decimal) => Number(formatDecimal(value));
  const pending = call.account.openOrders().length;
  return {
    account_number: accountNumberOf(call.account),
    account_type: 'cash',
    total_cash: number(ledger.total(cash)),
    total_equity: number(ledger.total(cash).plus(long)),
    long_market_value: number(long),
    market_value: number(long),
    stock_long_value: number(long),
    short_market_value: 0,
    option_long_value: 0,
    option_short_value: 0,
    option_requirement: 0,
    current_requirement: 0,
    equity: 0,
    open_pl: 0,
    close_pl: 0,
    pending_cash: number(ledger.held(cash)),
    pending_orders_count: pending,
    uncleared_funds: 0,
    cash: {
      cash_available: number(ledger.available(cash)),
      sweep: 0,
      unsettled_funds: 0,
    },
  };
}
