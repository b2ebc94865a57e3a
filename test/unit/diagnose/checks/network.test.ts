import { expect, test } from 'vitest';
import {
  negativeControlCheck,
  networkCheck,
  planForbidden,
} from '../../../../src/diagnose/checks/network.js';
import { fakeBox, fakeContext, probeThatReaches } from '../fake-context.js';

const sidecarOnly = probeThatReaches((action) => action.id === 'sidecar');

test('passes only when the sidecar answers and nothing else does', async () => {
  expect(await networkCheck.run(fakeContext({ box: fakeBox({ probe: sidecarOnly }) }))).toMatchObject({
    status: 'pass',
  });
  const silent = await networkCheck.run(
    fakeContext({ box: fakeBox({ probe: probeThatReaches(() => false) }) }),
  );
  expect(silent).toMatchObject({ status: 'fail', observed: expect.stringContaining('proves nothing') });
});

test('every single forbidden target fails the check when it gets through', async () => {
  const plan = planForbidden(fakeContext(), { tcpPort: 1, udpPort: 2 });
  expect(plan.length).toBeGreaterThan(10);
  for (const target of plan) {
    const index = plan.indexOf(target);
    const result = await networkCheck.run(
      fakeContext({
        box: fakeBox({
          probe: async (actions) =>
            sidecarOnly(actions).then((seen) =>
              seen.map((one, at) =>
                at === index && 'outcome' in one ? { ...one, outcome: 'connected' as never } : one,
              ),
            ),
        }),
      }),
    );
    expect(result.status, target.id).toBe('fail');
  }
});

test('the gateway of the box and every host address are among the targets', () => {
  const hosts = planForbidden(fakeContext({ box: fakeBox({ agentAddress: '10.87.3.35' }) }), {
    tcpPort: 1,
    udpPort: 2,
  }).map((action) => ('host' in action ? action.host : ''));
  expect(hosts).toEqual(expect.arrayContaining(['10.87.3.33', '192.168.7.7', '169.254.169.254']));
});

test('a probe that skips targets does not pass', async () => {
  const result = await networkCheck.run(
    fakeContext({ box: fakeBox({ probe: async (plan) => (await sidecarOnly(plan)).slice(-1) }) }),
  );
  expect(result.status).toBe('fail');
});

test('the negative control fails when the weakened box reaches nothing', async () => {
  expect(
    (
      await negativeControlCheck.run(
        fakeContext({ probeWeakened: async (plan) => probeThatReaches(() => true)(plan('10.0.0.1')) }),
      )
    ).status,
  ).toBe('pass');
  expect(
    (
      await negativeControlCheck.run(
        fakeContext({ probeWeakened: async (plan) => probeThatReaches(() => false)(plan('10.0.0.1')) }),
      )
    ).status,
  ).toBe('fail');
});
