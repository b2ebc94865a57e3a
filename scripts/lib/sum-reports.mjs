// Adds up the suites' JSON reports and prints the last line of ./scripts/test; exits 1 when anything failed.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** @typedef {{passed: number, failed: number, skipped: number}} Tally */

/**
 * The tally of one suite. A suite that ended badly without naming a failed test (it did not load, its setup threw, a
 * promise was dropped) counts as one failure: nothing that went wrong may add up to zero.
 * @param {string | undefined} report JSON text of vitest's report or of check.mjs
 * @param {number} exitCode of the suite's process
 * @returns {Tally}
 */
export function tallyOf(report, exitCode) {
  const tally = { passed: 0, failed: 0, skipped: 0 };
  if (report !== undefined) {
    const { testResults } = JSON.parse(report);
    for (const { status, assertionResults } of testResults) {
      const count = (...states) => assertionResults.filter((result) => states.includes(result.status)).length;
      const failed = count('failed');
      tally.passed += count('passed');
      tally.skipped += count('skipped', 'pending', 'todo', 'disabled');
      tally.failed += status === 'failed' && failed === 0 ? 1 : failed;
    }
  }
  if (exitCode !== 0 && tally.failed === 0) tally.failed = 1;
  return tally;
}

/** Reads `<directory>/<suite>.json` and `.status` for each suite and prints a line each, then the sum. */
function main(directory, suites) {
  const sum = { passed: 0, failed: 0, skipped: 0 };
  for (const suite of suites) {
    const file = path.join(directory, `${suite}.json`);
    const report = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    const tally = tallyOf(report, Number(readFileSync(path.join(directory, `${suite}.status`), 'utf8')));
    console.log(`  ${suite.padEnd(12)} ${lineOf(tally)}`);
    for (const key of Object.keys(sum)) sum[key] += tally[key];
  }
  console.log(lineOf(sum));
  return sum.failed === 0 ? 0 : 1;
}

/** @param {Tally} tally */
export function lineOf({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [directory, ...suites] = process.argv.slice(2);
  process.exitCode = main(directory, suites);
}
