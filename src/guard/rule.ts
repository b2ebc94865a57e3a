// The contract of a rule: one limit of guardrails.yaml, judged on facts. A rule is pure, says every reason it has, and when it
// lacks data it says so, which denies (S11).
import { type Decimal, decimal } from '../core/decimal.js';
import type { Facts } from './facts.js';
import type { Guardrails } from './guardrails.js';

/** What a rule says about a request. No finding at all means: nothing to object. */
export interface Finding {
  outcome: 'deny' | 'hold';
  /** Stable: users and tests count on it. */
  code: string;
  /** One sentence for a human; symbols and numbers, never text that the agent wrote. */
  message: string;
  /** People who must agree; 1 when absent. Of a hold only. */
  approvers?: number;
  /** Only exits leave the account until a human resumes it. Of a denial only. */
  halts?: boolean;
}

/** How near a request comes to a limit: for the human who decides on one that is held. */
export interface Measure {
  /** What is measured, a few words. */
  name: string;
  /** Of one order of the request; text of the request. */
  symbol?: string;
  /** This request included; undefined when it is not known. */
  value: Decimal | undefined;
  limit: Decimal;
  /** The value must not be below the limit; absent: not above it. */
  isLeast?: true;
  /** `money`: the currency of the limits. */
  unit: string;
}

export interface Rule<Key extends keyof Guardrails = keyof Guardrails> {
  /** The limit's key in guardrails.yaml; the rule is asked only when it is set. */
  key: Key;
  /** What it does, for `guard explain`. */
  summary: string;
  /** False: orders that only make a position smaller pass it. Exits must not be locked in. */
  bindsExits: boolean;
  /** Its denials leave the account exits alone: of coins and shares, too, which other rules judge as opening orders. */
  halts?: true;
  judge(limit: NonNullable<Guardrails[Key]>, facts: Facts, guardrails: Guardrails): readonly Finding[];
  /** The numbers that it judges by; absent for a rule without any. Asked for held requests only. */
  measure?(limit: NonNullable<Guardrails[Key]>, facts: Facts, guardrails: Guardrails): readonly Measure[];
}

/** Gives a rule its types. */
export function defineRule<Key extends keyof Guardrails>(rule: Rule<Key>): Rule<Key> {
  return rule;
}

export const deny = (code: string, message: string): Finding => ({ outcome: 'deny', code, message });

/** What is missing for a judgement denies. */
export const missing = (what: string): Finding => deny('DATA_MISSING', `${what} is not known`);

/** One number of a rule. */
export function measured(
  name: string,
  unit: string,
  value: Decimal | number | undefined,
  limit: Decimal | number,
  more: Pick<Measure, 'symbol' | 'isLeast'> = {},
): Measure {
  return { name, unit, value: value === undefined ? undefined : exact(value), limit: exact(limit), ...more };
}

/** How long ago something was, in seconds, which must be so many; nothing where it never was. */
export function pauseSince(
  name: string,
  atMs: number | undefined,
  { nowMs, seconds, symbol }: { nowMs: number; seconds: number; symbol?: string },
): Measure[] {
  if (atMs === undefined) return [];
  const more = { isLeast: true, ...(symbol === undefined ? {} : { symbol }) } as const;
  return [measured(name, 's', (nowMs - atMs) / 1000, seconds, more)];
}

/** Numbers of the rules file that is in force, asked for with every order; of more files than that, those of the last. */
const written = new Map<number, Decimal>();
const maxWritten = 500;

/** A limit that is written as a number, exactly to nine digits after the point. */
export function exactLimit(limit: number): Decimal {
  const known = written.get(limit);
  if (known !== undefined) return known;
  if (written.size === maxWritten) written.clear();
  const made = exact(limit);
  written.set(limit, made);
  return made;
}

const exact = (value: Decimal | number): Decimal =>
  typeof value === 'number' ? decimal(value.toFixed(9)) : value;
