// Venues that say they are asked too often: heard in their answers, journaled, and left alone for as long as they say. Cancels go on.
import type { JournalEvent } from '../audit/events.js';
import type { OverheardAnswer, Venue } from '../venues/venue.js';
import { joined } from './http1/body.js';
import type { Exchange, HeardHead, LimitOwner, Overheard, RateLimitBook } from './stage.js';

/** No longer successful answer is a venue's error. */
const maxErrorBytes = 2_048;
/** Between two lines of the journal about one account. */
const journalMs = 10_000;

interface State {
  untilMs: number;
  journaledMs: number;
  /** Heard since the last line. */
  repeats: number;
}

export class RateLimits implements RateLimitBook {
  readonly #nowMs: () => number;
  readonly #append: (event: JournalEvent) => void;
  /** By venue and account: as many as the box has accounts, and two for each venue besides. */
  readonly #states = new Map<string, State>();

  constructor(nowMs: () => number, append: (event: JournalEvent) => void) {
    this.#nowMs = nowMs;
    this.#append = append;
  }

  /** Undefined where the answer cannot be a rate limit: most are that, at the price of two comparisons. */
  overhear(
    {
      venue,
      credential,
      classification,
      id,
    }: Pick<Exchange, 'venue' | 'credential' | 'classification' | 'id'>,
    head: HeardHead,
  ): Overheard | undefined {
    if (venue === undefined || !isWorthReading(venue, head)) return undefined;
    const pieces: Buffer[] = [];
    let bytes = 0;
    return {
      add: (piece) => {
        if (bytes > maxErrorBytes) return;
        pieces.push(piece);
        bytes += piece.length;
      },
      end: () => {
        const body = joined(pieces).subarray(0, maxErrorBytes + 1);
        const account = classification?.isPublic === true ? undefined : credential?.id;
        const { status, fields } = head;
        this.note({ venue, account }, { status, header: (name) => fields.get(name), body }, id);
      },
    };
  }

  /** Takes an answer into account, whatever it says. */
  note({ venue, account }: LimitOwner, answer: OverheardAnswer, request?: string): void {
    const { rateLimits } = venue;
    const { status, body } = answer;
    if (
      status < 300 &&
      (body.length > maxErrorBytes || !rateLimits.marks.some((mark) => body.includes(mark)))
    )
      return;
    const nowMs = this.#nowMs();
    const limit = rateLimits.read(answer, nowMs);
    if (limit === undefined) return;
    const { code, waitMs, isBan, used } = limit;
    const key = keyOf(venue, isBan ? banned : account);
    const state = this.#states.get(key) ?? { untilMs: 0, journaledMs: Number.NEGATIVE_INFINITY, repeats: 0 };
    this.#states.set(key, state);
    state.untilMs = Math.max(state.untilMs, nowMs + waitMs);
    if (nowMs - state.journaledMs < journalMs) {
      state.repeats += 1;
      return;
    }
    this.#append({
      type: 'venue.limited',
      venue: venue.id,
      ...(account === undefined ? {} : { account }),
      code,
      status,
      waitMs,
      isBan,
      repeats: state.repeats,
      ...(used === undefined ? {} : { used }),
      ...(request === undefined ? {} : { request }),
    });
    state.journaledMs = nowMs;
    state.repeats = 0;
  }

  /** How long the venue is to be left alone, milliseconds; 0 when it is not. */
  waitMs({ venue, account }: LimitOwner): number {
    if (this.#states.size === 0) return 0;
    const untilMs = Math.max(
      this.#states.get(keyOf(venue, account))?.untilMs ?? 0,
      this.#states.get(keyOf(venue, banned))?.untilMs ?? 0,
    );
    return Math.max(0, untilMs - this.#nowMs());
  }
}

/** In place of an account: all of them. No account is called so. */
const banned = '*';

function keyOf({ id }: Venue, account: string | undefined): string {
  return `${id} ${account ?? ''}`;
}

function isWorthReading({ rateLimits }: Venue, { status, fields }: HeardHead): boolean {
  if (status >= 300) return true;
  return rateLimits.marks.length > 0 && Number(fields.get('content-length') ?? 0) <= maxErrorBytes;
}
