// OKX v5 rows of public/instruments and account/instruments.
import { formatDecimal } from '../../core/decimal.js';
import { findInstrument, type Instrument } from '../engine/instruments.js';
import { isInverse } from '../engine/positions.js';
import { type Row, unknownInstrument } from './answers.js';
import { familyOf, listed, typeOf } from './call.js';

/** The exchange has no history before this second. */
export const firstSecond = Date.UTC(2024, 0, 1) / 1000;

export function instrumentRow(instrument: Instrument): Row {
  const isSwap = instrument.kind === 'swap';
  const size = formatDecimal(instrument.maxSize);
  const day = isSwap ? instrument.delivery : undefined;
  return {
    alias: day === undefined ? '' : 'next_quarter',
    auctionEndTime: '',
    baseCcy: isSwap ? '' : instrument.base,
    category: '1',
    contTdSwTime: '',
    ctMult: isSwap ? '1' : '',
    ctType: isSwap ? (isInverse(instrument) ? 'inverse' : 'linear') : '',
    ctVal: isSwap ? formatDecimal(instrument.contractValue) : '',
    ctValCcy: isSwap ? (isInverse(instrument) ? instrument.quote : instrument.base) : '',
    // Delivery is at 8:00 UTC.
    expTime: day === undefined ? '' : String(Date.parse(`${day}T08:00:00Z`)),
    futureSettlement: false,
    groupId: '1',
    instFamily: familyOf(instrument),
    instId: instrument.symbol,
    instIdCode: listed.listed.indexOf(instrument) + 1,
    instType: typeOf(instrument),
    lever: isSwap ? '3' : '',
    listTime: `${firstSecond}000`,
    lotSz: formatDecimal(instrument.lotSize),
    maxIcebergSz: size,
    maxLmtAmt: '20000000',
    maxLmtSz: size,
    maxMktAmt: isSwap ? '' : '1000000',
    maxMktSz: size,
    maxStopSz: size,
    maxTriggerSz: size,
    maxTwapSz: size,
    minSz: formatDecimal(instrument.minSize),
    openType: '',
    optType: '',
    preMktSwTime: '',
    quoteCcy: isSwap ? '' : instrument.quote,
    ruleType: 'normal',
    settleCcy: isSwap ? instrument.settle : '',
    state: 'live',
    stk: '',
    tickSz: formatDecimal(instrument.tickSize),
    tradeQuoteCcyList: isSwap ? [] : [instrument.quote],
    uly: familyOf(instrument),
  };
}

/** Index ids are spot ids; for indices against USD the USDT price stands in. */
export function indexed(id: string): Instrument {
  const found = findInstrument(id) ?? findInstrument(id.replace(/-USD$/, '-USDT'));
  if (found === undefined) throw unknownInstrument();
  return found;
}
