// Questions to a venue that take several requests: each answer may call for another one, the last value counts.
import type { VenueAnswer, VenueCall } from './admin.js';
import type { CallParts } from './venue-answers.js';

/** What was understood of an answer, and what is to be asked because of it. */
export interface Heard<Result> {
  value: Result;
  next?: VenueCall<Result> | undefined;
}

/** One request of a conversation. `hear` gives undefined for an answer that is not what the venue documents. */
export function step<Result>(
  parts: CallParts & Pick<VenueCall<Result>, 'delayMs'>,
  hear: (answer: VenueAnswer) => Heard<Result> | undefined,
): VenueCall<Result> {
  let next: VenueCall<Result> | undefined;
  return {
    ...parts,
    read: (answer) => {
      const heard = hear(answer);
      next = heard?.next;
      return heard?.value;
    },
    follow: () => next,
  };
}

/** A call, and what is asked once everything that it calls for is answered. */
export function andThen<Result>(
  call: VenueCall<Result>,
  next: (value: Result) => VenueCall<Result> | undefined,
): VenueCall<Result> {
  return {
    ...call,
    follow: (value) => {
      const more = call.follow?.(value);
      return more === undefined ? next(value) : andThen(more, next);
    },
  };
}

/**
 * Learns which accounts a key reaches, and asks each in turn until one answer says it all. `ask` adds what an account says
 * to what the ones before it said.
 */
export function askEach<Result>(
  accounts: { parts: CallParts; read(answer: VenueAnswer): readonly string[] | undefined },
  start: Result,
  ask: (account: string, known: Result) => VenueCall<Result>,
  isAll: (known: Result) => boolean = () => false,
): VenueCall<Result> {
  const askNext = (known: Result, left: readonly string[]): VenueCall<Result> | undefined => {
    const [account, ...others] = left;
    if (account === undefined || isAll(known)) return undefined;
    return andThen(ask(account, known), (value) => askNext(value, others));
  };
  return step(accounts.parts, (answer) => {
    const found = accounts.read(answer);
    return found === undefined ? undefined : { value: start, next: askNext(start, found) };
  });
}
