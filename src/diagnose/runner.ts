// Runs checks in order and sums them up. A check that throws has failed: what cannot be proven does not hold (S11).
import { messageOf } from '../core/errors.js';
import type { Check, CheckContext, CheckResult } from './check.js';

export interface CheckReport extends CheckResult {
  id: string;
  proves: string;
  invariants: readonly string[];
  durationMs: number;
}

/** Runs every check; `onReport` is called after each. */
export async function runChecks(
  checks: readonly Check[],
  context: CheckContext,
  onReport: (report: CheckReport) => void = () => {},
): Promise<readonly CheckReport[]> {
  const reports: CheckReport[] = [];
  for (const check of checks) {
    const startMs = performance.now();
    const result = await runOne(check, context);
    const report = {
      id: check.id,
      proves: check.proves,
      invariants: check.invariants,
      ...result,
      durationMs: Math.round(performance.now() - startMs),
    };
    reports.push(report);
    onReport(report);
  }
  return reports;
}

/** True when nothing failed. */
export function boundaryHolds(reports: readonly CheckReport[]): boolean {
  return reports.length > 0 && reports.every((report) => report.status !== 'fail');
}

async function runOne(check: Check, context: CheckContext): Promise<CheckResult> {
  try {
    return await check.run(context);
  } catch (error) {
    return {
      status: 'fail',
      observed: `the check could not finish: ${messageOf(error)}`,
      remedy: 'Run `tradebox diagnose` again; if it stays, `tradebox reset` the box and report it.',
    };
  }
}
