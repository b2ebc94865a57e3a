// Cross margin of Binance on paper: the spot orders by their other paths, out of the same wallet. Nothing is lent, so what the wallet
// lacks is not sold; isolated margin is not on paper.
// Source: developers.binance.com Margin Trading, "Margin Account New Order", "New OCO", "New OTO", "New OTOCO", "Query Margin Account's Order",
// "Query Cross Margin Account Details"; binance 3.6.5 main-client.
import { formatDecimal } from '../../core/decimal.js';
import { PaperFault } from '../fault.js';
import { accountRoutes } from './account.js';
import type { PrivateCall, Row } from './call.js';
import { orderListRoutes } from './order-lists.js';
import { tradingRoutes } from './trading.js';

type Handler = (call: PrivateCall) => unknown;

/** Under `/sapi/v1/margin/` and under `/api/v3/`. */
const paths: readonly (readonly [method: string, own: string, spot: string])[] = [
  ['POST', 'order', 'order'],
  ['DELETE', 'order', 'order'],
  ['DELETE', 'openOrders', 'openOrders'],
  ['GET', 'order', 'order'],
  ['GET', 'openOrders', 'openOrders'],
  ['GET', 'allOrders', 'allOrders'],
  ['GET', 'myTrades', 'myTrades'],
  ['POST', 'order/oco', 'order/oco'],
  ['POST', 'order/oto', 'orderList/oto'],
  ['POST', 'order/otoco', 'orderList/otoco'],
  ['DELETE', 'orderList', 'orderList'],
  ['GET', 'orderList', 'orderList'],
  ['GET', 'openOrderList', 'openOrderList'],
  ['GET', 'allOrderList', 'allOrderList'],
];

export const marginRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['GET /sapi/v1/margin/account', account],
  ...paths.map(([method, own, spot]) => {
    const name = `${method} /api/v3/${spot}`;
    const handler = [tradingRoutes, orderListRoutes, accountRoutes].find((routes) => routes.has(name));
    return [`${method} /sapi/v1/margin/${own}`, crossOnly(name, handler?.get(name))] as const;
  }),
]);

/** A plain Error for a spot route that is not there: a bug of this table. */
function crossOnly(name: string, handler: Handler | undefined): Handler {
  if (handler === undefined) throw new Error(`no ${name}`);
  return (call) => {
    const { fields } = call;
    const isIsolated = (fields.text('isIsolated') ?? 'FALSE').toUpperCase() !== 'FALSE';
    const isLent = (fields.text('sideEffectType') ?? 'NO_SIDE_EFFECT') !== 'NO_SIDE_EFFECT';
    if (isIsolated || isLent) throw new PaperFault('NOT_ON_PAPER');
    const told = handler(call);
    return Array.isArray(told) ? told.map(marked) : marked(told as Row);
  };
}

const marked = (row: Row): Row => ({ ...row, isIsolated: false });

function account({ account: { ledger } }: PrivateCall): Row {
  return {
    borrowEnabled: false,
    marginLevel: '999',
    tradeEnabled: true,
    transferInEnabled: false,
    transferOutEnabled: false,
    accountType: 'MARGIN_1',
    userAssets: ledger.currencies().map((asset) => ({
      asset,
      borrowed: '0',
      interest: '0',
      free: formatDecimal(ledger.available(asset)),
      locked: formatDecimal(ledger.held(asset)),
      netAsset: formatDecimal(ledger.total(asset)),
    })),
  };
}
