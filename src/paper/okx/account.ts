// OKX v5 reads of the account: balance and configuration. Futures mode, net positions, fixed leverage.
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import { findInstrument, instruments } from '../engine/instruments.js';
import { openMargin, openProfit } from '../open-positions.js';
import type { Row } from './answers.js';
import { bills } from './bills.js';
import { instrumentsOf, type PrivateCall, queryOf } from './call.js';
import { instrumentRow } from './instrument-rows.js';
import { limitRoutes } from './limits.js';
import { digitsOf, positionRows } from './positions.js';

type Handler = (call: PrivateCall) => readonly Row[];

const zero = decimal('0');

export const accountRoutes: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ...limitRoutes,
  ['account/balance', balance],
  ['account/positions', (call) => positionRows(call)],
  ['account/positions-history', () => []],
  ['account/config', config],
  ['account/instruments', (call) => instrumentsOf(queryOf(call)).map(instrumentRow)],
  ['account/account-position-risk', positionRisk],
  ['account/bills', bills],
  ['account/bills-archive', bills],
  [
    'account/risk-state',
    ({ engine }) => [{ atRisk: false, atRiskIdx: [], atRiskMgn: [], ts: String(engine.nowMs) }],
  ],
  ['asset/currencies', currencies],
  // The whole paper stake is in the trading account.
  ['asset/balances', () => []],
]);

/** Value of one unit of a currency in US dollars; a dollar coin is a dollar. */
function usdPrice({ engine }: PrivateCall, currency: string): Decimal {
  if (currency === 'USDT') return decimal('1');
  const spot = findInstrument(`${currency}-USDT`);
  return spot === undefined ? zero : engine.market.last(spot, engine.second);
}

function balance(call: PrivateCall): readonly Row[] {
  const wanted = queryOf(call).text('ccy')?.split(',');
  const { ledger } = call.account;
  let total = zero;
  const details: Row[] = [];
  for (const currency of ledger.currencies()) {
    const profit = openProfit(call, currency);
    const equity = ledger.total(currency).plus(profit);
    const worth = equity.times(usdPrice(call, currency));
    total = total.plus(worth);
    if (wanted !== undefined && !wanted.includes(currency)) continue;
    if (ledger.total(currency).eq(zero)) continue;
    details.push(currencyRow(call, currency, { profit, equity, worth }));
  }
  const worth = formatDecimal(total);
  return [
    {
      adjEq: '',
      availEq: '',
      borrowFroz: '',
      details,
      imr: '',
      isoEq: '0',
      mgnRatio: '',
      mmr: '',
      notionalUsd: '',
      notionalUsdForBorrow: '',
      notionalUsdForFutures: '',
      notionalUsdForOption: '',
      notionalUsdForSwap: '',
      ordFroz: '',
      totalEq: worth,
      uTime: String(call.engine.nowMs),
      upl: '',
    },
  ];
}

function currencyRow(
  call: PrivateCall,
  currency: string,
  { profit, equity, worth }: { profit: Decimal; equity: Decimal; worth: Decimal },
): Row {
  const { ledger } = call.account;
  const total = formatDecimal(ledger.total(currency));
  const available = formatDecimal(ledger.available(currency));
  const held = formatDecimal(ledger.held(currency));
  const inOrders = formatDecimal(ledger.held(currency).minus(openMargin(call.account, currency)));
  return {
    availBal: available,
    availEq: available,
    borrowFroz: '',
    cashBal: total,
    ccy: currency,
    crossLiab: '',
    disEq: formatDecimal(worth),
    eq: formatDecimal(equity),
    eqUsd: formatDecimal(worth),
    fixedBal: '0',
    frozenBal: held,
    imr: '',
    interest: '',
    isoEq: '0',
    isoLiab: '',
    isoUpl: '0',
    liab: '',
    maxLoan: '',
    mgnRatio: '',
    mmr: '',
    notionalLever: '',
    ordFrozen: inOrders,
    rewardBal: '0',
    spotBal: '',
    spotInUseAmt: '',
    spotIsoBal: '0',
    stgyEq: '0',
    twap: '0',
    uTime: String(call.engine.nowMs),
    upl: formatDecimal(profit),
    uplLiab: '',
  };
}

/** A sub-account whose key may read and trade, not withdraw. */
function config({ account }: PrivateCall): readonly Row[] {
  return [
    {
      acctLv: '2',
      acctStpMode: 'cancel_maker',
      autoLoan: false,
      ctIsoMode: 'automatic',
      enableSpotBorrow: false,
      feeType: '0',
      greeksType: 'PA',
      ip: '',
      kycLv: '0',
      label: 'tradebox paper',
      level: 'Lv1',
      levelTmp: '',
      liquidationGear: '-1',
      mainUid: digitsOf('main account'),
      mgnIsoMode: 'automatic',
      opAuth: '0',
      perm: 'read_only,trade',
      posMode: 'net_mode',
      roleType: '0',
      settleCcy: 'USDT',
      settleCcyList: ['USDT'],
      spotBorrowAutoRepay: false,
      spotOffsetType: '',
      spotRoleType: '0',
      spotTraderInsts: [],
      stgyType: '0',
      traderInsts: [],
      type: '1',
      uid: digitsOf(account.id),
    },
  ];
}

function positionRisk(call: PrivateCall): readonly Row[] {
  const [summary] = balance(call);
  const { totalEq, details } = summary as { totalEq: string; details: readonly Record<string, string>[] };
  return [
    {
      adjEq: totalEq,
      balData: details.map(({ ccy, disEq, eq }) => ({ ccy, disEq, eq })),
      posData: positionRows(call),
      ts: String(call.engine.nowMs),
    },
  ];
}

function currencies(call: PrivateCall): readonly Row[] {
  const wanted = queryOf(call).text('ccy')?.split(',');
  const known = new Set(instruments.flatMap(({ base, quote }) => [base, quote]));
  return [...known]
    .filter((ccy) => wanted === undefined || wanted.includes(ccy))
    .map((ccy) => ({
      canDep: false,
      canInternal: false,
      canWd: false,
      ccy,
      chain: `${ccy}-Paper`,
      ctAddr: '',
      depQuotaFixed: '',
      fee: '0',
      logoLink: '',
      mainNet: true,
      maxFee: '0',
      maxWd: '0',
      minDep: '0',
      minFee: '0',
      minWd: '0',
      name: ccy,
      needTag: false,
      usedWdQuota: '0',
      wdQuota: '0',
      wdTickSz: '8',
    }));
}
