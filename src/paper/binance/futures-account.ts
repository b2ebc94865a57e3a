// Signed reads of Binance's futures over the paper account, which spot, both kinds of futures and portfolio margin share.
// Source: developers.binance.com USDⓈ-M and COIN-M Futures, "Account" and "Trade"; Portfolio Margin, "Account"; ccxt 4.5.84 binance.
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import { ownedWorth } from '../desk.js';
import { findInstrument, leverage } from '../engine/instruments.js';
import { PaperFault } from '../fault.js';
import { openProfit } from '../open-positions.js';
import {
  coinMargined,
  numberOf,
  ofSymbol,
  orderOf,
  type PrivateCall,
  perpetuals,
  type Row,
  waits,
} from './call.js';
import { coinm, type FuturesBook, type Handler, routesOfBooks, usdm } from './futures-books.js';
import { contractOf, futuresFillRow, futuresOrderRow, positionRow } from './futures-rows.js';
import { handListenKey } from './futures-user.js';

const zero = decimal('0');
const settle = 'USDT';
const coins = coinMargined.listed.map(({ base }) => base);

export const futuresAccountRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['GET /fapi/v2/account', account],
  ['GET /fapi/v3/account', account],
  ['GET /fapi/v2/balance', balances],
  ['GET /fapi/v3/balance', balances],
  ['GET /fapi/v2/positionRisk', (call) => positions(call, usdm)],
  ['GET /fapi/v3/positionRisk', (call) => positions(call, usdm)],
  ['GET /fapi/v1/accountConfig', accountConfig],
  ['GET /fapi/v1/symbolConfig', symbolConfig],
  ['GET /fapi/v1/multiAssetsMargin', () => ({ multiAssetsMargin: false })],
  ['GET /dapi/v1/account', coinAccount],
  [
    'GET /dapi/v1/balance',
    (call) => coins.map((coin) => ({ accountAlias: 'paper', ...assetRow(call, coin) })),
  ],
  ['GET /dapi/v2/leverageBracket', (call) => brackets(call, coinm)],
  ['GET /papi/v1/account', portfolio],
  ['GET /papi/v1/balance', portfolioBalances],
  ['POST /fapi/v1/listenKey', handListenKey],
  ['PUT /fapi/v1/listenKey', handListenKey],
  ['DELETE /fapi/v1/listenKey', () => ({})],
  ...routesOfBooks((book) => [
    ['GET', 'positionRisk', (call) => positions(call, book)],
    ['GET', 'openOrders', (call) => ordersOf(call, call.account.openOrders(), book)],
    ['GET', 'allOrders', (call) => ordersOf(call, call.account.orders(), book)],
    ['GET', 'openOrder', (call) => order(call, book)],
    ['GET', 'order', (call) => order(call, book)],
    ['GET', 'userTrades', (call) => ofSymbol(call, call.account.fills, book.listed).map(futuresFillRow)],
    ['GET', 'income', (call) => income(call, book)],
    ['GET', 'leverageBracket', (call) => brackets(call, book)],
    ['GET', 'commissionRate', (call) => commissionRate(call, book)],
    ['GET', 'positionSide/dual', () => ({ dualSidePosition: false })],
  ]),
]);

/** Spot's holdings are in the same wallet here: each coin is margin of the contracts settled in it. */
function wallet(call: PrivateCall, asset: string) {
  const { ledger } = call.account;
  const profit = openProfit(call, asset);
  const held = formatDecimal(ledger.held(asset));
  return {
    walletBalance: formatDecimal(ledger.total(asset)),
    unrealizedProfit: formatDecimal(profit),
    marginBalance: formatDecimal(ledger.total(asset).plus(profit)),
    initialMargin: held,
    available: formatDecimal(ledger.available(asset)),
  };
}

function account(call: PrivateCall): Row {
  const { walletBalance, unrealizedProfit, marginBalance, initialMargin, available } = wallet(call, settle);
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
    assets: [accountAsset(call, settle)],
    positions: accountPositions(call, usdm),
  };
}

function balances(call: PrivateCall): readonly Row[] {
  return [{ accountAlias: 'paper', ...assetRow(call, settle) }];
}

/** What both lists say of an asset that is margin. */
function assetRow(call: PrivateCall, asset: string): Row {
  const { walletBalance, unrealizedProfit, available } = wallet(call, asset);
  return {
    asset,
    balance: walletBalance,
    crossWalletBalance: walletBalance,
    crossUnPnl: unrealizedProfit,
    availableBalance: available,
    maxWithdrawAmount: '0',
    marginAvailable: true,
    updateTime: call.engine.nowMs,
  };
}

function accountAsset(call: PrivateCall, asset: string): Row {
  const { walletBalance, unrealizedProfit, marginBalance, initialMargin } = wallet(call, asset);
  return {
    ...assetRow(call, asset),
    walletBalance,
    unrealizedProfit,
    marginBalance,
    initialMargin,
    maintMargin: '0',
    positionInitialMargin: initialMargin,
    openOrderInitialMargin: '0',
  };
}

function accountPositions(call: PrivateCall, book: FuturesBook): readonly Row[] {
  return positions(call, book).map(({ unRealizedProfit, ...row }) => ({
    ...row,
    unrealizedProfit: unRealizedProfit,
    isolated: false,
    maxNotional: row.maxNotionalValue,
  }));
}

function coinAccount(call: PrivateCall): Row {
  return {
    feeTier: 0,
    canTrade: true,
    canDeposit: false,
    canWithdraw: false,
    updateTime: call.engine.nowMs,
    assets: coins.map((coin) => accountAsset(call, coin)),
    positions: accountPositions(call, coinm),
  };
}

/** "Account Information" of portfolio margin: worth in dollars, at last prices. Nothing is ever liquidated. */
function portfolio(call: PrivateCall): Row {
  const worth = formatDecimal(portfolioWorth(call));
  return {
    uniMMR: '999',
    accountEquity: worth,
    actualEquity: worth,
    accountInitialMargin: formatDecimal(call.account.ledger.held(settle)),
    accountMaintMargin: '0',
    accountStatus: 'NORMAL',
    virtualMaxWithdrawAmount: '0',
    updateTime: call.engine.nowMs,
  };
}

function portfolioWorth(call: PrivateCall): Decimal {
  const { engine } = call;
  return [settle, ...coins].reduce((sum, asset) => {
    const pair = findInstrument(`${asset}-${settle}`);
    const profit = openProfit(call, asset);
    return sum.plus(pair === undefined ? profit : profit.times(engine.market.last(pair, engine.second)));
  }, ownedWorth(call));
}

/** "Account Balance" of portfolio margin: each coin once, in the wallet of its futures. */
function portfolioBalances(call: PrivateCall): readonly Row[] {
  return [settle, ...coins].map((asset) => {
    const { walletBalance, unrealizedProfit } = wallet(call, asset);
    const [um, cm] = asset === settle ? [walletBalance, '0'] : ['0', walletBalance];
    const [umProfit, cmProfit] = asset === settle ? [unrealizedProfit, '0'] : ['0', unrealizedProfit];
    return {
      asset,
      totalWalletBalance: walletBalance,
      crossMarginAsset: '0',
      crossMarginBorrowed: '0',
      crossMarginFree: '0',
      crossMarginInterest: '0',
      crossMarginLocked: '0',
      umWalletBalance: um,
      umUnrealizedPNL: umProfit,
      cmWalletBalance: cm,
      cmUnrealizedPNL: cmProfit,
      negativeBalance: '0',
      updateTime: call.engine.nowMs,
    };
  });
}

/** Those that are open, as version 3 answers. */
function positions(call: PrivateCall, { listed }: FuturesBook): readonly Row[] {
  const open = [...call.account.positions].map(([symbol, position]) => ({ symbol, position }));
  return ofSymbol(call, open, listed).map(({ symbol, position }) =>
    positionRow(call.engine, symbol, position),
  );
}

const ordersOf = (
  call: PrivateCall,
  orders: ReturnType<PrivateCall['account']['orders']>,
  { listed }: FuturesBook,
) =>
  ofSymbol(call, orders, listed)
    .filter((order) => !waits(order))
    .map(futuresOrderRow);

function order(call: PrivateCall, { listed }: FuturesBook): Row {
  const found = orderOf(call, listed);
  if (found === undefined) throw new PaperFault('ORDER_UNKNOWN');
  return futuresOrderRow(found);
}

/** Fees and what closed positions made, oldest first; the paper market has no funding. */
function income(call: PrivateCall, { listed }: FuturesBook): readonly Row[] {
  const wanted = call.fields.text('incomeType');
  return ofSymbol(call, call.account.fills, listed)
    .flatMap((fill) => [
      { fill, incomeType: 'COMMISSION', amount: zero.minus(fill.fee) },
      { fill, incomeType: 'REALIZED_PNL', amount: fill.realized },
    ])
    .filter(({ incomeType, amount }) => !amount.eq(zero) && (wanted ?? incomeType) === incomeType)
    .slice(-call.fields.count('limit', 100, 1000))
    .map(({ fill, incomeType, amount }) => ({
      symbol: listed.of(fill),
      incomeType,
      income: formatDecimal(amount),
      asset: fill.feeCurrency,
      info: incomeType,
      time: fill.atMs,
      tranId: numberOf(fill.id),
      tradeId: String(numberOf(fill.id)),
    }));
}

/** The same leverage up to any notional. */
function brackets(call: PrivateCall, { listed, kind }: FuturesBook): readonly Row[] {
  const [cap, floor] = kind === 'usdm' ? ['notionalCap', 'notionalFloor'] : ['qtyCap', 'qtyFloor'];
  return ofSymbol(call, listed.listed, listed).map((instrument) => ({
    symbol: listed.spell(instrument),
    notionalCoef: 1,
    brackets: [
      {
        bracket: 1,
        initialLeverage: Number(formatDecimal(leverage)),
        [cap]: 100_000_000,
        [floor]: 0,
        maintMarginRatio: 0.01,
        cum: 0,
      },
    ],
  }));
}

function accountConfig(): Row {
  return {
    feeTier: 0,
    canTrade: true,
    canDeposit: false,
    canWithdraw: false,
    dualSidePosition: false,
    updateTime: 0,
    multiAssetsMargin: false,
    tradeGroupId: -1,
  };
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

function commissionRate({ fields }: PrivateCall, { listed }: FuturesBook): Row {
  const instrument = contractOf(listed.need(fields.required('symbol')).symbol);
  return {
    symbol: listed.spell(instrument),
    makerCommissionRate: formatDecimal(instrument.makerFee),
    takerCommissionRate: formatDecimal(instrument.takerFee),
  };
}
