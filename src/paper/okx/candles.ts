// OKX v5 candles: of trades, of index prices, of mark prices; newest first.
import { type Decimal, formatDecimal } from '../../core/decimal.js';
import { turnoverOf } from '../desk.js';
import type { Instrument } from '../engine/instruments.js';
import type { Candle } from '../engine/market.js';
import { isInverse } from '../engine/positions.js';
import { badParameter, type Row } from './answers.js';
import { findBar } from './bars.js';
import { type PublicCall, queryOf } from './call.js';
import { firstSecond, indexed } from './instrument-rows.js';

/** Newest first: [ts, open, high, low, close, vol, volCcy, volCcyQuote, confirm]. */
export function candles(call: PublicCall): readonly Row[] {
  const instrument = queryOf(call).instrument();
  return barsOf(call, instrument).map(({ start, confirm, candle }) => {
    const [inBase, inQuote] = volumesOf(instrument, candle);
    return [
      `${start}000`,
      ...[candle.open, candle.high, candle.low, candle.close].map(formatDecimal),
      formatDecimal(candle.volume),
      formatDecimal(instrument.kind === 'swap' ? inBase : inQuote),
      formatDecimal(inQuote),
      confirm,
    ];
  });
}

/** In base and in quote currency; an inverse contract is a sum of the latter ("Get candlesticks": `volCcy`, `volCcyQuote`). */
function volumesOf(instrument: Instrument, { close, volume }: Candle): readonly [Decimal, Decimal] {
  const turnover = turnoverOf(instrument, close, volume);
  if (instrument.kind !== 'swap') return [volume, turnover];
  const value = volume.times(instrument.contractValue);
  return isInverse(instrument) ? [turnover, value] : [value, turnover];
}

/** Newest first: [ts, open, high, low, close, confirm]. */
export function priceCandles(call: PublicCall): readonly Row[] {
  const instrument = indexed(queryOf(call).required('instId'));
  return barsOf(call, instrument).map(({ start, confirm, candle }) => [
    `${start}000`,
    ...[candle.open, candle.high, candle.low, candle.close].map(formatDecimal),
    confirm,
  ]);
}

/** `after` and `before` are times that the bars begin before and after. */
function barsOf(call: PublicCall, instrument: Instrument) {
  const { market, second } = call.engine;
  const params = queryOf(call);
  const bar = findBar(params.text('bar') ?? '1m');
  if (bar === undefined) throw badParameter('bar');
  const count = params.count('limit', 100, 300);
  const after = params.time('after');
  const before = params.time('before');
  const found = [];
  let start = bar.startOf(after === undefined ? second : Math.min(second, Math.ceil(after / 1000) - 1));
  while (found.length < count && start >= firstSecond && (before === undefined || start * 1000 > before)) {
    const end = bar.next(start) - 1;
    found.push({
      start,
      confirm: end < second ? '1' : '0',
      candle: market.candle(instrument, start, Math.min(end, second)),
    });
    start = bar.previous(start);
  }
  return found;
}
