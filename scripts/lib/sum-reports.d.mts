// Types of sum-reports.mjs for its test.
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
}
export function tallyOf(report: string | undefined, exitCode: number): Tally;
export function lineOf(tally: Tally): string;
