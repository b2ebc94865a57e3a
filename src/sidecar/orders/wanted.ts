// What a judge wants to know of the market before it judges: the question that market-memory.ts answers.

/** Spot and contracts may share a spelling; they never share a book. */
export interface BookName {
  instrument: string;
  isDerivative: boolean;
}

/** What a judge wants to know before it judges. */
export interface Wanted {
  /** Price and contract terms of each. */
  instruments: Iterable<string>;
  /** Contract terms of each, without its price. */
  terms?: Iterable<string>;
  /** Price of each, as a rate: how old it is at the venue stops nothing. */
  rates?: Iterable<string>;
  /** `now`: told after this question; `recent`: a moment ago is enough. */
  positions: 'now' | 'recent' | 'none';
  /** Order books of these. */
  books?: readonly BookName[];
  /** The range of trades of the last minutes, of each of `instruments`. */
  rangeMinutes?: number | undefined;
  /** What the account is worth; not asked for when absent. */
  equity?: boolean;
  /** What the spot account holds; not asked for when absent. */
  balances?: boolean;
}
