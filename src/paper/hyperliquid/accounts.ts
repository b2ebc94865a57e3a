// Hyperliquid's info requests about an account, over the paper account: one pool of USDC for spot and perpetuals.
// Source: hyperliquid.gitbook.io "Info endpoint"; @nktkas/hyperliquid 0.32.2 types.
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import { averagePrice as averageOf, exitsOf } from '../desk.js';
import { findInstrument, type Instrument, leverage } from '../engine/instruments.js';
import { isOpen, type PaperFill, type PaperOrder, remaining, triggerMoveOf } from '../engine/orders.js';
import { averagePrice, marginOf, unrealized } from '../engine/positions.js';
import {
  coins,
  oidOf,
  orderOf,
  type PrivateCall,
  perpetuals,
  type Row,
  sizeOf,
  spots,
  tokenOf,
} from './call.js';

type Handler = (call: PrivateCall) => unknown;

const zero = decimal('0');

export const accountAnswers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['clearinghouseState', clearinghouse],
  ['spotClearinghouseState', balances],
  ['openOrders', ({ account }) => account.openOrders().map(orderRow).reverse()],
  ['frontendOpenOrders', frontendOrders],
  ['orderStatus', orderStatus],
  ['historicalOrders', ({ account }) => account.orders().map(statusRow).reverse()],
  ['userFills', ({ account }) => account.fills.map(fillRow).reverse()],
  ['userFillsByTime', ({ account }) => account.fills.map(fillRow).reverse()],
  ['userFees', fees],
  // The paper market has no funding, and nothing comes in or goes out.
  ['userFunding', () => []],
  ['userNonFundingLedgerUpdates', () => []],
  ['userAbstraction', () => 'unifiedAccount'],
  ['extraAgents', () => []],
  ['maxBuilderFee', () => 0],
]);

function balances({ account: { ledger } }: PrivateCall): Row {
  const rows = ledger.currencies().map((currency) => ({
    coin: tokenOf(currency),
    token: tokenIndex(currency),
    total: formatDecimal(ledger.total(currency)),
    hold: formatDecimal(ledger.held(currency)),
    entryNtl: '0.0',
  }));
  return { balances: rows };
}

function fees(): Row {
  const rates = (among: readonly Instrument[]) => {
    const [first] = among;
    if (first === undefined) throw new Error('no market');
    return { cross: formatDecimal(first.takerFee), add: formatDecimal(first.makerFee) };
  };
  const [usual, spot] = [rates(perpetuals), rates(spots)];
  return {
    dailyUserVlm: [],
    feeSchedule: {
      ...usual,
      spotCross: spot.cross,
      spotAdd: spot.add,
      tiers: { vip: [], mm: [] },
      referralDiscount: '0.0',
      stakingDiscountTiers: [],
    },
    userCrossRate: usual.cross,
    userAddRate: usual.add,
    userSpotCrossRate: spot.cross,
    userSpotAddRate: spot.add,
    activeReferralDiscount: '0.0',
  };
}

function tokenIndex(currency: string): number {
  return 1 + spots.findIndex(({ base }) => base === currency);
}

function clearinghouse({ engine, account }: PrivateCall): Row {
  let [worth, notional, used] = [account.ledger.total('USDT'), zero, zero];
  const assetPositions = perpetuals.flatMap((one) => {
    const position = account.positions.get(one.symbol);
    if (position === undefined || one.kind !== 'swap') return [];
    const mark = engine.market.last(one, engine.second);
    const gain = unrealized(position, one, mark);
    const value = mark.times(position.contracts.abs()).times(one.contractValue);
    const margin = marginOf(position, one);
    [worth, notional, used] = [worth.plus(gain), notional.plus(value), used.plus(margin)];
    const entry = {
      coin: one.base,
      szi: sizeOf(one, position.contracts),
      leverage: { type: 'cross', value: Number(formatDecimal(leverage)) },
      entryPx: formatDecimal(averagePrice(position, one)),
      positionValue: formatDecimal(value),
      unrealizedPnl: formatDecimal(gain),
      returnOnEquity: '0.0',
      liquidationPx: null,
      marginUsed: formatDecimal(margin),
      maxLeverage: Number(formatDecimal(leverage)),
      cumFunding: { allTime: '0.0', sinceOpen: '0.0', sinceChange: '0.0' },
    };
    return [{ type: 'oneWay', position: entry }];
  });
  const summary = (total: Decimal) => ({
    accountValue: formatDecimal(total),
    totalNtlPos: formatDecimal(notional),
    totalRawUsd: formatDecimal(account.ledger.total('USDT')),
    totalMarginUsed: formatDecimal(used),
  });
  return {
    marginSummary: summary(worth),
    crossMarginSummary: summary(worth),
    crossMaintenanceMarginUsed: '0.0',
    withdrawable: formatDecimal(account.ledger.available('USDT')),
    assetPositions,
    time: engine.nowMs,
  };
}

/** With the exits that each order will start. */
function frontendOrders({ account }: PrivateCall): readonly Row[] {
  const childrenOf = (order: PaperOrder) => (isOpen(order) ? exitsOf(account, order).filter(isOpen) : []);
  return account
    .openOrders()
    .map((order) => ({ ...orderRow(order), children: childrenOf(order).map(orderRow) }))
    .reverse();
}

function orderStatus(call: PrivateCall): Row {
  const order = orderOf(call, call.fields.required('oid'));
  return order === undefined ? { status: 'unknownOid' } : { status: 'order', order: statusRow(order) };
}

const statuses = {
  live: 'open',
  'partially-filled': 'open',
  filled: 'filled',
  canceled: 'canceled',
} as const;

export function statusRow(order: PaperOrder): Row {
  return { order: orderRow(order), status: statuses[order.state], statusTimestamp: order.updatedMs };
}

function orderRow(order: PaperOrder): Row {
  return {
    coin: coins.of(order),
    side: order.side === 'buy' ? 'B' : 'A',
    limitPx: order.price === undefined ? '0.0' : formatDecimal(order.price),
    sz: sizeOf(order, remaining(order)),
    oid: oidOf(order),
    timestamp: order.createdMs,
    triggerCondition: conditionOf(order),
    isTrigger: order.trigger !== undefined,
    triggerPx: order.trigger === undefined ? '0.0' : formatDecimal(order.trigger),
    children: [],
    isPositionTpsl: order.closesPosition === true,
    reduceOnly: order.reduceOnly,
    orderType: typeOf(order),
    origSz: sizeOf(order, order.size),
    tif: order.memo.tif ?? 'Gtc',
    cloid: order.clientId ?? null,
  };
}

/** `Price below 90000` */
function conditionOf({ trigger, triggerMove }: PaperOrder): string {
  if (trigger === undefined) return 'N/A';
  return `Price ${triggerMove === 'rises' ? 'above' : 'below'} ${formatDecimal(trigger)}`;
}

function typeOf({ trigger, triggerMove, side, price }: PaperOrder): string {
  if (trigger === undefined) return 'Limit';
  const isTakeProfit = triggerMove === triggerMoveOf(side, true);
  return `${isTakeProfit ? 'Take Profit' : 'Stop'} ${price === undefined ? 'Market' : 'Limit'}`;
}

function fillRow(fill: PaperFill): Row {
  const isBuy = fill.side === 'buy';
  const isSpot = findInstrument(fill.symbol)?.kind === 'spot';
  return {
    coin: coins.of(fill),
    px: formatDecimal(fill.price),
    sz: sizeOf(fill, fill.size),
    side: isBuy ? 'B' : 'A',
    time: fill.atMs,
    startPosition: '0.0',
    dir: isSpot ? (isBuy ? 'Buy' : 'Sell') : isBuy ? 'Open Long' : 'Open Short',
    closedPnl: formatDecimal(fill.realized),
    hash: `0x${'0'.repeat(64)}`,
    oid: oidOf({ id: fill.orderId }),
    crossed: !fill.isMaker,
    fee: formatDecimal(fill.fee),
    tid: oidOf(fill),
    feeToken: tokenOf(fill.feeCurrency),
    twapId: null,
  };
}

/** What an order of an action met with. */
export function placedStatus(order: PaperOrder): Row {
  const ids = { oid: oidOf(order), ...(order.clientId === undefined ? {} : { cloid: order.clientId }) };
  if (order.filled.eq(zero)) return { resting: ids };
  return { filled: { totalSz: sizeOf(order, order.filled), avgPx: averageOf(order), ...ids } };
}
