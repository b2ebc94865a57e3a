// How large a request's body may be, and the denials of a larger one.
import type { HostRule } from '../settings.js';
import { type Denial, denial, type Exchange, type World } from '../stage.js';
import { bodyCredentials } from '../stages/inject.js';

/** Bounds of bodies that are collected before a decision, in bytes. */
export interface BodyLimits {
  /** A larger request for a venue is refused, never cut (ATTACKS B5). */
  venue: number;
  /** A larger request for another host is streamed. */
  whole: number;
}

export const defaultBodyLimits: BodyLimits = { venue: 1_048_576, whole: 65_536 };

export const bodyTooLarge = denial(
  'BODY_TOO_LARGE',
  'the body is larger than a venue needs',
  'built-in: body size',
  413,
);
export const memoryFull = denial(
  'MEMORY_FULL',
  'too many bodies are being collected at once',
  'built-in: body memory',
  503,
);

/** Whether a body of so many bytes exceeds the cap of the rule that lets it out. */
export function capProblem(rule: HostRule | undefined, bytes: number): Denial | undefined {
  const cap = rule?.maxBodyBytes;
  if (rule === undefined || cap === undefined || bytes <= cap) return undefined;
  return denial('BODY_OVER_CAP', `the body is larger than the ${cap} bytes of the rule`, rule.origin, 413);
}

/** Whether a body is collected before the decision, and up to how many bytes; or why it is refused at once. */
export function planBody(
  exchange: Exchange,
  limits: BodyLimits,
  world: Pick<World, 'credentials'>,
): { denied: Denial } | { collectBytes: number | undefined } {
  const { venue, host, head, rule } = exchange;
  const length = head.framing.kind === 'length' ? head.framing.length : undefined;
  const tooLarge = capProblem(rule, length ?? 0);
  if (tooLarge !== undefined) return { denied: tooLarge };
  // What is signed, or gets a secret put into it, is taken apart whole, however it is framed.
  if (venue !== undefined || bodyCredentials(exchange, world).length > 0) {
    const collectBytes = Math.min(limits.venue, rule?.maxBodyBytes ?? limits.venue);
    return length !== undefined && length > collectBytes ? { denied: bodyTooLarge } : { collectBytes };
  }
  // A small body is searched as a whole, so that the verdict stands before a byte leaves.
  const isSmall = length !== undefined && length <= limits.whole && !world.credentials.isLlm(host);
  return { collectBytes: isSmall ? limits.whole : undefined };
}
