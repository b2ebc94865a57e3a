// Tradier's reads over the paper account: profile, balances, positions, orders, clock. A margin account in dollars.
// Source: documentation.tradier.com/brokerage-api/accounts and /user/get-profile.
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import { marginOf } from '../engine/positions.js';
import { PaperFault } from '../fault.js';
import {
  accountNumberOf,
  findGroup,
  groupsOf,
  heldOptions,
  isoTime,
  listOf,
  needOrder,
  owed,
  type PrivateCall,
  type Row,
  shorts,
  stocks,
} from './call.js';
import { entryRow } from './order-rows.js';

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
  if (orderNumber !== undefined) {
    const entry = findGroup(call, orderNumber) ?? needOrder(call, orderNumber);
    return { order: entryRow(entry, withTags) };
  }
  if (rest === 'orders')
    return {
      orders: listOf(
        'order',
        groupsOf(call.account.orders()).map((entry) => entryRow(entry, withTags)),
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
    option_level: 2,
    status: 'active',
    type: 'margin',
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

/** What is held at today's worth, since the engine keeps no cost of it; what is owed, and options, at what the trades were for. */
function positions(call: PrivateCall): readonly Row[] {
  const held = holdings(call).map((one) => ({ ...one, sinceMs: call.engine.nowMs }));
  const sold = owed(call).map(({ instrument, position }) => ({
    symbol: shorts.spell(instrument),
    quantity: position.contracts,
    worth: position.cost,
    sinceMs: position.openedMs,
  }));
  const optioned = heldOptions(call).map(({ instrument, position }) => ({
    symbol: instrument.symbol,
    quantity: position.contracts,
    worth: position.cost.times(instrument.contractValue),
    sinceMs: position.openedMs,
  }));
  return [...held, ...sold, ...optioned].map(({ symbol, quantity, worth, sinceMs }, index) => ({
    id: index + 1,
    symbol,
    quantity: Number(formatDecimal(quantity)),
    cost_basis: Number(formatDecimal(worth)),
    date_acquired: isoTime(sinceMs),
  }));
}

/** Proceeds of short sales count as cash, and are held with half as much again of the account's own; premiums are spent. */
function balances(call: PrivateCall): Row {
  const { account, engine } = call;
  const { ledger } = account;
  const number = (value: Decimal) => Number(formatDecimal(value));
  const sumOf = (values: readonly Decimal[]) => values.reduce<Decimal>((sum, one) => sum.plus(one), zero);
  const shortSales = owed(call);
  const long = sumOf(holdings(call).map(({ worth }) => worth));
  const short = sumOf(
    shortSales.map(({ instrument, position }) =>
      position.contracts.times(engine.market.last(instrument, engine.second)),
    ),
  );
  const proceeds = sumOf(shortSales.map(({ position }) => position.cost.abs()));
  const margin = sumOf(shortSales.map(({ instrument, position }) => marginOf(position, instrument)));
  const contracts = heldOptions(call);
  const premiums = sumOf(contracts.map(({ instrument, position }) => marginOf(position, instrument)));
  const optionWorth = sumOf(
    contracts.map(({ instrument, position }) =>
      position.contracts.times(instrument.contractValue).times(engine.market.last(instrument, engine.second)),
    ),
  );
  const total = ledger.total(cash).plus(proceeds).minus(premiums);
  const pending = account.openOrders();
  return {
    account_number: accountNumberOf(account),
    account_type: 'margin',
    total_cash: number(total),
    total_equity: number(total.plus(long).plus(short).plus(optionWorth)),
    long_market_value: number(long.plus(optionWorth)),
    market_value: number(long.plus(short).plus(optionWorth)),
    stock_long_value: number(long),
    short_market_value: number(short),
    option_long_value: number(optionWorth),
    option_short_value: 0,
    option_requirement: 0,
    current_requirement: number(proceeds.plus(margin)),
    equity: 0,
    open_pl: number(proceeds.plus(short).plus(optionWorth).minus(premiums)),
    close_pl: 0,
    pending_cash: number(
      sumOf(pending.filter(({ heldCurrency }) => heldCurrency === cash).map(({ held }) => held)),
    ),
    pending_orders_count: pending.length,
    uncleared_funds: 0,
    margin: {
      fed_call: 0,
      maintenance_call: 0,
      // Shares and options are paid in full.
      option_buying_power: number(ledger.available(cash)),
      stock_buying_power: number(ledger.available(cash)),
      stock_short_value: number(short),
      sweep: 0,
    },
  };
}
