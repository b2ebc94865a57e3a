// A market whose prices somebody else tells, such as a real venue: what the engine fills orders at in a rehearsal at live prices.
import type { Decimal } from '../../core/decimal.js';
import { decimal } from '../../core/decimal.js';
import type { OrderSide } from '../../core/order.js';
import type { Level } from './book.js';
import type { Instrument } from './instruments.js';
import { type Candle, Market, type Trade } from './market.js';

/** One look at an instrument. Both sides of the book, best first; neither is empty. */
export interface Quote {
  /** Whole seconds since the epoch. */
  second: number;
  last: Decimal;
  bids: readonly Level[];
  asks: readonly Level[];
}

/** Nobody has told a price of the instrument yet. */
export class PriceUntold extends Error {
  override readonly name = 'PriceUntold';
}

/** Looks kept for each instrument: an hour at one a second. */
const maxQuotes = 3_600;
const zero = decimal('0');
const finest = decimal('0.00000001');

/** Between two looks the later one is not known: what the price did there fills nothing. */
export class ToldMarket extends Market {
  /** By symbol, in order of time. */
  readonly #quotes = new Map<string, Quote[]>();

  /** `hasOwnSteps`: the steps of who tells the prices are not the engine's, and any are taken. */
  constructor(readonly hasOwnSteps = false) {
    super('');
  }

  override boundsOf(instrument: Instrument): Instrument {
    if (!this.hasOwnSteps) return instrument;
    return { ...instrument, tickSize: finest, lotSize: finest, minSize: finest };
  }

  /** A later look of the same second stands for the earlier; one out of order is dropped. */
  tell(symbol: string, quote: Quote): void {
    if (quote.bids.length === 0 || quote.asks.length === 0) return;
    const quotes = this.#quotes.get(symbol) ?? [];
    const before = quotes.at(-1);
    if (before !== undefined && before.second > quote.second) return;
    if (before?.second === quote.second) quotes.pop();
    quotes.push(quote);
    if (quotes.length > maxQuotes) quotes.shift();
    this.#quotes.set(symbol, quotes);
  }

  /** The last that was told of it; undefined when nothing was. */
  latest(symbol: string): Quote | undefined {
    return this.#quotes.get(symbol)?.at(-1);
  }

  override last(instrument: Instrument, second: number): Decimal {
    return this.#at(instrument, second).last;
  }

  override *levels(instrument: Instrument, second: number, side: 'bid' | 'ask'): Generator<Level> {
    const { bids, asks } = this.#at(instrument, second);
    yield* side === 'bid' ? bids : asks;
  }

  override firstReach(
    instrument: Instrument,
    side: OrderSide,
    price: Decimal,
    from: number,
    to: number,
  ): number | undefined {
    return this.#quotes.get(instrument.symbol)?.find(({ second, bids, asks }) => {
      if (second < from || second > to) return false;
      const best = (side === 'buy' ? asks : bids)[0]?.price;
      return best !== undefined && (side === 'buy' ? best.lte(price) : best.gte(price));
    })?.second;
  }

  /** Of the looks alone; no volume was told. */
  override candle(instrument: Instrument, from: number, to: number): Candle {
    const within = (this.#quotes.get(instrument.symbol) ?? [])
      .filter(({ second }) => second >= from && second <= to)
      .map(({ last }) => last);
    const open = within[0] ?? this.last(instrument, from);
    const close = within.at(-1) ?? open;
    return {
      second: from,
      open,
      high: within.reduce((most, each) => (each.gt(most) ? each : most), open),
      low: within.reduce((least, each) => (each.lt(least) ? each : least), open),
      close,
      volume: zero,
    };
  }

  override trade(instrument: Instrument, second: number): Trade {
    return { second, price: this.last(instrument, second), size: instrument.minSize, side: 'buy' };
  }

  /** The look that counted then; the first one before there was any. */
  #at({ symbol }: Instrument, second: number): Quote {
    const quotes = this.#quotes.get(symbol) ?? [];
    const found = quotes.findLast((quote) => quote.second <= second) ?? quotes[0];
    if (found === undefined) throw new PriceUntold(symbol);
    return found;
  }
}
