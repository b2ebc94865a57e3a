import { expect, test } from 'vitest';
import { clockCheck, distanceMs } from '../../../../src/diagnose/checks/clock.js';
import { fakeBox, fakeContext } from '../fake-context.js';

const agentAt = (nowMs: number) =>
  fakeContext({
    box: fakeBox({
      probe: async () => [{ do: 'self', id: 'self', nowMs, addresses: [], routes: [], nameservers: [] }],
    }),
  });

test('distance is zero inside the interval', () => {
  expect([distanceMs(5, 0, 10), distanceMs(-3, 0, 10), distanceMs(14, 0, 10)]).toEqual([0, 3, 4]);
});

test('a skew beyond the tolerance fails, either way', async () => {
  expect((await clockCheck.run(agentAt(1_000))).status).toBe('pass');
  expect((await clockCheck.run(agentAt(4_000))).status).toBe('fail');
  expect((await clockCheck.run(agentAt(-2_000))).status).toBe('fail');
});
