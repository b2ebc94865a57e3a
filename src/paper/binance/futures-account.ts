// Signed reads of Binance's USDⓈ-M futures over the paper account, which spot and futures share.
// Source: developers.binance.com USDⓈ-M Futures, "Account" and "Trade"; ccxt 4.5.84 binanceusdm.
import { formatDecimal } from '../../core/decimal.js';
import { leverage } from '../engine/instruments.js';
import { PaperFault } from '../fault.js';
import { ofSymbol, orderOf, type PrivateCall, perpetuals, type Row } from './call.js';
import { contractOf, futuresFillRow, futuresOrderRow, openProfit, positionRow } from './futures-rows.js';
import { handListenKey } from './futures-user.js';

type Handler = (call: PrivateCall) => unknown;

const settle = 'USDT';

export const futuresAccountRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['GET /fapi/v2/account', account],
  ['GET /fapi/v3/account', account],
  ['GET /fapi/v2/balance', balances],
  ['GET /fapi/v3/balance', balances],
  ['GET /fapi/v2/positionRisk', positions],
  ['GET /fapi/v3/positionRisk', positions],
  ['GET /fapi/v1/openOrders', (call) => ordersOf(call, call.account.openOrders())],
  ['GET /fapi/v1/allOrders', (call) => ordersOf(call, call.account.orders())],
  ['GET /fapi/v1/openOrder', order],
  ['GET /fapi/v1/order', order],
  ['GET /fapi/v1/userTrades', trades],
  ['GET /fapi/v1/leverageBracket', brackets],
  ['GET /fapi/v1/symbolConfig', symbolConfig],
  ['GET /fapi/v1/commissionRate', commissionRate],
  ['GET /fapi/v1/positionSide/dual', () => ({ dualSidePosition: false })],
  ['GET /fapi/v1/multiAssetsMargin', () => ({ multiAssetsMargin: false })],
  ['POST /fapi/v1/listenKey', handListenKey],
  ['PUT /fapi/v1/listenKey', handListenKey],
  ['DELETE /fapi/v1/listenKey', () => ({})],
  // Conditional orders are not on paper: none rests.
  ['GET /fapi/v1/openAlgoOrders', () => []],
]);

/** Spot's holdings are in the same wallet here: USDT alone is margin. */
function wallet(call: PrivateCall) {
  const { ledger } = call.account;
  const profit = openProfit(call);
  const held = formatDecimal(ledger.held(settle));
  return {
    walletBalance: formatDecimal(ledger.total(settle)),
    unrealizedProfit: formatDecimal(profit),
    marginBalance: formatDecimal(ledger.total(settle).plus(profit)),
    initialMargin: held,
    available: formatDecimal(ledger.available(settle)),
  };
}

function account(call: PrivateCall): Row {
  const { walletBalance, unrealizedProfit, marginBalance, initialMargin, available } = wallet(call);
  return {
    feeTier: 0,
    canTrade: true,
    canDeposit: false,
    canWithdraw: false,
    multiAssetsMargin: false,
    totalInitialMargin: initialMargin,
    totalMaintMargin: '0',
    totalWalletBalance: walletBalance,
    totalUnrealizedProfit: unrealizedProfit,
    totalMarginBalance: marginBalance,
    totalPositionInitialMargin: initialMargin,
    totalOpenOrderInitialMargin: '0',
    totalCrossWalletBalance: walletBalance,
    totalCrossUnPnl: unrealizedProfit,
    availableBalance: available,
    maxWithdrawAmount: '0',
    assets: [
      {
        ...assetRow(call),
        walletBalance,
        unrealizedProfit,
        marginBalance,
        initialMargin,
        maintMargin: '0',
        positionInitialMargin: initialMargin,
        openOrderInitialMargin: '0',
      },
    ],
    positions: positions(call).map(({ unRealizedProfit, ...row }) => ({
      ...row,
      unrealizedProfit: unRealizedProfit,
      isolated: false,
      maxNotional: row.maxNotionalValue,
    })),
  };
}

function balances(call: PrivateCall): readonly Row[] {
  return [{ accountAlias: 'paper', balance: wallet(call).walletBalance, ...assetRow(call) }];
}

/** What both lists say of the one asset that is margin. */
function assetRow(call: PrivateCall): Row {
  const { walletBalance, unrealizedProfit, available } = wallet(call);
  return {
    asset: settle,
    crossWalletBalance: walletBalance,
    crossUnPnl: unrealizedProfit,
    availableBalance: available,
    maxWithdrawAmount: '0',
    marginAvailable: true,
    updateTime: call.engine.nowMs,
  };
}

/** Those that are open, as version 3 answers. */
function positions(call: PrivateCall): readonly Row[] {
  const open = [...call.account.positions].map(([symbol, position]) => ({ symbol, position }));
  return ofSymbol(call, open, perpetuals).map(({ symbol, position }) =>
    positionRow(call.engine, symbol, position),
  );
}

const ordersOf = (call: PrivateCall, orders: ReturnType<PrivateCall['account']['orders']>) =>
  ofSymbol(call, orders, perpetuals).map(futuresOrderRow);

function order(call: PrivateCall): Row {
  const found = orderOf(call, perpetuals);
  if (found === undefined) throw new PaperFault('ORDER_UNKNOWN');
  return futuresOrderRow(found);
}

function trades(call: PrivateCall): readonly Row[] {
  return ofSymbol(call, call.account.fills, perpetuals).map(futuresFillRow);
}

/** The same leverage up to any notional. */
function brackets(call: PrivateCall): readonly Row[] {
  return ofSymbol(call, perpetuals.listed, perpetuals).map((instrument) => ({
    symbol: perpetuals.spell(instrument),
    notionalCoef: 1,
    brackets: [
      {
        bracket: 1,
        initialLeverage: Number(formatDecimal(leverage)),
        notionalCap: 100_000_000,
        notionalFloor: 0,
        maintMarginRatio: 0.01,
        cum: 0,
      },
    ],
  }));
}

function symbolConfig(call: PrivateCall): readonly Row[] {
  return ofSymbol(call, perpetuals.listed, perpetuals).map((instrument) => ({
    symbol: perpetuals.spell(instrument),
    marginType: 'CROSSED',
    isAutoAddMargin: false,
    leverage: Number(formatDecimal(leverage)),
    maxNotionalValue: '100000000',
  }));
}

function commissionRate({ fields }: PrivateCall): Row {
  const instrument = contractOf(perpetuals.need(fields.required('symbol')).symbol);
  return {
    symbol: perpetuals.spell(instrument),
    makerCommissionRate: formatDecimal(instrument.makerFee),
    takerCommissionRate: formatDecimal(instrument.takerFee),
  };
}
