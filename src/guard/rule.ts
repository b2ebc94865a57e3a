// The contract of a rule: one limit of guardrails.yaml, judged on facts. A rule is pure, says every reason it has, and when it
// lacks data it says so, which denies (S11).
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
  /** The account stops trading until a human resumes it. Of a denial only. */
  halts?: boolean;
}

export interface Rule<Key extends keyof Guardrails = keyof Guardrails> {
  /** The limit's key in guardrails.yaml; the rule is asked only when it is set. */
  key: Key;
  /** What it does, for `guard explain`. */
  summary: string;
  /** False: orders that only make a position smaller pass it. Exits must not be locked in. */
  bindsExits: boolean;
  judge(limit: NonNullable<Guardrails[Key]>, facts: Facts, guardrails: Guardrails): readonly Finding[];
}

/** Gives a rule its types. */
export function defineRule<Key extends keyof Guardrails>(rule: Rule<Key>): Rule<Key> {
  return rule;
}

export const deny = (code: string, message: string): Finding => ({ outcome: 'deny', code, message });

/** What is missing for a judgement denies. */
export const missing = (what: string): Finding => deny('DATA_MISSING', `${what} is not known`);
