// Prices and contract terms that the sidecar asks the venue for itself: never what the agent says they are.
import type { Clock } from '../../core/clock.js';
import type { Decimal } from '../../core/decimal.js';
import type { OrderIntent } from '../../core/order.js';
import type { MarketFacts, Terms } from '../../orders/notional.js';
import type { AskVenue, CallAccount } from '../venue-calls.js';

const deadlineMs = 3_000;
/** A price older than this is asked for again, and one older than the second is not known. */
const cachedMs = 500;
const knownMs = 15_000;
/** Instruments of one request that are asked for; more leave its worth unknown. */
const maxInstruments = 20;

export class AskedMarket implements MarketFacts {
  readonly #account: CallAccount;
  readonly #ask: AskVenue;
  readonly #clock: Clock;
  readonly #prices = new Map<string, { price: Decimal; askedMs: number }>();
  readonly #terms = new Map<string, Terms>();

  constructor(account: CallAccount, ask: AskVenue, clock: Clock) {
    this.#account = account;
    this.#ask = ask;
    this.#clock = clock;
  }

  /** Asks for what these orders need and is not known yet. Never rejects. */
  async prepare(intents: readonly OrderIntent[]): Promise<void> {
    const placing = intents.filter(({ action, instrument }) => action !== 'cancel' && instrument !== '');
    const instruments = [...new Set(placing.map(({ instrument }) => instrument))].slice(0, maxInstruments);
    await Promise.all(
      instruments.flatMap((instrument) => [this.#askPrice(instrument), this.#askTerms(instrument)]),
    );
  }

  reference(instrument: string): Decimal | undefined {
    const found = this.#prices.get(instrument);
    return found === undefined || this.#clock.nowMs() - found.askedMs > knownMs ? undefined : found.price;
  }

  terms(instrument: string): Terms | undefined {
    return this.#terms.get(instrument);
  }

  async #askPrice(instrument: string): Promise<void> {
    const { venue, environment } = this.#account;
    const known = this.#prices.get(instrument);
    const askedMs = this.#clock.nowMs();
    if (venue.admin === undefined || (known !== undefined && askedMs - known.askedMs < cachedMs)) return;
    const told = await this.#ask(
      this.#account,
      venue.admin.referencePrice({ environment }, instrument),
      deadlineMs,
    );
    if (!told.isUnderstood) return;
    const { ask, last } = told.value;
    this.#prices.set(instrument, { price: ask?.gt(last) === true ? ask : last, askedMs });
  }

  async #askTerms(instrument: string): Promise<void> {
    const { venue, environment } = this.#account;
    if (venue.admin === undefined || this.#terms.has(instrument)) return;
    const told = await this.#ask(
      this.#account,
      venue.admin.contractTerms({ environment }, instrument),
      deadlineMs,
    );
    if (told.isUnderstood) this.#terms.set(instrument, told.value);
  }
}
