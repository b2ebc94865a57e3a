// Hyperliquid's info requests about markets, over the paper market (hyperliquid.gitbook.io "Info endpoint").
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import { bookSide, dayQuote, minuteBars, sizeDecimals } from '../desk.js';
import { type Instrument, leverage } from '../engine/instruments.js';
import { PaperFault } from '../fault.js';
import { coins, money, type PublicCall, perpetuals, type Row, spots } from './call.js';

type Handler = (call: PublicCall) => unknown;

const levels = 20;
const mostBars = 500;
const minuteMs = 60_000;
const two = decimal('2');

export const marketAnswers: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['meta', () => meta()],
  ['spotMeta', () => spotMeta()],
  ['metaAndAssetCtxs', (call) => [meta(), perpetuals.map((one) => context(call, one))]],
  ['spotMetaAndAssetCtxs', (call) => [spotMeta(), spots.map((one) => spotContext(call, one))]],
  ['perpDexs', () => [null]],
  ['allMids', (call) => Object.fromEntries(coins.listed.map((one) => [coins.spell(one), mid(call, one)]))],
  ['l2Book', book],
  ['candleSnapshot', candles],
  // The paper market has no funding.
  ['fundingHistory', () => []],
  ['exchangeStatus', ({ engine }) => ({ specialStatuses: null, time: engine.nowMs })],
]);

function meta(): Row {
  return {
    universe: perpetuals.map((one) => ({
      name: one.base,
      szDecimals: sizeDecimals(one),
      maxLeverage: Number(formatDecimal(leverage)),
      marginTableId: 1,
    })),
    marginTables: [],
    collateralToken: 0,
  };
}

function spotMeta(): Row {
  const token = (name: string, index: number, szDecimals: number) => ({
    name,
    szDecimals,
    weiDecimals: 8,
    index,
    tokenId: `0x${String(index).padStart(32, '0')}`,
    isCanonical: true,
    evmContract: null,
    fullName: null,
  });
  return {
    universe: spots.map((one, index) => ({
      name: coins.spell(one),
      tokens: [index + 1, 0],
      index,
      isCanonical: false,
    })),
    tokens: [token(money, 0, 8), ...spots.map((one, index) => token(one.base, index + 1, sizeDecimals(one)))],
  };
}

function mid({ engine }: Pick<PublicCall, 'engine'>, instrument: Instrument): string {
  const best = (side: 'bid' | 'ask'): Decimal => engine.market.best(instrument, engine.second, side).price;
  return formatDecimal(best('bid').plus(best('ask')).div(two));
}

export function context(call: Pick<PublicCall, 'engine'>, instrument: Instrument): Row {
  const { last, open, turnover, volume } = dayQuote(call.engine, instrument);
  return {
    funding: '0.0',
    openInterest: '0.0',
    prevDayPx: open,
    dayNtlVlm: turnover,
    premium: '0.0',
    oraclePx: formatDecimal(call.engine.market.index(instrument, call.engine.second)),
    markPx: last,
    midPx: mid(call, instrument),
    impactPxs: null,
    dayBaseVlm: volume,
  };
}

function spotContext(call: PublicCall, instrument: Instrument): Row {
  const { last, open, turnover, volume } = dayQuote(call.engine, instrument);
  return {
    prevDayPx: open,
    dayNtlVlm: turnover,
    markPx: last,
    midPx: mid(call, instrument),
    circulatingSupply: '0.0',
    coin: coins.spell(instrument),
    totalSupply: '0.0',
    dayBaseVlm: volume,
  };
}

/** Oldest first. */
function candles({ engine, fields }: PublicCall): readonly Row[] {
  const asked = fields.child('req');
  if (asked === undefined) throw new PaperFault('PARAMETER_MISSING', 'req');
  const coin = asked.required('coin');
  asked.oneOf('interval', ['1m']);
  const [from, to] = [Number(asked.required('startTime')), Number(asked.text('endTime') ?? engine.nowMs)];
  return minuteBars(engine, coins.need(coin), mostBars)
    .filter(({ startMs }) => startMs + minuteMs > from && startMs <= to)
    .map(({ startMs, open, close, high, low, volume }) => ({
      t: startMs,
      T: startMs + minuteMs - 1,
      s: coin,
      i: '1m',
      o: open,
      c: close,
      h: high,
      l: low,
      v: volume,
      n: 1,
    }))
    .reverse();
}

function book({ engine, fields }: PublicCall): Row {
  const coin = fields.required('coin');
  const side = (name: 'bid' | 'ask') =>
    bookSide(engine, coins.need(coin), name, levels).map(([px, sz]) => ({ px, sz, n: 1 }));
  return { coin, time: engine.nowMs, levels: [side('bid'), side('ask')] };
}
