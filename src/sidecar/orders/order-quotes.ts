// Quotes that venues gave to accounts of the box: what an order buys that names nothing but a quote's id. Only a venue's own answer to a
// signed request counts; bounded in number, size and time.
import { NewestMap } from '../../core/newest-map.js';
import type { OrderIntent } from '../../core/order.js';
import { fingerprintOf } from '../../orders/fingerprint.js';
import type { QuotedTerms } from '../../venues/venue.js';
import { joined } from '../http1/body.js';
import type { QuoteBook } from '../stage.js';

/** No quote is remembered longer, whatever the venue says. Milliseconds. */
const keptMs = 600_000;
const maxQuotes = 500;
/** A longer answer tells nothing: lists of quotes come in pages. */
const maxAnswerBytes = 262_144;

interface Quoted {
  intents: readonly OrderIntent[];
  fingerprint: string;
  untilMs: number;
}

export class OrderQuotes implements QuoteBook {
  /** By account, then by id. As many as the box has accounts. */
  readonly #accounts = new Map<string, NewestMap<Quoted>>();
  /**
   * By account, the ids under which the venue told other terms than before: nobody knows which ones an acceptance would mean. Other quotes
   * push none of them out.
   */
  readonly #disputed = new Map<string, NewestMap<true>>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  overhear(
    { venue, credential, classification, request }: Parameters<QuoteBook['overhear']>[0],
    head: Parameters<QuoteBook['overhear']>[1],
    context: Parameters<QuoteBook['overhear']>[2],
  ): ReturnType<QuoteBook['overhear']> {
    const quotes = venue?.quotes;
    if (quotes === undefined || credential === undefined || request === undefined) return undefined;
    if (classification?.isPublic !== false || !quotes.operations.has(classification.operation))
      return undefined;
    if (head.status !== 200) return undefined;
    const pieces: Buffer[] = [];
    let bytes = 0;
    return {
      add: (piece) => {
        bytes += piece.length;
        if (bytes > maxAnswerBytes) pieces.length = 0;
        else pieces.push(piece);
      },
      end: () => {
        // What was cut off is no JSON, and tells nothing.
        if (bytes === 0 || bytes > maxAnswerBytes) return;
        this.note(credential.id, quotes.read(request, joined(pieces), context));
      },
    };
  }

  /** The venue gave these to the account. */
  note(account: string, quotes: readonly QuotedTerms[]): void {
    const nowMs = this.#nowMs();
    for (const { id, intents, expiresAtMs = Number.POSITIVE_INFINITY } of quotes) {
      const byId = this.#accounts.get(account) ?? new NewestMap(maxQuotes);
      this.#accounts.set(account, byId);
      const fingerprint = fingerprintOf(id, intents);
      const known = byId.get(id);
      if (known !== undefined && known.fingerprint !== fingerprint) {
        const disputed = this.#disputed.get(account) ?? new NewestMap(maxQuotes);
        this.#disputed.set(account, disputed);
        disputed.set(id, true);
      }
      byId.set(id, { intents, fingerprint, untilMs: Math.min(nowMs + keptMs, expiresAtMs) });
    }
  }

  about(account: string, id: string): readonly OrderIntent[] | undefined {
    const quoted = this.#accounts.get(account)?.get(id);
    if (quoted === undefined || quoted.intents.length === 0) return undefined;
    if (this.#disputed.get(account)?.has(id) === true) return undefined;
    return this.#nowMs() < quoted.untilMs ? quoted.intents : undefined;
  }
}
