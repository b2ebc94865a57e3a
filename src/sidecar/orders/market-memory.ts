// What reflexes and rules may know of the market and of positions: asked of the venue itself, never of the agent, remembered for a
// moment, gone when too old. One for each account, so that no question is asked twice.
import { type Decimal, decimal } from '../../core/decimal.js';
import { heldApart, type PositionName, type PositionPlace } from '../../core/position.js';
import type {
  AdminPlace,
  ContractTerms,
  CurrencyBalance,
  OrderBook,
  PriceRange,
  ReferencePrice,
  VenueAdmin,
  VenueCall,
  VenuePosition,
} from '../../venues/admin.js';
import type { CallResult, Untold } from '../venue-calls.js';
import { PositionMemory, type PositionParts } from './position-memory.js';
import { UntoldTerms } from './untold-terms.js';
import type { BookName, Wanted } from './wanted.js';

/** How long an answer is not asked for again, milliseconds. */
const fresh = {
  price: 500,
  equity: 1_000,
  balances: 250,
  terms: 3_600_000,
  book: 250,
  range: 2_000,
} as const;
const deadlineMs = 2_500;
/** Instruments of one request that are asked for; more stay unknown. */
const maxInstruments = 20;
const zero = decimal('0');

interface Known<Value> {
  value: Value;
  learnedMs: number;
}

export interface MarketParts extends PositionParts {
  /** How long the venue wants to be left alone, milliseconds: no terms are asked for meanwhile. Absent: nobody listens for it. */
  waitMs?(): number;
  /** Sees each price that is told. */
  onPrice?(price: ReferencePrice): void;
}

export class MarketMemory {
  readonly #prices = new Map<string, Known<ReferencePrice>>();
  readonly #terms = new Map<string, Known<ContractTerms>>();
  readonly #untold: UntoldTerms;
  readonly #books = new Map<string, Known<OrderBook>>();
  readonly #ranges = new Map<string, Known<PriceRange>>();
  /** Questions under way, by what they ask. */
  readonly #asking = new Map<string, Promise<void>>();
  readonly #positions: PositionMemory;
  #equity: Known<Decimal> | undefined;
  #balances: (Known<readonly CurrencyBalance[]> & { askedMs: number }) | undefined;
  readonly #parts: MarketParts;

  constructor(parts: MarketParts) {
    this.#parts = parts;
    this.#positions = new PositionMemory(parts);
    this.#untold = new UntoldTerms({ nowMs: parts.nowMs, waitMs: () => parts.waitMs?.() ?? 0 });
  }

  /** Learns what is missing or stale. Never rejects: what is not learned stays unknown. */
  async learn({
    instruments,
    terms = [],
    rates = [],
    positions,
    equity = false,
    balances = false,
    books = [],
    rangeMinutes,
  }: Wanted): Promise<void> {
    const { account, onPrice, nowMs } = this.#parts;
    const { admin } = account.venue;
    if (admin === undefined) return;
    const at = { environment: account.environment };
    const price = (instrument: string, onTold?: (price: ReferencePrice) => void) =>
      this.#renew(
        { known: this.#prices, key: instrument, forMs: fresh.price, name: `price ${instrument}` },
        () => admin.referencePrice(at, instrument),
        { ...(onTold === undefined ? {} : { onTold }) },
      );
    const work: (Promise<void> | undefined)[] = [];
    for (const instrument of few(instruments)) {
      const asked = this.#learnTerms(admin, at, instrument);
      if (asked === undefined && this.#isShut(instrument)) continue;
      work.push(price(instrument, onPrice), asked);
      if (rangeMinutes === undefined) continue;
      const key = rangeKey(instrument, rangeMinutes);
      const toMs = nowMs();
      work.push(
        this.#renew({ known: this.#ranges, key, forMs: fresh.range, name: `range ${key}` }, () =>
          admin.priceRange?.(at, instrument, { fromMs: toMs - rangeMinutes * 60_000, toMs }),
        ),
      );
    }
    const untold = [...terms].filter(
      (instrument) => !this.#isFresh(this.#terms.get(instrument), fresh.terms),
    );
    for (const instrument of few(untold)) work.push(this.#learnTerms(admin, at, instrument));
    for (const instrument of few(rates)) work.push(price(instrument));
    for (const name of books.slice(0, maxInstruments)) {
      if (this.#isShut(name.instrument)) continue;
      const key = bookKey(name);
      work.push(
        this.#renew({ known: this.#books, key, forMs: fresh.book, name: `book ${key}` }, () =>
          admin.orderBook?.(at, name.instrument, name.isDerivative),
        ),
      );
    }
    if (positions === 'now' || (positions === 'recent' && !this.#positions.isRecent))
      work.push(this.#positions.learn(() => admin.positions(at)));
    if (equity && admin.equity !== undefined && !this.#isFresh(this.#equity, fresh.equity)) {
      work.push(
        this.#once('equity', admin.equity(at), (told) => {
          if (told.isUnderstood) this.#equity = { value: told.value, learnedMs: nowMs() };
        }),
      );
    }
    if (balances && admin.balances !== undefined && !this.#isFresh(this.#balances, fresh.balances)) {
      const askedMs = nowMs();
      work.push(
        this.#once('balances', admin.balances(at), (told) => {
          const learnedMs = nowMs();
          this.#balances = told.isUnderstood ? { value: told.value, learnedMs, askedMs } : undefined;
        }),
      );
    }
    await Promise.all(work);
  }

  /** Undefined when it was not told within `maxAgeMs`. */
  price(instrument: string, maxAgeMs: number): (ReferencePrice & { ageMs: number }) | undefined {
    const known = this.#prices.get(instrument);
    if (known === undefined) return undefined;
    const ageMs = this.#ageOf(known);
    return ageMs > maxAgeMs ? undefined : { ...known.value, ageMs };
  }

  /** Undefined when it was not told within `maxAgeMs`. */
  book(name: BookName, maxAgeMs: number): (OrderBook & { ageMs: number }) | undefined {
    const known = this.#books.get(bookKey(name));
    if (known === undefined) return undefined;
    const ageMs = this.#ageOf(known);
    return ageMs > maxAgeMs ? undefined : { ...known.value, ageMs };
  }

  /** Of the trades of so many minutes; undefined when it was not told within `maxAgeMs`. */
  range(instrument: string, minutes: number, maxAgeMs: number): PriceRange | undefined {
    const known = this.#ranges.get(rangeKey(instrument, minutes));
    return known === undefined || this.#ageOf(known) > maxAgeMs ? undefined : known.value;
  }

  terms(instrument: string): ContractTerms | undefined {
    return this.#terms.get(instrument)?.value;
  }

  /** The venue answered the question for its terms, and told none: it is on no list. False while nobody knows. */
  isUnlisted(instrument: string): boolean {
    return this.#untold.isUnlisted(instrument) && this.terms(instrument) === undefined;
  }

  /** The venue was not asked for its terms: too many new symbols came before it within a minute. */
  isCapped(instrument: string): boolean {
    return this.#untold.isCapped(instrument) && this.terms(instrument) === undefined;
  }

  /** Its terms are not known, and the venue is to be left alone. */
  isPostponed(instrument: string): boolean {
    return this.#untold.isPostponed(instrument) && this.terms(instrument) === undefined;
  }

  /** Nothing is asked of it now: what is told of it would be of no use without its terms. */
  #isShut(instrument: string): boolean {
    return this.terms(instrument) === undefined && this.#untold.isShut(instrument);
  }

  /** US dollars; undefined when it was not told within `maxAgeMs`. */
  equity(maxAgeMs: number): Decimal | undefined {
    const known = this.#equity;
    return known === undefined || this.#ageOf(known) > maxAgeMs ? undefined : known.value;
  }

  /** What the spot account holds of a currency, zero when it names none; undefined when it was not told within `maxAgeMs`. */
  balance(currency: string, maxAgeMs: number): Omit<CurrencyBalance, 'currency'> | undefined {
    const known = this.#balances;
    if (known === undefined || this.#ageOf(known) > maxAgeMs) return undefined;
    return known.value.find((each) => each.currency === currency) ?? { total: zero, free: zero };
  }

  /** When the question was sent that balances are known from; undefined when they are not known. */
  balancesAskedMs(): number | undefined {
    return this.#balances === undefined || this.#ageOf(this.#balances) === Number.POSITIVE_INFINITY
      ? undefined
      : this.#balances.askedMs;
  }

  /** All positions; undefined when they are not known as of `maxAgeMs` ago. */
  positions(maxAgeMs: number): readonly VenuePosition[] | undefined {
    return this.#positions.all(maxAgeMs);
  }

  /** As PositionMemory.askedMs. */
  positionsAskedMs(): number | undefined {
    return this.#positions.askedMs;
  }

  /** As PositionMemory.of. */
  held(named: PositionName & PositionPlace, maxAgeMs: number): Decimal | 'other' | undefined {
    return this.#positions.of(named, maxAgeMs);
  }

  /** The same; undefined where nobody can say which position is meant. */
  position(named: PositionName & PositionPlace, maxAgeMs: number): Decimal | undefined {
    const held = this.held(named, maxAgeMs);
    return held === 'other' ? undefined : held;
  }

  /** As `heldApart`; zero when they were not told within `maxAgeMs`, since the position is not known then either. */
  positionApart(named: PositionName & PositionPlace, maxAgeMs: number): Decimal {
    const all = this.positions(maxAgeMs);
    return all === undefined ? zero : heldApart(named, all);
  }

  #learnTerms(admin: VenueAdmin, at: AdminPlace, instrument: string): Promise<void> | undefined {
    const name = `terms ${instrument}`;
    const underWay = this.#asking.get(name);
    if (underWay !== undefined) return underWay;
    if (this.#isFresh(this.#terms.get(instrument), fresh.terms)) return undefined;
    const isFamiliar = this.#terms.has(instrument) || this.#positions.wasSeen(instrument);
    if (!this.#untold.mayAsk(instrument, isFamiliar)) return undefined;
    return this.#renew(
      { known: this.#terms, key: instrument, forMs: fresh.terms, name },
      () => admin.contractTerms(at, instrument),
      { onUntold: (told) => this.#untold.take(instrument, told, admin) },
    );
  }

  /** Asks for what is not known freshly, and keeps what is understood; nothing where the venue has no such call. */
  #renew<Value>(
    {
      known,
      key,
      forMs,
      name,
    }: { known: Map<string, Known<Value>>; key: string; forMs: number; name: string },
    callOf: () => VenueCall<Value> | undefined,
    { onTold, onUntold }: { onTold?(value: Value): void; onUntold?(told: Untold): void } = {},
  ): Promise<void> | undefined {
    if (this.#isFresh(known.get(key), forMs)) return undefined;
    const call = callOf();
    if (call === undefined) return undefined;
    return this.#once(name, call, (told) => {
      if (!told.isUnderstood) {
        onUntold?.(told);
        return;
      }
      known.set(key, { value: told.value, learnedMs: this.#parts.nowMs() });
      onTold?.(told.value);
    });
  }

  #isFresh(known: Known<unknown> | undefined, forMs: number): boolean {
    return known !== undefined && this.#ageOf(known) < forMs;
  }

  /** Milliseconds; endless where the clock was set back since: how old it is nobody knows then. */
  #ageOf({ learnedMs }: Known<unknown>): number {
    const ageMs = this.#parts.nowMs() - learnedMs;
    return ageMs < 0 ? Number.POSITIVE_INFINITY : ageMs;
  }

  /** Asks unless the same question is under way; then its answer counts for both. */
  #once<Value>(key: string, call: VenueCall<Value>, take: (told: CallResult<Value>) => void): Promise<void> {
    const underWay = this.#asking.get(key);
    if (underWay !== undefined) return underWay;
    const { account, ask } = this.#parts;
    const asked = ask(account, call, deadlineMs)
      .then(take)
      .finally(() => {
        if (this.#asking.get(key) === asked) this.#asking.delete(key);
      });
    this.#asking.set(key, asked);
    return asked;
  }
}

const few = (instruments: Iterable<string>): string[] => [...new Set(instruments)].slice(0, maxInstruments);
const bookKey = ({ instrument, isDerivative }: BookName): string =>
  `${instrument}${isDerivative ? ' contracts' : ''}`;
const rangeKey = (instrument: string, minutes: number): string => `${instrument} ${minutes}`;
