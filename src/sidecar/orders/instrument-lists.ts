// The instrument lists that orders are named by: asked of the venues themselves when an order needs one, renewed hourly, bounded
// in size and time. One for each venue and environment.
import type { HttpRequest } from '../../core/http.js';
import type { VenueCall } from '../../venues/admin.js';
import type { InstrumentList, InstrumentSource } from '../../venues/venue.js';
import type { InstrumentBook, InstrumentOwner } from '../stage.js';
import type { AskVenue } from '../venue-calls.js';

const refreshMs = 3_600_000;
/** A list that could not be renewed for so long names nothing any more. */
const maxAgeMs = 86_400_000;
/** After a list could not be had, milliseconds until it is asked for again. */
const retryMs = 10_000;
const deadlineMs = 8_000;
/** Longest that an order waits; a list that comes later serves the next one. Clients give up after 10 s. */
const maxWaitMs = 4_000;
const maxEntries = 100_000;

interface Held {
  list: InstrumentList | undefined;
  learnedMs: number;
  /** Of the last question. */
  askedMs: number;
  /** The last question taught something. */
  isTold: boolean;
  /** Paths and queries of the last question. */
  askedFor: string;
  /** For orders that wait for it; gone once they have waited long enough. */
  waiting: Promise<void> | undefined;
}

export class InstrumentLists implements InstrumentBook {
  readonly #held = new Map<string, Held>();
  readonly #parts: { ask: AskVenue; nowMs(): number };

  constructor(parts: { ask: AskVenue; nowMs(): number }) {
    this.#parts = parts;
  }

  listFor(owner: InstrumentOwner): InstrumentList | undefined {
    const held = this.#held.get(keyOf(owner));
    if (held?.list === undefined) return undefined;
    const ageMs = this.#parts.nowMs() - held.learnedMs;
    if (ageMs < refreshMs) return held.list;
    if (owner.venue.instrumentSource?.isByRequest === true) {
      // Learned anew as it is named again.
      this.#held.delete(keyOf(owner));
      return undefined;
    }
    this.#renew(owner, undefined);
    return ageMs < maxAgeMs ? held.list : undefined;
  }

  learn(owner: InstrumentOwner, request?: HttpRequest): Promise<void> | undefined {
    this.#renew(owner, request);
    return this.#held.get(keyOf(owner))?.waiting;
  }

  /** Asks, unless a question is under way or was answered a moment ago. */
  #renew(owner: InstrumentOwner, request: HttpRequest | undefined): void {
    const { nowMs } = this.#parts;
    const source = owner.venue.instrumentSource;
    if (source === undefined) return;
    const key = keyOf(owner);
    const held = this.#held.get(key) ?? {
      list: undefined,
      learnedMs: 0,
      askedMs: Number.NEGATIVE_INFINITY,
      isTold: false,
      askedFor: '',
      waiting: undefined,
    };
    this.#held.set(key, held);
    const requests = source.requests(owner.environment, request);
    const askedFor = requests.map(({ path, query }) => `${path}?${query}`).join();
    // What a request names is asked for by name: another request may name something else, one question at a time.
    const isNew =
      source.isByRequest === true &&
      held.waiting === undefined &&
      (held.isTold || held.askedFor !== askedFor);
    if (nowMs() - held.askedMs < retryMs && !isNew) return;
    held.askedMs = nowMs();
    held.askedFor = askedFor;
    held.isTold = false;
    const own = new Promise<void>((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        // After its time is over another question may be under way.
        if (held.waiting === own) held.waiting = undefined;
        resolve();
      };
      const timer = setTimeout(finish, maxWaitMs);
      this.#ask(owner, source, requests)
        .then((list) => {
          if (list === undefined) return;
          held.isTold = list.size > 0;
          held.list = source.isByRequest === true ? added(held.list, list) : list;
          if (source.isByRequest !== true || held.list === list) held.learnedMs = nowMs();
        })
        .then(finish, finish);
    });
    held.waiting = own;
  }

  async #ask(
    owner: InstrumentOwner,
    source: InstrumentSource,
    requests: ReturnType<InstrumentSource['requests']>,
  ): Promise<InstrumentList | undefined> {
    const calls = requests.map(
      (asked): VenueCall<Buffer> => ({
        request: { ...asked, port: 443 },
        isPublic: source.isByRequest !== true,
        read: ({ status, body }) => (status === 200 ? body : undefined),
      }),
    );
    if (calls.length === 0) return undefined;
    const told = await Promise.all(calls.map((call) => this.#parts.ask(owner, call, deadlineMs)));
    const bodies = told.flatMap((one) => (one.isUnderstood ? [one.value] : []));
    const list = bodies.length === calls.length ? source.read(bodies) : undefined;
    return list !== undefined && list.size <= maxEntries ? list : undefined;
  }
}

/** What is told anew counts. Bounded: a list that has grown too long is begun again. */
function added(known: InstrumentList | undefined, told: InstrumentList): InstrumentList {
  if (known === undefined || known.size + told.size > maxEntries) return told;
  return new Map([...known, ...told]);
}

function keyOf({ venue, environment }: InstrumentOwner): string {
  return `${venue.id} ${environment}`;
}
