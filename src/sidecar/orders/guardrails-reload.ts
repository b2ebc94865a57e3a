// Replaces the guardrails of a running sidecar: all of them or none, journaled first. What gives an agent more room than before
// comes into force only when a human has agreed to that very thing; a tightening does at once (S9, S11).
import { createHash } from 'node:crypto';
import type { Journal } from '../../audit/journal.js';
import { TradeboxError } from '../../core/errors.js';
import { documentOf, type Guardrails, guardrailsSchema } from '../../guard/guardrails.js';
import { loosenings } from '../../guard/loosening.js';
import type { GuardrailsReply } from '../control.js';

/** A new guardrails.yaml for a running box. */
export interface NewGuardrails {
  guardrails: unknown;
  /** Limits whose loosening a human saw and agreed to, e.g. `daily.orders`. */
  confirmed: readonly string[];
  by: string;
}

export interface GuardrailsControl {
  /**
   * Puts rules in force, or says which loosenings are not confirmed; then the old ones stay.
   * @throws TradeboxError CONFIG_INVALID when they are not well-formed, and what the journal throws; the old ones stay.
   */
  loadGuardrails(given: NewGuardrails): GuardrailsReply;
  /** Journals that a new file was refused before it got here. */
  rejectGuardrails(message: string): void;
  /** Why new rules are not in force, until others are; undefined when none wait. */
  problem(): string | undefined;
}

export interface GuardrailsInForce extends GuardrailsControl {
  /** The rules now; undefined when the box has none. */
  current(): Guardrails | undefined;
}

const maxMessageLength = 500;

/** `first`: as the settings say. `onRejected`: the old rules stay, and why. Throws what the schema throws. */
export function holdGuardrails(
  first: unknown,
  journal: Pick<Journal, 'append'>,
  onRejected: (message: string) => void = () => {},
): GuardrailsInForce {
  let current = first === undefined ? undefined : guardrailsSchema.parse(first);
  let problem: string | undefined;
  const rejectGuardrails = (message: string): void => {
    problem = message.slice(0, maxMessageLength);
    onRejected(problem);
    journal.append({ type: 'guardrails.rejected', message: problem });
  };
  return {
    current: () => current,
    rejectGuardrails,
    problem: () => problem,
    loadGuardrails({ guardrails, confirmed, by }) {
      const parsed = guardrailsSchema.safeParse(guardrails);
      if (!parsed.success) {
        const at = parsed.error.issues[0]?.path.join('.') ?? '';
        const message = `The guardrails do not fit the schema at ${JSON.stringify(at.slice(0, 200))}.`;
        rejectGuardrails(message);
        throw new TradeboxError('CONFIG_INVALID', message);
      }
      const loosened = current === undefined ? [] : loosenings(current, parsed.data);
      const { digest, rules } = rulesRecord(parsed.data);
      const names = loosened.map(({ limit }) => limit);
      const isInForce = names.every((name) => confirmed.includes(name));
      if (isInForce) {
        // S10: rules whose change cannot be recorded do not come into force.
        journal.append({ type: 'guardrails.loaded', digest, rules, loosened: names, by });
        current = parsed.data;
        problem = undefined;
      } else {
        rejectGuardrails(`not confirmed by a human: looser ${names.join(', ')}`);
      }
      return { isInForce, digest, loosened };
    },
  };
}

/** Rules as the journal keeps them; no rules are a document without one. */
export function rulesRecord(guardrails: Guardrails | undefined): { digest: string; rules: unknown } {
  const rules = guardrails === undefined ? { version: 1 } : documentOf(guardrails);
  return { digest: createHash('sha256').update(JSON.stringify(rules)).digest('hex'), rules };
}
