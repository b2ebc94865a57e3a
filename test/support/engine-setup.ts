// Global setup of the suites that need an engine: it must answer and the CLI must be built, or there is a clear reason.
import { existsSync } from 'node:fs';
import { labelledObjects } from './docker.js';
import { builtCli } from './home.js';
import { skipReason } from './requirements.js';

/** Throws where TRADEBOX_REQUIRE demands an engine and none answers, and where the build is missing. */
export function setup(): void {
  const reason = skipReason('docker');
  if (reason !== undefined) {
    process.stderr.write(`tests that need an engine are skipped: ${reason}\n`);
    return;
  }
  if (!existsSync(builtCli))
    throw new Error('dist/main.js is missing: run `npm run build`, or ./scripts/test for everything');
}

/** Says what test boxes are left; each test file cleans its own and fails for it, this is for the reader of the log. */
export function teardown(): void {
  if (skipReason('docker') !== undefined) return;
  const left = labelledObjects('tradebox.box').filter((line) => / tradebox-t-/.test(line));
  if (left.length > 0) process.stderr.write(`left by test boxes: ${left.join(', ')}\n`);
}
