// OKX v5 bills: what each fill did to a balance.
import { type Decimal, decimal, formatDecimal } from '../../core/decimal.js';
import { findInstrument } from '../engine/instruments.js';
import type { Row } from './answers.js';
import { type PrivateCall, queryOf, typeOf } from './call.js';

const zero = decimal('0');

/** One bill a fill and currency: what came in or went out, fees included. */
export function bills(call: PrivateCall): readonly Row[] {
  const params = queryOf(call);
  const only = params.text('ccy');
  const type = params.text('type');
  if (type !== undefined && type !== '2') return [];
  return call.account.fills
    .toReversed()
    .flatMap((fill) => {
      const instrument = findInstrument(fill.symbol);
      if (instrument === undefined) return [];
      const fee = zero.minus(fill.fee);
      const worth = fill.price.times(fill.size);
      const isBuy = fill.side === 'buy';
      const changes: readonly (readonly [string, Decimal])[] =
        instrument.kind === 'swap'
          ? [[instrument.settle, fill.realized.plus(fee)]]
          : [
              [instrument.base, isBuy ? fill.size.plus(fee) : zero.minus(fill.size)],
              [instrument.quote, isBuy ? zero.minus(worth) : worth.plus(fee)],
            ];
      return changes
        .filter(([currency]) => only === undefined || currency === only)
        .map(([ccy, change]) => ({
          bal: '',
          balChg: formatDecimal(change),
          billId: fill.id,
          ccy,
          execType: fill.isMaker ? 'M' : 'T',
          fee: ccy === fill.feeCurrency ? formatDecimal(fee) : '0',
          instId: fill.symbol,
          instType: typeOf(instrument),
          mgnMode: instrument.kind === 'swap' ? 'cross' : '',
          ordId: fill.orderId,
          pnl: formatDecimal(fill.realized),
          px: formatDecimal(fill.price),
          subType: isBuy ? '1' : '2',
          sz: formatDecimal(fill.size),
          tradeId: fill.id,
          ts: String(fill.atMs),
          type: '2',
        }));
    })
    .slice(0, params.count('limit', 100, 100));
}
