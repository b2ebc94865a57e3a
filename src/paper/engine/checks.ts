// What an order must keep before the engine takes it: increments, limits, the price band.
import type { Decimal } from '../../core/decimal.js';
import { decimal } from '../../core/decimal.js';
import type { Instrument } from './instruments.js';
import { floorTo } from './market.js';
import type { NewOrder, RejectCode } from './orders.js';

const zero = decimal('0');
const bandWidth = decimal('0.05');
const one = decimal('1');

export interface PriceBand {
  highestBuy: Decimal;
  lowestSell: Decimal;
}

/** The prices beyond which a limit order is taken for a mistake. */
export function priceBand(instrument: Instrument, last: Decimal): PriceBand {
  return {
    highestBuy: floorTo(last.times(one.plus(bandWidth)), instrument.tickSize),
    lowestSell: floorTo(last.times(one.minus(bandWidth)), instrument.tickSize),
  };
}

export function checkPrice(
  instrument: Instrument,
  side: NewOrder['side'],
  price: Decimal,
  last: Decimal,
): RejectCode | undefined {
  if (!price.mod(instrument.tickSize).eq(zero)) return 'PRICE_NOT_ON_TICK';
  const band = priceBand(instrument, last);
  if (side === 'buy' && price.gt(band.highestBuy)) return 'PRICE_TOO_HIGH';
  if (side === 'sell' && price.lt(band.lowestSell)) return 'PRICE_TOO_LOW';
  return undefined;
}

export function checkSize(instrument: Instrument, size: Decimal): RejectCode | undefined {
  if (!size.mod(instrument.lotSize).eq(zero)) return 'SIZE_NOT_ON_LOT';
  if (size.lt(instrument.minSize)) return 'SIZE_TOO_SMALL';
  if (size.gt(instrument.maxSize)) return 'SIZE_TOO_LARGE';
  return undefined;
}

/** A quote quantity is judged by what it buys at the last price; it need not be whole lots. */
export function checkQuantity(
  instrument: Instrument,
  { value, unit }: NewOrder['quantity'],
  last: Decimal,
): RejectCode | undefined {
  if (unit === 'size') return checkSize(instrument, value);
  if (value.lt(instrument.minSize.times(last))) return 'SIZE_TOO_SMALL';
  return value.gt(instrument.maxSize.times(last)) ? 'SIZE_TOO_LARGE' : undefined;
}

export function checkTick(instrument: Instrument, price: Decimal | undefined): RejectCode | undefined {
  return price?.mod(instrument.tickSize).eq(zero) === false ? 'PRICE_NOT_ON_TICK' : undefined;
}
