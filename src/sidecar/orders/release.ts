// One order request on its way to the venue: journaled before it leaves, listened to on its way back. Ends exactly once (S8).
import { createHash, randomBytes } from 'node:crypto';
import type { OutcomeRecord } from '../../audit/order-events.js';
import type { OrderDesk } from '../../orders/desk.js';
import type { PlacedOrder, VenueQuestion } from '../../venues/admin.js';
import type { SignedRequest, Venue } from '../../venues/venue.js';
import { WholeAnswer } from '../http1/whole-answer.js';
import type { OrderRelease } from '../stage.js';

const maxAnswerBytes = 1_048_576;

/** What an answer's flight tells of it. */
export interface ReleaseParts {
  desk: OrderDesk;
  order: string;
  request: string;
  venue: Venue;
  clientOrderIds: readonly string[];
  /** Of each order of the request, the id under which it is placed; undefined where there is none. */
  placedAs: readonly (string | undefined)[];
  /** The venue asks back before it places the order. */
  onQuestions?(questions: readonly VenueQuestion[]): void;
  /** Called once the order's outcome is in the journal. */
  onEnded(order: string): void;
}

export class Release implements OrderRelease {
  readonly #parts: ReleaseParts;
  readonly #answer: WholeAnswer;
  #seq = 0;
  #isSent = false;
  #isOver = false;

  constructor(parts: ReleaseParts, method: string) {
    this.#parts = parts;
    this.#answer = new WholeAnswer(method, maxAnswerBytes);
  }

  get order(): string {
    return this.#parts.order;
  }

  /** Journals that these bytes are about to leave. @throws what the journal throws, and when the order was released before. */
  commit(signed: SignedRequest): void {
    const { desk, order, request, clientOrderIds } = this.#parts;
    this.#seq = desk.releasing(order, request, digestOf(signed), clientOrderIds);
  }

  /** Resolves once the journal of the account is on disk up to the release. */
  durable(): Promise<void> {
    return this.#parts.desk.durable(this.#seq);
  }

  /** The request will not be sent: it was not committed. */
  abandon(message: string): void {
    if (this.#seq === 0) this.#parts.desk.abandon(this.order, message);
  }

  /** Bytes are handed to a connection. @throws what the journal throws; nothing may be sent then. */
  sent(): void {
    if (this.#isSent) return;
    this.#parts.desk.progress({ type: 'order.sent', order: this.order });
    this.#isSent = true;
  }

  /** Bytes of the answer as they came. */
  heard(chunk: Buffer): void {
    this.#answer.write(chunk);
  }

  /** The connection is gone: an answer that ends with it is whole. */
  closed(clean: boolean): void {
    this.#answer.end(clean);
  }

  /** The flight is over, whatever became of it. */
  ended(problem: string | undefined): void {
    if (this.#isOver || this.#seq === 0) return;
    this.#isOver = true;
    const { desk, order, onEnded } = this.#parts;
    const { status } = this.#answer;
    const told = this.#answer.isDone ? this.#understood(status, this.#answer.body) : undefined;
    const isOfAnother = told !== undefined && this.#isOfAnother(told);
    // An acknowledgement that a venue sends twice may come where the next order's is awaited.
    const outcomes = isOfAnother ? undefined : told;
    this.#noteQuestions(outcomes !== undefined);
    const outcome = !this.#isSent ? 'unsent' : outcomeOf(outcomes);
    try {
      desk.progress({
        type: 'order.answered',
        order,
        outcome,
        status,
        ...(outcome === 'unknown' || outcome === 'unsent'
          ? { problem: problem ?? (isOfAnother ? 'ANSWER_OF_ANOTHER' : 'ANSWER_UNREADABLE') }
          : {}),
        outcomes: outcomes ?? [],
      });
    } catch {
      // The journal refuses everything from now on (S11); the next start finds the order released without an outcome.
    }
    onEnded(order);
  }

  #isOfAnother(outcomes: readonly OutcomeRecord[]): boolean {
    return outcomes.some(({ clientOrderId: told }, index) => {
      const own = this.#parts.placedAs[index];
      // Venues may write an id's letters otherwise.
      return told !== undefined && own !== undefined && told.toLowerCase() !== own.toLowerCase();
    });
  }

  /** One entry for each order of the request; undefined when nothing is known. */
  #understood(status: number, body: Buffer): readonly OutcomeRecord[] | undefined {
    // A 5xx may come from anything between us and the matching engine.
    if (status >= 500 || status === 0) return undefined;
    const { desk, order, venue } = this.#parts;
    if (venue.admin === undefined) return [{ state: status < 300 ? 'accepted' : 'refused' }];
    const isCancel = desk.ledger.order(order)?.intents.every(({ action }) => action === 'cancel');
    return venue.admin.readPlaced({ status, body }, isCancel)?.map(outcomeRecord);
  }

  #noteQuestions(isUnderstood: boolean): void {
    const { venue, onQuestions } = this.#parts;
    if (!isUnderstood || onQuestions === undefined) return;
    const { status, body } = this.#answer;
    const questions = venue.admin?.questionsIn?.({ status, body }) ?? [];
    if (questions.length > 0) onQuestions(questions);
  }
}

function outcomeRecord({ isAccepted, venueOrderId, clientOrderId, code }: PlacedOrder): OutcomeRecord {
  return {
    state: isAccepted ? 'accepted' : 'refused',
    ...(venueOrderId === undefined ? {} : { venueOrderId }),
    ...(clientOrderId === undefined ? {} : { clientOrderId }),
    ...(code === undefined ? {} : { code }),
  };
}

function outcomeOf(outcomes: readonly OutcomeRecord[] | undefined): 'acknowledged' | 'refused' | 'unknown' {
  if (outcomes === undefined) return 'unknown';
  return outcomes.some(({ state }) => state === 'accepted') ? 'acknowledged' : 'refused';
}

/** SHA-256 hex of method, target and body as signed. */
export function digestOf({ method, path, query, body }: SignedRequest): string {
  return createHash('sha256').update(`${method} ${path}?${query}\n`).update(body).digest('hex');
}

/** Lower-case letters and digits without those that are read as others; six of them name an order of an account. */
const alphabet = '23456789abcdefghjkmnpqrstvwxyz';

const idLength = 7;
/** Chance for many ids at once: asking for it takes longer than all the rest. */
let chance = Buffer.alloc(0);

export function newOrderId(): string {
  if (chance.length < idLength) chance = randomBytes(idLength * 256);
  let id = '';
  for (const byte of chance.subarray(0, idLength)) id += alphabet[byte % alphabet.length];
  chance = chance.subarray(idLength);
  return id;
}

/** A client order id that every venue with ids takes: at most 32 letters and digits. */
export function newClientOrderId(order: string): string {
  return `tbx${order}${randomBytes(8).toString('hex')}`;
}
