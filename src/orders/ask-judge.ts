// Asks a judge so that its failure never lets an order out, and never keeps one from being held.
import type { AssessmentRecord } from '../audit/order-events.js';
import { deskRule } from './admission.js';
import type { ExitQuestion, Judge, Judgement, Question } from './judge.js';

/** S11: a judge that throws denies. */
export function judgedBy(judge: Judge, question: Question): Judgement {
  try {
    return judge.judge(question);
  } catch {
    const reason = { code: 'RULES_FAILED', message: 'the rules could not be evaluated', rule: deskRule };
    return { decision: 'deny', approvals: 0, reasons: [reason] };
  }
}

/** S11: a judge that throws knows of no exit. */
export function isExitBy(judge: Judge, question: ExitQuestion): boolean {
  try {
    return judge.isExit?.(question) ?? false;
  } catch {
    return false;
  }
}

/** It informs and decides nothing: an order is held without it, too. */
export function assessedBy(judge: Judge, question: Question): { assessment?: AssessmentRecord } {
  try {
    const assessment = judge.assess?.(question);
    return assessment === undefined ? {} : { assessment };
  } catch {
    return {};
  }
}
