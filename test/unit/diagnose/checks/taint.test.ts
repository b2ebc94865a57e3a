import { expect, test } from 'vitest';
import { taintCheck } from '../../../../src/diagnose/checks/taint.js';
import { fakeBox, fakeContext } from '../fake-context.js';

const evidence = {
  cause: 'decoy-misuse',
  severity: 'taint',
  message: 'in the head',
  at: '2026-01-01',
} as const;

async function run(isTainted: boolean, taints: (typeof evidence)[]) {
  const status = { ...(await fakeBox().status()), isTainted, taints };
  return taintCheck.run(fakeContext({ box: fakeBox({ status: async () => status }) }));
}

test('evidence is shown with its remedy; a box without any passes', async () => {
  expect((await run(false, [])).status).toBe('pass');
  expect(await run(true, [evidence])).toMatchObject({
    status: 'warn',
    observed: expect.stringContaining('tainted, no order leaves: 1 pieces of evidence; last decoy-misuse'),
    remedy: expect.stringContaining('tradebox reset fake'),
  });
  expect((await run(false, [evidence])).observed).toMatch(/^not tainted/);
});
