// Binance's signed reads over the paper account (rest-api.md, "Account endpoints"), and what clients ask of sapi at start.
import { decimal, formatDecimal } from '../../core/decimal.js';
import { findInstrument } from '../engine/instruments.js';
import { PaperFault } from '../fault.js';
import { numberOf, ofSymbol, orderOf, type PrivateCall, type Row, symbols } from './call.js';
import { orderRow } from './order-rows.js';

type Handler = (call: PrivateCall) => unknown;

const zero = decimal('0');

export const accountRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['GET /api/v3/account', account],
  ['GET /api/v3/openOrders', (call) => ofSymbol(call, call.account.openOrders()).map(orderRow)],
  ['GET /api/v3/allOrders', (call) => ofSymbol(call, call.account.orders()).map(orderRow)],
  ['GET /api/v3/order', order],
  ['GET /api/v3/myTrades', trades],
  ['GET /sapi/v1/account/apiRestrictions', restrictions],
  ['GET /sapi/v1/capital/config/getall', coins],
  ['GET /sapi/v1/asset/tradeFee', tradeFees],
  ['GET /sapi/v1/margin/allPairs', () => []],
  ['GET /sapi/v1/margin/isolated/allPairs', () => []],
]);

function account({ engine, account: own }: PrivateCall): Row {
  const { ledger } = own;
  return {
    makerCommission: 8,
    takerCommission: 10,
    buyerCommission: 0,
    sellerCommission: 0,
    canTrade: true,
    canWithdraw: false,
    canDeposit: false,
    brokered: false,
    requireSelfTradePrevention: false,
    preventSor: true,
    updateTime: engine.nowMs,
    accountType: 'SPOT',
    balances: ledger.currencies().map((asset) => ({
      asset,
      free: formatDecimal(ledger.available(asset)),
      locked: formatDecimal(ledger.held(asset)),
    })),
    permissions: ['SPOT'],
    uid: 1,
  };
}

function order(call: PrivateCall): Row {
  const found = orderOf(call);
  if (found === undefined) throw new PaperFault('ORDER_UNKNOWN');
  return orderRow(found);
}

/** "Trade Fee": of one symbol, or of all. */
function tradeFees(call: PrivateCall): readonly Row[] {
  return ofSymbol(call, symbols.listed).map((instrument) => ({
    symbol: symbols.spell(instrument),
    makerCommission: formatDecimal(instrument.makerFee),
    takerCommission: formatDecimal(instrument.takerFee),
  }));
}

function trades(call: PrivateCall): readonly Row[] {
  return ofSymbol(call, call.account.fills).map((fill) => ({
    symbol: symbols.of(fill),
    id: numberOf(fill.id),
    orderId: numberOf(fill.orderId),
    orderListId: -1,
    price: formatDecimal(fill.price),
    qty: formatDecimal(fill.size),
    quoteQty: formatDecimal(fill.price.times(fill.size)),
    commission: formatDecimal(fill.fee),
    commissionAsset: fill.feeCurrency,
    time: fill.atMs,
    isBuyer: fill.side === 'buy',
    isMaker: fill.isMaker,
    isBestMatch: true,
  }));
}

/** A key that may read, and trade spot and futures, nothing else. */
function restrictions({ engine }: PrivateCall): Row {
  return {
    ipRestrict: false,
    createTime: engine.nowMs,
    enableReading: true,
    enableWithdrawals: false,
    enableInternalTransfer: false,
    enableMargin: false,
    enableFutures: true,
    permitsUniversalTransfer: false,
    enableVanillaOptions: false,
    enableFixApiTrade: false,
    enableFixReadOnly: false,
    enableSpotAndMarginTrading: true,
    enablePortfolioMarginTrading: false,
  };
}

/** Paper money cannot be withdrawn or deposited. */
function coins({ account: { ledger } }: PrivateCall): readonly Row[] {
  const traded = symbols.listed.flatMap(({ symbol }) => {
    const instrument = findInstrument(symbol);
    return instrument === undefined ? [] : [instrument.base, instrument.quote];
  });
  return [...new Set(traded)].map((coin) => ({
    coin,
    name: coin,
    depositAllEnable: false,
    withdrawAllEnable: false,
    trading: true,
    isLegalMoney: false,
    free: formatDecimal(ledger.available(coin)),
    locked: formatDecimal(ledger.held(coin)),
    freeze: formatDecimal(zero),
    withdrawing: '0',
    ipoing: '0',
    ipoable: '0',
    storage: '0',
    networkList: [],
  }));
}
