// The order rules a box starts with, held against those it had last: what became looser meanwhile needs a person at a terminal, as with
// `guard reload`, or a dead sidecar would be a way around that yes.
import { guardrailsFile, loadGuardrails } from '../../config/guardrails-file.js';
import { TradeboxError } from '../../core/errors.js';
import { type Guardrails, guardrailsSchema } from '../../guard/guardrails.js';
import { type Loosening, loosenings } from '../../guard/loosening.js';
import type { CliContext } from '../context.js';
import { printable } from '../style.js';
import { personName } from './orders.js';

/** Rules that a box may start with. */
export interface AgreedRules {
  /** Undefined when it has none. */
  guardrails: Guardrails | undefined;
  /** Limits that allow more than the last ones, as a person agreed. */
  loosened: readonly string[];
  by: string;
}

type Host = Pick<CliContext, 'env' | 'paths'>;

/** Of a box that asks nobody, because it has no past. Throws CONFIG_… */
export function firstRules({ env, paths }: Host, mode: string): AgreedRules {
  const guardrails = mode === 'readonly' ? undefined : loadGuardrails(env, paths);
  return { guardrails, loosened: [], by: personName() };
}

/**
 * `last`: the document of the rules that were last in force in the box, as its journal tells; undefined when it tells none, null when it
 * cannot be read.
 * Throws GUARDRAILS_LOOSER when nobody agreed at a terminal, CONFIG_…
 */
export async function agreedRules(
  context: Host & Pick<CliContext, 'output' | 'prompt'>,
  name: string,
  mode: string,
  last: unknown,
): Promise<AgreedRules> {
  const rules = firstRules(context, mode);
  if (mode === 'readonly' || last === undefined) return rules;
  const looser = looserThan(last, rules.guardrails ?? guardrailsSchema.parse({ version: 1 }));
  if (looser.length === 0) return rules;
  for (const { limit, change } of looser) context.output.warn(`${printable(limit)}: ${change}`);
  const loosened = looser.map(({ limit }) => limit);
  const isAgreed =
    context.prompt.isInteractive && (await context.prompt.confirm(`Let ${name} do more than before?`, false));
  if (isAgreed) return { ...rules, loosened };
  throw new TradeboxError(
    'GUARDRAILS_LOOSER',
    `${name} does not start: its guardrails are looser than its last ones: ${printable(loosened.join(', ')).slice(0, 500)}`,
    {
      remedy: `Agree to it when you start ${name} at a terminal, or take the change in ${guardrailsFile(context.paths)} back.`,
    },
  );
}

/** Rules that this version does not understand cannot be compared: that counts as looser. */
function looserThan(last: unknown, now: Guardrails): readonly Loosening[] {
  const before = guardrailsSchema.safeParse(last);
  return before.success ? loosenings(before.data, now) : [{ limit: 'version', change: 'looser' }];
}
