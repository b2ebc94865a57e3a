// What a mode makes of the rules' verdict: in `propose` every order waits for a human, in `live` no order passes without rules.
import type { ReasonRecord } from '../audit/order-events.js';
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
      const reason = reasonToAsk(mode, question);
      if (reason === undefined) return judgement;
      return {
        ...judgement,
        decision: 'hold',
        approvals: Math.max(1, judgement.approvals),
        reasons: [...judgement.reasons, reason],
      };
    },
  };
}

/** Why a human decides whatever the rules say; undefined where they suffice. A venue's doubts about real money are no agent's to settle. */
function reasonToAsk(mode: OrderMode, { intents }: Question): ReasonRecord | undefined {
  if (mode === 'propose') {
    return { code: 'APPROVAL_REQUIRED', message: 'in mode propose a human decides every order', rule };
  }
  if (mode !== 'live' || intents.every(({ question }) => question === undefined)) return undefined;
  return { code: 'VENUE_QUESTION', message: 'a human decides on what the venue asks back', rule };
}

/** What as many people approved as the rules want now is no longer held. */
function released(judgement: Judgement, { entry }: Question): Judgement {
  if (judgement.decision === 'hold' && judgement.approvals > (entry?.approvers.size ?? 0)) return judgement;
  return { ...judgement, decision: 'allow', approvals: 0 };
}

const permitted: Judgement = { decision: 'allow', approvals: 0, reasons: [] };
