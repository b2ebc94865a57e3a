// How large a request's body may be, and the denials of a larger one.
import type { HostRule } from '../settings.js';
import { type Denial, denial } from '../stage.js';

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
