// Coinbase's signed reads over the paper account: accounts, orders, fills, fees and what the key may do.
import { formatDecimal } from '../../core/decimal.js';
import { ownedWorth, uuidOf } from '../desk.js';
import type { PaperFill } from '../engine/orders.js';
import { isoTime, needOrder, orderIdOf, type PrivateCall, products, type Row } from './call.js';
import { book, productRoute } from './market-data.js';
import { orderRow } from './order-rows.js';

const brokerage = '/api/v3/brokerage/';

/** The answer to a signed GET; undefined when the path is not on paper. */
export function accountRoute(path: string, call: PrivateCall): Row | undefined {
  const name = path.startsWith(brokerage) ? path.slice(brokerage.length) : '';
  const [, id] = /^orders\/historical\/([0-9a-f-]{36})$/.exec(name) ?? [];
  if (id !== undefined) return { order: orderRow(needOrder(call, id)) };
  if (path === '/v2/accounts') return wallets(call);
  if (name.startsWith('portfolios/')) return breakdown(name, call);
  return reads.get(name)?.(call) ?? productRoute(name, call);
}

const reads: ReadonlyMap<string, (call: PrivateCall) => Row> = new Map<string, (call: PrivateCall) => Row>([
  ['accounts', accounts],
  ['key_permissions', permissions],
  ['portfolios', portfolios],
  // Futures are not on paper.
  ['cfm/positions', () => ({ positions: [] })],
  ['best_bid_ask', (call) => ({ pricebooks: products.listed.map((one) => book(call, one)) })],
  ['transaction_summary', summary],
  ['orders/historical/batch', orders],
  ['orders/historical/fills', ({ account }) => ({ fills: account.fills.map(fillRow), cursor: '' })],
]);

const portfolioOf = ({ account }: PrivateCall) => uuidOf(`coinbase portfolio ${account.id}`);

/** A key that may read and trade, not transfer. */
function permissions(call: PrivateCall): Row {
  return {
    can_view: true,
    can_trade: true,
    can_transfer: false,
    portfolio_uuid: portfolioOf(call),
    portfolio_type: 'DEFAULT',
  };
}

function portfolios(call: PrivateCall): Row {
  return { portfolios: [{ name: 'Default', uuid: portfolioOf(call), type: 'DEFAULT', deleted: false }] };
}

function breakdown(name: string, call: PrivateCall): Row | undefined {
  if (name !== `portfolios/${portfolioOf(call)}`) return undefined;
  const currency = call.fields.oneOf('currency', ['USD']);
  return {
    breakdown: {
      portfolio: { name: 'Default', uuid: portfolioOf(call), type: 'DEFAULT', deleted: false },
      portfolio_balances: { total_balance: { value: formatDecimal(ownedWorth(call).round(2)), currency } },
      spot_positions: [],
    },
  };
}

function accounts(call: PrivateCall): Row {
  const { ledger, id } = call.account;
  const rows = ledger.currencies().map((currency) => ({
    uuid: uuidOf(`coinbase wallet ${id} ${currency}`),
    name: `${currency} Wallet`,
    currency,
    available_balance: { value: formatDecimal(ledger.available(currency)), currency },
    default: true,
    active: true,
    created_at: isoTime(call.engine.nowMs),
    updated_at: isoTime(call.engine.nowMs),
    deleted_at: null,
    type: 'ACCOUNT_TYPE_CRYPTO',
    ready: true,
    hold: { value: formatDecimal(ledger.held(currency)), currency },
    retail_portfolio_id: portfolioOf(call),
    platform: 'ACCOUNT_PLATFORM_CONSUMER',
  }));
  return { accounts: rows, has_next: false, cursor: '', size: rows.length };
}

/** The App API's view of the same money: what is owned, not what is held back. */
function wallets({ account: { ledger, id }, engine }: PrivateCall): Row {
  const data = ledger.currencies().map((currency) => ({
    id: uuidOf(`coinbase wallet ${id} ${currency}`),
    name: `${currency} Wallet`,
    primary: false,
    type: 'wallet',
    currency: { code: currency, name: currency, type: 'crypto', exponent: 8 },
    balance: { amount: formatDecimal(ledger.total(currency)), currency },
    created_at: isoTime(engine.nowMs),
    updated_at: isoTime(engine.nowMs),
    resource: 'account',
    allow_deposits: false,
    allow_withdrawals: false,
  }));
  return { pagination: { next_starting_after: null, limit: data.length, order: 'desc' }, data };
}

function summary(): Row {
  return {
    total_volume: 0,
    total_fees: 0,
    fee_tier: { pricing_tier: 'Paper', maker_fee_rate: '0.0008', taker_fee_rate: '0.001' },
  };
}

const states = { OPEN: 'OPEN', FILLED: 'FILLED', CANCELLED: 'CANCELLED' } as const;

/** Newest first, narrowed by product and status. */
function orders({ account, fields }: PrivateCall): Row {
  const product = fields.text('product_id') ?? fields.text('product_ids');
  const wanted = product === undefined ? undefined : products.need(product).symbol;
  const status = fields.text('order_status');
  const known = Object.values(states).find((state) => state === status);
  const rows = account
    .orders()
    .filter(({ symbol }) => wanted === undefined || symbol === wanted)
    .map(orderRow)
    .filter((row) => status === undefined || row.status === known)
    .reverse();
  return { orders: rows, sequence: '0', has_next: false, cursor: '' };
}

function fillRow(fill: PaperFill): Row {
  const time = isoTime(fill.atMs);
  return {
    entry_id: uuidOf(`coinbase entry ${fill.id}`),
    trade_id: uuidOf(`coinbase trade ${fill.id}`),
    order_id: orderIdOf({ id: fill.orderId }),
    trade_time: time,
    trade_type: 'FILL',
    price: formatDecimal(fill.price),
    size: formatDecimal(fill.size),
    commission: formatDecimal(fill.fee),
    product_id: products.of(fill),
    sequence_timestamp: time,
    liquidity_indicator: fill.isMaker ? 'MAKER' : 'TAKER',
    size_in_quote: false,
    side: fill.side.toUpperCase(),
  };
}
