// Kraken Futures' signed reads over the paper account: its wallets, positions, orders, fills and events.
import { decimal } from '../../core/decimal.js';
import type { Account } from '../engine/account.js';
import type { Engine } from '../engine/engine.js';
import { findInstrument } from '../engine/instruments.js';
import { isOpen, type PaperOrder, remaining } from '../engine/orders.js';
import { averagePrice, marginOf, unrealized } from '../engine/positions.js';
import { openPositions } from '../open-positions.js';
import {
  contracts,
  isoTime,
  numberOf,
  orderById,
  orderIdOf,
  type PrivateCall,
  type Row,
  sizeOf,
} from './call.js';
import { currencyOf, wallets } from './wallets.js';

type Handler = (call: PrivateCall) => Row;

const zero = decimal('0');

export const accountRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['GET accounts', (call) => ({ accounts: wallets(call) })],
  ['GET openpositions', (call) => ({ openPositions: positions(call) })],
  ['GET openorders', ({ account }) => ({ openOrders: swaps(account.openOrders()).map(openRow).reverse() })],
  ['GET orders/status', orderStatus],
  ['POST orders/status', orderStatus],
  ['GET fills', fills],
  ['GET /api/history/v2/orders', events],
  ['GET /api/history/v3/orders', events],
  // None is chosen: every contract at the leverage of the engine.
  ['GET leveragepreferences', () => ({ leveragePreferences: [] })],
  ['GET feeschedules/volumes', () => ({ volumesByFeeSchedule: {} })],
  ['GET /api/history/v3/account-log', accountLog],
  ['GET /api/auth/v1/api-keys/v3/check', keyCheck],
]);

export const swaps = <Record extends { symbol: string }>(records: readonly Record[]): readonly Record[] =>
  records.filter(({ symbol }) => findInstrument(symbol)?.kind === 'swap');

/** A key that may trade and not transfer. */
function keyCheck({ account }: PrivateCall): Row {
  return {
    apiKey: account.id,
    accountUid: orderIdOf(account),
    iiban: null,
    createdAt: isoTime(0),
    permissions: { general: 'FULL_ACCESS', transfer: 'NO_ACCESS' },
    allowedCidrBlock: null,
    allowedCidrBlocks: [],
  };
}

/** Feed `open_positions` of the WebSocket; short ones have a negative balance. */
export function socketPositions(engine: Engine, account: Account): Row {
  const rows = openPositions(account).map(({ instrument, position }) => {
    const last = engine.market.last(instrument, engine.second);
    return {
      instrument: contracts.spell(instrument),
      balance: sizeOf(instrument, position.contracts),
      pnl: numberOf(unrealized(position, instrument, last)),
      entry_price: numberOf(averagePrice(position, instrument)),
      mark_price: numberOf(last),
      index_price: numberOf(engine.market.index(instrument, engine.second)),
      initial_margin: numberOf(marginOf(position, instrument)),
      unrealized_funding: 0,
      pnl_currency: currencyOf({ feeCurrency: instrument.settle }),
    };
  });
  return {
    feed: 'open_positions',
    account: orderIdOf(account),
    positions: rows,
    seq: 0,
    timestamp: engine.nowMs,
  };
}

function positions({ engine, account }: PrivateCall): readonly Row[] {
  return openPositions(account).map(({ instrument, position }) => ({
    side: position.contracts.gt(zero) ? 'long' : 'short',
    symbol: contracts.spell(instrument),
    price: numberOf(averagePrice(position, instrument)),
    fillTime: isoTime(engine.nowMs),
    size: sizeOf(instrument, position.contracts.abs()),
    unrealizedFunding: 0,
    pnlCurrency: currencyOf({ feeCurrency: instrument.settle }),
  }));
}

function openRow(order: PaperOrder): Row {
  return {
    order_id: orderIdOf(order),
    cliOrdId: order.clientId,
    symbol: contracts.of(order),
    side: order.side,
    orderType: order.memo.orderType === 'stp' ? 'stop' : (order.memo.orderType ?? 'lmt'),
    stopPrice: order.trigger === undefined ? undefined : numberOf(order.trigger),
    limitPrice: order.price === undefined ? undefined : numberOf(order.price),
    unfilledSize: sizeOf(order, remaining(order)),
    filledSize: sizeOf(order, order.filled),
    receivedTime: isoTime(order.createdMs),
    lastUpdateTime: isoTime(order.updatedMs),
    status: order.filled.gt(zero) ? 'partiallyFilled' : 'untouched',
    reduceOnly: order.reduceOnly,
  };
}

/** An order as events and orders/status show it. */
export function orderRow(order: PaperOrder): Row {
  return {
    type: order.memo.orderType ?? 'lmt',
    orderId: orderIdOf(order),
    cliOrdId: order.clientId ?? null,
    symbol: contracts.of(order),
    side: order.side,
    quantity: sizeOf(order, order.size),
    filled: sizeOf(order, order.filled),
    limitPrice: order.price === undefined ? null : numberOf(order.price),
    reduceOnly: order.reduceOnly,
    timestamp: isoTime(order.createdMs),
    lastUpdateTimestamp: isoTime(order.updatedMs),
  };
}

const recentMs = 5000;
const statuses = {
  live: 'ENTERED_BOOK',
  'partially-filled': 'ENTERED_BOOK',
  filled: 'FULLY_EXECUTED',
  canceled: 'CANCELLED',
} as const;

const statusOf = ({ state, waitsFor }: PaperOrder): string =>
  state === 'live' && waitsFor === 'trigger' ? 'TRIGGER_PLACED' : statuses[state];

/** "Get Specific Orders' Status": what is open, or ended within 5 seconds. */
function orderStatus(call: PrivateCall): Row {
  const [ids, clientIds] = ['orderIds', 'cliOrdIds'].map((name) => call.fields.text(name));
  const order = ids === undefined ? call.account.find({ clientId: clientIds ?? '' }) : orderById(call, ids);
  const isTold = order !== undefined && (isOpen(order) || call.engine.nowMs - order.updatedMs <= recentMs);
  if (!isTold) return { orders: [] };
  return {
    orders: [{ order: orderRow(order), status: statusOf(order), updateReason: null, error: null }],
  };
}

function fills({ account }: PrivateCall): Row {
  const rows = swaps(account.fills).map((fill) => ({
    fill_id: orderIdOf(fill),
    symbol: contracts.of(fill),
    side: fill.side,
    order_id: orderIdOf({ id: fill.orderId }),
    cliOrdId: fill.clientId,
    size: sizeOf(fill, fill.size),
    price: numberOf(fill.price),
    fillTime: isoTime(fill.atMs),
    fillType: fill.isMaker ? 'maker' : 'taker',
  }));
  return { fills: rows.reverse() };
}

/** "Get account log": of each fill an entry that moves the position, and one that moves the money; newest first. */
function accountLog({ account, fields }: PrivateCall): Row {
  const logs = swaps(account.fills).flatMap((fill, index) => {
    const contract = contracts.of(fill).toLowerCase();
    const asset = currencyOf(fill).toLowerCase();
    const entry = {
      date: isoTime(fill.atMs),
      contract,
      execution: orderIdOf(fill),
      info: 'futures trade',
      margin_account: asset === 'usd' ? 'flex' : `fi_${asset}usd`,
      trade_price: numberOf(fill.price),
    };
    return [
      { id: 2 * index + 1, ...entry, asset: contract, fee: null, realized_pnl: null },
      {
        id: 2 * index + 2,
        ...entry,
        asset,
        fee: numberOf(fill.fee),
        realized_pnl: numberOf(fill.realized),
      },
    ];
  });
  return { accountUid: orderIdOf(account), logs: logs.reverse().slice(0, fields.count('count', 500, 500)) };
}

/** "Get order events": the last event of each order, newest first. `quantity` is what is left. */
function events({ account, fields }: PrivateCall): Row {
  const market = fields.text('tradeable');
  const elements = swaps(account.orders())
    .filter((order) => market === undefined || contracts.of(order) === market)
    .map((order) => {
      const shown = {
        uid: orderIdOf(order),
        accountUid: orderIdOf(account),
        tradeable: contracts.of(order),
        direction: order.side === 'buy' ? 'Buy' : 'Sell',
        quantity: String(sizeOf(order, remaining(order))),
        filled: String(sizeOf(order, order.filled)),
        timestamp: order.createdMs,
        limitPrice: order.price === undefined ? '0' : String(numberOf(order.price)),
        orderType: 'Limit',
        clientId: order.clientId ?? '',
        reduceOnly: order.reduceOnly,
        lastUpdateTimestamp: order.updatedMs,
      };
      return { uid: shown.uid, timestamp: order.updatedMs, event: eventOf(order, shown) };
    });
  return { accountUid: orderIdOf(account), len: elements.length, elements: elements.reverse() };
}

function eventOf({ state }: PaperOrder, order: Row): Row {
  if (state === 'canceled') return { OrderCancelled: { order, reason: 'cancelled_by_user' } };
  if (state !== 'filled') return { OrderPlaced: { order, reason: 'new_user_order', reducedQuantity: '' } };
  return { OrderUpdated: { newOrder: order, oldOrder: order, reason: 'full_fill', reducedQuantity: '' } };
}
