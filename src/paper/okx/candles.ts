// OKX v5 candles: of trades, of index prices, of mark prices; newest first.
import { decimal, formatDecimal } from '../../core/decimal.js';
import type { Instrument } from '../engine/instruments.js';
import { badParameter, type Row } from './answers.js';
import { findBar } from './bars.js';
import { type PublicCall, queryOf } from './call.js';
import { firstSecond, indexed } from './instrument-rows.js';

const one = decimal('1');

/** Newest first: [ts, open, high, low, close, vol, volCcy, volCcyQuote, confirm]. */
export function candles(call: PublicCall): readonly Row[] {
  const instrument = queryOf(call).instrument();
  const factor = instrument.kind === 'swap' ? instrument.contractValue : one;
  return barsOf(call, instrument).map(({ start, confirm, candle }) => {
    const inBase = candle.volume.times(factor);
    return [
      `${start}000`,
      ...[candle.open, candle.high, candle.low, candle.close].map(formatDecimal),
      formatDecimal(candle.volume),
      formatDecimal(instrument.kind === 'swap' ? inBase : inBase.times(candle.close)),
      formatDecimal(inBase.times(candle.close)),
      confirm,
    ];
  });
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
