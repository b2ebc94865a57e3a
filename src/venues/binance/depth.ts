// Binance's order books and bars of a minute. Source: binance-spot-api-docs rest-api.md, "Order book" and "Kline/Candlestick data";
// developers.binance.com USDⓈ-M and COIN-M Futures, the endpoints of the same names.
import type { Environment } from '../../core/order.js';
import type {
  AdminPlace,
  OrderBook,
  PriceRange,
  TimeWindow,
  VenueAdmin,
  VenueAnswer,
  VenueCall,
} from '../admin.js';
import { barsIn, bookOf, rangeOf } from '../market-answers.js';
import { jsonOf, objectOf, ownRequest, textIn, zero } from '../venue-answers.js';

/** Where a symbol may be listed. */
interface Place {
  prefix: string;
  hosts: Readonly<Record<Environment, string>>;
}
type Places = readonly [Place, Place?];

/** Levels of a side that every one of the books takes as a limit. */
const levels = 500;
const noSymbol = '-1121';
/** Stands for a symbol that the first book does not list. */
const noRange: PriceRange = { low: zero, high: zero };

/** `placesOf`: where a symbol may be listed, spot first. */
export function depthOf(
  placesOf: (instrument: string) => Places,
): Required<Pick<VenueAdmin, 'orderBook' | 'priceRange'>> {
  return {
    orderBook: (at, instrument, isDerivative) => {
      const [place, other = place] = placesOf(instrument);
      return orderBook(at, isDerivative ? other : place, instrument);
    },
    priceRange: (at, instrument, window) => priceRange(at, placesOf(instrument), instrument, window),
  };
}

function orderBook(at: AdminPlace, place: Place, instrument: string): VenueCall<OrderBook> {
  return {
    ...open(at, place, `depth?symbol=${instrument}&limit=${levels}`),
    read: (answer) => {
      const told = objectOf(answer);
      return bookOf(told?.get('bids'), told?.get('asks'));
    },
  };
}

function priceRange(
  at: AdminPlace,
  [place, other]: Places,
  instrument: string,
  window: TimeWindow,
): VenueCall<PriceRange> {
  return {
    ...open(at, place, `klines?symbol=${instrument}&interval=1m&limit=${barsIn(window)}`),
    read: (answer) => {
      if (other !== undefined && isUnlisted(answer)) return noRange;
      return rangeOf(jsonOf(answer), { time: 0, high: 2, low: 3, unit: 'milliseconds' }, window);
    },
    follow: (value) =>
      value === noRange && other !== undefined ? priceRange(at, [other], instrument, window) : undefined,
  };
}

function open({ environment }: AdminPlace, { prefix, hosts }: Place, target: string) {
  return { request: ownRequest('GET', hosts[environment], `${prefix}/${target}`), isPublic: true };
}

const isUnlisted = (answer: VenueAnswer): boolean => textIn(objectOf(answer), 'code') === noSymbol;
