// Bybit's signed reads over the paper account: unified account, one-way positions, fixed leverage (docs/v5/account, position, user).
import { decimal, formatDecimal } from '../../core/decimal.js';
import { findInstrument, instruments, leverage } from '../engine/instruments.js';
import type { PaperOrder } from '../engine/orders.js';
import { averagePrice, marginOf, unrealized, worthOf } from '../engine/positions.js';
import { openMargin, openPositions, openProfit } from '../open-positions.js';
import {
  baseOf,
  instrumentsOf,
  nameOf,
  ofCall,
  type PrivateCall,
  type Row,
  symbolOf,
  symbolsOf,
} from './call.js';
import { list } from './market-data.js';
import { fillRow, orderRow } from './order-rows.js';

type Handler = (call: PrivateCall) => Row;

const zero = decimal('0');

export const accountRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['GET /v5/user/query-api', keyInfo],
  ['GET /v5/account/info', accountInfo],
  ['GET /v5/account/wallet-balance', wallet],
  ['GET /v5/asset/coin/query-info', coins],
  ['GET /v5/account/fee-rate', feeRates],
  ['GET /v5/position/list', (call) => list(call, positions(call))],
  ['GET /v5/order/realtime', (call) => list(call, matching(call, realtime(call)))],
  ['GET /v5/order/history', (call) => list(call, matching(call, call.account.orders()))],
  // No spreads are traded here, so none rest.
  ['GET /v5/spread/order/realtime', () => ({ list: [], nextPageCursor: '' })],
  ['GET /v5/execution/list', (call) => list(call, ofCall(call, call.account.fills).map(fillRow))],
]);

/** A read-write key for orders and positions, without any right over the wallet. */
function keyInfo({ engine, account }: PrivateCall): Row {
  return {
    id: '1',
    note: 'tradebox paper',
    readOnly: 0,
    permissions: {
      ContractTrade: ['Order', 'Position'],
      Spot: ['SpotTrade'],
      Wallet: [],
      Options: [],
      Derivatives: ['DerivativesTrade'],
      Exchange: [],
      Earn: [],
      Affiliate: [],
    },
    ips: ['*'],
    type: 1,
    deadlineDay: 90,
    expiredAt: new Date(engine.nowMs + 90 * 86_400_000).toISOString(),
    createdAt: new Date(engine.nowMs).toISOString(),
    unified: 0,
    uta: 1,
    userID: account.id.length,
    inviterID: 0,
    vipLevel: 'No VIP',
    mktMakerLevel: '0',
    affiliateID: 0,
    isMaster: false,
    parentUid: '1',
  };
}

/** "Get Fee Rate": linear without a category, as ccxt reads it. */
function feeRates(call: PrivateCall): Row {
  const fields = call.fields.has('category') ? call.fields : call.fields.with('category', 'linear');
  const rows = instrumentsOf({ ...call, fields }).map((instrument) => ({
    symbol: nameOf(instrument),
    takerFeeRate: formatDecimal(instrument.takerFee),
    makerFeeRate: formatDecimal(instrument.makerFee),
  }));
  return list(call, rows);
}

function accountInfo({ engine }: PrivateCall): Row {
  return {
    unifiedMarginStatus: 5,
    marginMode: 'REGULAR_MARGIN',
    dcpStatus: 'OFF',
    timeWindow: 0,
    smpGroup: 0,
    isMasterTrader: false,
    spotHedgingStatus: 'OFF',
    updatedTime: String(engine.nowMs),
  };
}

function wallet(call: PrivateCall): Row {
  const { engine, account, fields } = call;
  fields.oneOf('accountType', ['UNIFIED']);
  const wanted = fields.text('coin')?.split(',');
  let [owned, worth] = [zero, zero];
  const coin = account.ledger.currencies().map((name) => {
    const total = account.ledger.total(name);
    const profit = openProfit(call, name);
    const equity = total.plus(profit);
    const margin = openMargin(account, name);
    const pair = findInstrument(`${name}-USDT`);
    const price = pair === undefined ? decimal('1') : engine.market.last(pair, engine.second);
    owned = owned.plus(total.times(price));
    worth = worth.plus(equity.times(price));
    return {
      coin: name,
      equity: formatDecimal(equity),
      usdValue: formatDecimal(equity.times(price)),
      walletBalance: formatDecimal(total),
      free: formatDecimal(account.ledger.available(name)),
      locked: formatDecimal(account.ledger.held(name)),
      borrowAmount: '0',
      availableToWithdraw: '',
      accruedInterest: '0',
      totalOrderIM: '0',
      totalPositionIM: formatDecimal(margin),
      totalPositionMM: '0',
      unrealisedPnl: formatDecimal(profit),
      cumRealisedPnl: '0',
      bonus: '0',
      collateralSwitch: true,
      marginCollateral: true,
    };
  });
  const [total, equity] = [formatDecimal(owned), formatDecimal(worth)];
  return {
    list: [
      {
        accountType: 'UNIFIED',
        totalEquity: equity,
        totalWalletBalance: total,
        totalMarginBalance: equity,
        totalAvailableBalance: total,
        totalPerpUPL: formatDecimal(worth.minus(owned)),
        totalInitialMargin: '0',
        totalMaintenanceMargin: '0',
        accountIMRate: '0',
        accountMMRate: '0',
        accountLTV: '0',
        coin: coin.filter((row) => wanted === undefined || wanted.includes(row.coin)),
      },
    ],
  };
}

/** Paper money cannot be withdrawn or deposited. */
function coins(): Row {
  const names = new Set(instruments.flatMap(({ base, quote }) => [base, quote]));
  return {
    rows: [...names].map((coin) => ({ name: coin, coin, remainAmount: '0', chains: [] })),
  };
}

function positions(call: PrivateCall): readonly Row[] {
  const { account, engine, fields } = call;
  const symbols = symbolsOf(call);
  const only = fields.text('symbol');
  return openPositions(account, fields.text('settleCoin')).flatMap(({ instrument, position }) => {
    if (!symbols.listed.includes(instrument)) return [];
    if (only !== undefined && only !== symbolOf(instrument)) return [];
    const mark = engine.market.last(instrument, engine.second);
    const size = position.contracts.abs();
    const margin = formatDecimal(marginOf(position, instrument));
    return [
      {
        symbol: symbolOf(instrument),
        side: position.contracts.gt(zero) ? 'Buy' : 'Sell',
        size: baseOf(instrument, size),
        avgPrice: formatDecimal(averagePrice(position, instrument)),
        positionValue: formatDecimal(worthOf(instrument, mark, size)),
        unrealisedPnl: formatDecimal(unrealized(position, instrument, mark)),
        markPrice: formatDecimal(mark),
        leverage: formatDecimal(leverage),
        positionIM: margin,
        positionMM: '0',
        positionIdx: 0,
        tradeMode: 0,
        autoAddMargin: 0,
        positionStatus: 'Normal',
        liqPrice: '',
        ...exitsShown(account.openOrders(), instrument.symbol),
        cumRealisedPnl: '0',
        createdTime: String(position.openedMs),
        updatedTime: String(engine.nowMs),
        seq: 1,
      },
    ];
  });
}

/** The exits of the whole position; 0 where there is no trailing stop. */
function exitsShown(openOrders: readonly PaperOrder[], symbol: string): Row {
  const exits = openOrders.filter((order) => order.symbol === symbol && order.closesPosition === true);
  const find = (exit: string) => exits.find(({ memo }) => memo.exit === exit);
  const at = (exit: string) => {
    const trigger = find(exit)?.trigger;
    return trigger === undefined ? '' : formatDecimal(trigger);
  };
  const trail = find('TrailingStop')?.trail?.value;
  return {
    takeProfit: at('TakeProfit'),
    stopLoss: at('StopLoss'),
    trailingStop: trail === undefined ? '0' : formatDecimal(trail),
  };
}

/** docs/v5/order/open-order.mdx: open orders; recently closed ones too when an order is named, or with openOnly=1. */
function realtime({ account, fields }: PrivateCall): readonly PaperOrder[] {
  const isNamed = fields.has('orderId') || fields.has('orderLinkId');
  return isNamed || fields.text('openOnly') === '1' ? account.orders() : account.openOrders();
}

/** Newest first, narrowed by order id or client order id. */
function matching(call: PrivateCall, orders: readonly PaperOrder[]): readonly Row[] {
  const id = call.fields.text('orderId');
  const clientId = call.fields.text('orderLinkId');
  return ofCall(call, orders)
    .filter((order) => (id ?? order.id) === order.id && (clientId ?? order.clientId) === order.clientId)
    .map(orderRow)
    .reverse();
}
