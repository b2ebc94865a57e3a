import { expect, test } from 'vitest';
import { substitutionCheck } from '../../../../src/diagnose/checks/substitution.js';
import { fakeBox, fakeContext } from '../fake-context.js';

const echoing = (digest: string, status = 200) =>
  fakeContext({
    box: fakeBox({
      probe: async (plan) =>
        plan.map(({ id }) => ({
          do: 'https',
          id,
          outcome: 'answered',
          status,
          body: JSON.stringify({ received: { authorization: digest } }),
          detail: '',
        })),
    }),
  });

test('passes when the venue saw the digest of the real value, fails when it saw the decoy or refused', async () => {
  expect((await substitutionCheck.run(echoing('expected'))).status).toBe('pass');
  expect((await substitutionCheck.run(echoing('digest-of-the-decoy'))).status).toBe('fail');
  expect((await substitutionCheck.run(echoing('expected', 403))).status).toBe('fail');
  expect((await substitutionCheck.run(fakeContext())).status).toBe('fail');
});
