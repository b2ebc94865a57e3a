// Asks every rule and keeps every reason. The worst outcome counts: a denial over a hold over nothing.
import type { Decimal } from '../core/decimal.js';
import type { Facts } from './facts.js';
import type { Guardrails } from './guardrails.js';
import type { Finding, Measure } from './rule.js';
import { type AnyRule, rules } from './rules.js';

export interface Verdict {
  outcome: 'allow' | 'hold' | 'deny';
  /** People who must agree; 0 unless held. */
  approvers: number;
  /** Only exits may leave the account until a human resumes it. */
  halts: boolean;
  findings: readonly (Finding & { rule: string })[];
}

const nothingFound: Verdict = { outcome: 'allow', approvers: 0, halts: false, findings: [] };

/** Pure. A rule that throws denies (S11). */
export function evaluate(guardrails: Guardrails, facts: Facts): Verdict {
  const findings: (Finding & { rule: string })[] = [];
  for (const { rule, limit } of asked(guardrails, facts)) {
    const said = ask(rule.judge, limit, facts, guardrails);
    if (said.length === 0) continue;
    for (const finding of said) findings.push({ ...finding, rule: rule.key });
  }
  if (findings.length === 0) return nothingFound;
  const denials = findings.filter(({ outcome }) => outcome === 'deny');
  const isDenied = denials.length > 0;
  return {
    outcome: isDenied ? 'deny' : 'hold',
    approvers: isDenied ? 0 : Math.max(...findings.map(({ approvers = 1 }) => approvers)),
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

interface Asked {
  rule: AnyRule;
  limit: unknown;
}

/** By the document, which is read once and never changed: the rules that it sets. */
const askedBy = new WeakMap<
  Guardrails,
  { all: readonly Asked[]; ofExits: readonly Asked[]; ofDisposals: readonly Asked[] }
>();

/** The rules that a request is held against, each with its limit. */
function asked(guardrails: Guardrails, { orders, isDisposal }: Facts): readonly Asked[] {
  let known = askedBy.get(guardrails);
  if (known === undefined) {
    const all = rules
      .map((rule) => ({ rule, limit: guardrails[rule.key] }))
      .filter(({ limit }) => limit !== undefined);
    known = {
      all,
      ofExits: all.filter(({ rule }) => rule.bindsExits),
      ofDisposals: all.filter(({ rule }) => rule.halts !== true),
    };
    askedBy.set(guardrails, known);
  }
  const isExit = orders.length > 0 && orders.every(({ isReducing }) => isReducing);
  if (isExit) return known.ofExits;
  return isDisposal === true ? known.ofDisposals : known.all;
}

/** What a rule measured of a request; of its orders the one that is nearest to the limit. */
export interface RuleMargins {
  rule: string;
  /** Empty for a rule without numbers. */
  margins: readonly Margin[];
}

export interface Margin extends Measure {
  /** What is left to the limit, negative beyond it; undefined when the value is not known. */
  left: Decimal | undefined;
}

/** Pure: every rule that was asked, with its numbers. One whose numbers cannot be had has none; its verdict is `evaluate`'s. */
export function marginsOf(guardrails: Guardrails, facts: Facts): RuleMargins[] {
  return asked(guardrails, facts).map(({ rule, limit }) => {
    const nearest = new Map<string, Margin>();
    for (const measure of measures(rule, limit, facts, guardrails)) {
      const margin = marginOf(measure);
      const other = nearest.get(margin.name);
      if (other === undefined || isNearer(margin, other)) nearest.set(margin.name, margin);
    }
    return { rule: rule.key, margins: [...nearest.values()] };
  });
}

export function marginOf(measure: Measure): Margin {
  const { value, limit, isLeast } = measure;
  return { ...measure, left: isLeast ? value?.minus(limit) : value && limit.minus(value) };
}

/** What is not known is nearest of all. */
function isNearer({ left }: Margin, { left: other }: Margin): boolean {
  return other !== undefined && (left === undefined || left.lt(other));
}

function measures(rule: AnyRule, limit: unknown, facts: Facts, guardrails: Guardrails): readonly Measure[] {
  try {
    return rule.measure?.(limit as never, facts, guardrails) ?? [];
  } catch {
    return [];
  }
}
