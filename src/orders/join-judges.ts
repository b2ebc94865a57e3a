// Several judges as one: each is asked, each reason kept, the strictest decides.
import type { Judge, Judgement } from './judge.js';

const strictness = { allow: 0, hold: 1, deny: 2 } as const;

export function joinJudges(judges: readonly Judge[]): Omit<Required<Judge>, 'isExit'> {
  return {
    async prepare(intents) {
      await Promise.all(judges.map((judge) => judge.prepare(intents)));
    },
    judge(question) {
      return judges.map((judge) => judge.judge(question)).reduce(stricter);
    },
    assess(question) {
      const all = judges.flatMap((judge) => judge.assess?.(question) ?? []);
      return { effects: all.flatMap(({ effects }) => effects), rules: all.flatMap(({ rules }) => rules) };
    },
  };
}

function stricter(one: Judgement, other: Judgement): Judgement {
  const decision = strictness[one.decision] >= strictness[other.decision] ? one.decision : other.decision;
  const latch = one.latch?.endsWaiting === true ? one.latch : (other.latch ?? one.latch);
  // Who names a currency knows what was asked in it, also when that is nothing.
  const { notional, currency } = other.currency === undefined && other.notional === undefined ? one : other;
  const told = one.told ?? other.told;
  return {
    decision,
    approvals: decision === 'hold' ? Math.max(one.approvals, other.approvals) : 0,
    reasons: [...one.reasons, ...other.reasons],
    ...(notional === undefined ? {} : { notional }),
    ...(currency === undefined ? {} : { currency }),
    ...(told === undefined ? {} : { told }),
    ...(latch === undefined ? {} : { latch }),
  };
}
