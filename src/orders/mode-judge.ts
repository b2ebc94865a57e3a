// What a mode makes of the rules' verdict: in `propose` every order waits for a human, in `live` no order passes without rules.
import type { OrderIntent } from '../core/order.js';
import type { Judge, Judgement, Question } from './judge.js';

/** Modes in which orders can pass. */
export type OrderMode = 'demo' | 'propose' | 'live';

const rule = 'built-in: mode';

/** `rules` is the judge that the guardrails make; undefined when the box has none. */
export function createModeJudge(mode: OrderMode, rules: () => Judge | undefined): Judge {
  return {
    async prepare(intents: readonly OrderIntent[]): Promise<void> {
      await rules()?.prepare(intents);
    },
    judge(question: Question): Judgement {
      const judge = rules();
      if (judge === undefined && mode === 'live') {
        const message = 'no order passes in mode live without guardrails';
        return { decision: 'deny', approvals: 0, reasons: [{ code: 'GUARDRAILS_MISSING', message, rule }] };
      }
      const judgement = judge?.judge(question) ?? permitted;
      if (judgement.decision === 'deny') return judgement;
      if (question.stage === 'release') return released(judgement, question);
      if (mode !== 'propose') return judgement;
      const reason = {
        code: 'APPROVAL_REQUIRED',
        message: 'in mode propose a human decides every order',
        rule,
      };
      return {
        ...judgement,
        decision: 'hold',
        approvals: Math.max(1, judgement.approvals),
        reasons: [...judgement.reasons, reason],
      };
    },
  };
}

/** What as many people approved as the rules want now is no longer held. */
function released(judgement: Judgement, { entry }: Question): Judgement {
  if (judgement.decision === 'hold' && judgement.approvals > (entry?.approvers.size ?? 0)) return judgement;
  return { ...judgement, decision: 'allow', approvals: 0 };
}

const permitted: Judgement = { decision: 'allow', approvals: 0, reasons: [] };
