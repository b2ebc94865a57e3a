// tradebox kill: what of its options does not go together. What it does stands in test/e2e/orders.test.ts.
import { expect, test } from 'vitest';
import { runProgram } from '../../../../src/cli/program.js';
import { hostProcess, temporaryDir } from '../../../support/host-files.js';

test('--force closes nothing by itself, so it goes with --flatten', async () => {
  const host = hostProcess(temporaryDir(), { input: '' });
  expect(await runProgram(['kill', 'desk', '--force'], host, '1.2.3')).toBe(2);
  expect(host.stderrText()).toContain('it goes with --flatten');
});
