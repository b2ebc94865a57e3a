// Asks every rule and keeps every reason. The worst outcome counts: a denial over a hold over nothing.
import type { Facts } from './facts.js';
import type { Guardrails } from './guardrails.js';
import type { Finding } from './rule.js';
import { rules } from './rules.js';

export interface Verdict {
  outcome: 'allow' | 'hold' | 'deny';
  /** People who must agree; 0 unless held. */
  approvers: number;
  /** The account must stop until a human resumes it. */
  halts: boolean;
  findings: readonly (Finding & { rule: string })[];
}

/** Pure. A rule that throws denies (S11). */
export function evaluate(guardrails: Guardrails, facts: Facts): Verdict {
  const findings: (Finding & { rule: string })[] = [];
  const isExit = facts.orders.length > 0 && facts.orders.every(({ isReducing }) => isReducing);
  for (const rule of rules) {
    const limit = guardrails[rule.key];
    if (limit === undefined || (isExit && !rule.bindsExits)) continue;
    for (const finding of ask(rule.judge, limit, facts, guardrails)) {
      findings.push({ ...finding, rule: rule.key });
    }
  }
  const denials = findings.filter(({ outcome }) => outcome === 'deny');
  const isDenied = denials.length > 0;
  const isHeld = !isDenied && findings.length > 0;
  return {
    outcome: isDenied ? 'deny' : isHeld ? 'hold' : 'allow',
    approvers: isHeld ? Math.max(...findings.map(({ approvers = 1 }) => approvers)) : 0,
    halts: denials.some(({ halts }) => halts === true),
    findings,
  };
}

function ask(
  judge: (limit: never, facts: Facts, guardrails: Guardrails) => readonly Finding[],
  limit: unknown,
  facts: Facts,
  guardrails: Guardrails,
): readonly Finding[] {
  try {
    return judge(limit as never, facts, guardrails);
  } catch {
    return [{ outcome: 'deny', code: 'RULE_FAILED', message: 'the rule could not be evaluated' }];
  }
}
