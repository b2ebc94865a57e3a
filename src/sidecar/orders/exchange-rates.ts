// What one currency is worth in another, by the account's own venue: the price of a pair of the two that it lists, either way round.
// Never of the agent; not known where the venue lists no such pair (S11).
import { type Decimal, decimal } from '../../core/decimal.js';
import { isDollar } from '../../core/dollars.js';
import type { MarketMemory } from './market-memory.js';

export interface RateParts {
  market: Pick<MarketMemory, 'learn' | 'price'>;
  /** The venue's symbol of a pair; undefined where it names none. */
  pairName: ((base: string, quote: string) => string | undefined) | undefined;
  nowMs(): number;
}

/** A pair that may tell, and which way round. */
interface Candidate {
  instrument: string;
  isInverse: boolean;
}

const one = decimal('1');
/** big.js: away from zero, so that what is converted is never worth less than it is. */
const roundUp = 3;
const rateDigits = 18;
/** Dollars under which venues list their pairs. */
const dollarCoins: readonly string[] = ['USD', 'USDT', 'USDC'];
/** After none of the pairs told a price, milliseconds until they are asked for again. */
const retryMs = 10_000;

export class ExchangeRates {
  readonly #parts: RateParts;
  /** The pair that told, by the two currencies. */
  readonly #found = new Map<string, Candidate>();
  /** When all of them were asked in vain, milliseconds since the epoch. */
  readonly #failed = new Map<string, number>();

  constructor(parts: RateParts) {
    this.#parts = parts;
  }

  /** Learns what each of the currencies is worth in `into`. Never rejects. */
  async learn(currencies: Iterable<string>, into: string): Promise<void> {
    const wanted = [...new Set(currencies)].filter((from) => !isSame(from, into));
    await Promise.all(wanted.map((from) => this.#learnOne(from, into)));
  }

  /** What one unit of `from` is worth in `into`: where bid and ask differ, the dearer. Undefined when it was not told within `maxAgeMs`. */
  rate(from: string, into: string, maxAgeMs: number): Decimal | undefined {
    if (isSame(from, into)) return one;
    const found = this.#found.get(keyOf(from, into));
    const told = found && this.#parts.market.price(found.instrument, maxAgeMs);
    if (found === undefined || told === undefined) return undefined;
    const prices = [told.last, told.bid, told.ask].filter((price) => price?.gt('0') === true) as Decimal[];
    const [first, ...others] = prices;
    if (first === undefined) return undefined;
    const most = others.reduce((best, price) => (price.gt(best) === !found.isInverse ? price : best), first);
    return found.isInverse ? one.div(most).round(rateDigits, roundUp) : most;
  }

  async #learnOne(from: string, into: string): Promise<void> {
    const { market, nowMs } = this.#parts;
    const key = keyOf(from, into);
    const found = this.#found.get(key);
    if (found === undefined && nowMs() - (this.#failed.get(key) ?? Number.NEGATIVE_INFINITY) < retryMs)
      return;
    const candidates = found === undefined ? this.#candidates(from, into) : [found];
    await market.learn({
      instruments: [],
      rates: candidates.map(({ instrument }) => instrument),
      positions: 'none',
    });
    if (found !== undefined) return;
    const told = candidates.find(({ instrument }) => market.price(instrument, retryMs) !== undefined);
    if (told === undefined) this.#failed.set(key, nowMs());
    else this.#found.set(key, told);
  }

  #candidates(from: string, into: string): Candidate[] {
    const { pairName } = this.#parts;
    const pairs = namesOf(from).flatMap((base) => namesOf(into).map((quote) => [base, quote] as const));
    return pairs.flatMap(([base, quote]): Candidate[] => {
      const direct = pairName?.(base, quote);
      const inverse = pairName?.(quote, base);
      return [
        ...(direct === undefined ? [] : [{ instrument: direct, isInverse: false }]),
        ...(inverse === undefined ? [] : [{ instrument: inverse, isInverse: true }]),
      ];
    });
  }
}

const isSame = (from: string, into: string): boolean => from === into || (isDollar(from) && isDollar(into));
const keyOf = (from: string, into: string): string => `${from} ${into}`;
const namesOf = (currency: string): readonly string[] =>
  isDollar(currency) ? [...new Set([currency, ...dollarCoins])] : [currency];
