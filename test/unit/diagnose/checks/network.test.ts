import { expect, test } from 'vitest';
import type { CheckContext } from '../../../../src/diagnose/check.js';
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

test('of an engine without root, this machine behind its network is among the targets', () => {
  const { engine } = fakeContext();
  const targets = (rootless: boolean) =>
    planForbidden(fakeContext({ engine: { ...engine, rootless } }), { tcpPort: 1, udpPort: 2 }).map(
      ({ id }) => id,
    );
  const more = ['host 10.0.2.2:1/tcp', 'host 10.0.2.2:2/udp', 'resolver 10.0.2.3'];
  expect(targets(true)).toEqual(expect.arrayContaining(more));
  expect(targets(true)).toHaveLength(targets(false).length + more.length);
});

test('the negative control fails when the weakened box reaches nothing', async () => {
  const asked: string[] = [];
  const probeWeakened =
    (getsThrough: (way: string, host: string) => boolean): CheckContext['probeWeakened'] =>
    async (way, plan) => {
      const actions = plan('10.0.0.1');
      asked.push(...actions.map((action) => `${way} ${'host' in action ? action.host : ''}`));
      return probeThatReaches((action) => 'host' in action && getsThrough(way, action.host))(actions);
    };
  const judged = (getsThrough: (way: string, host: string) => boolean) =>
    negativeControlCheck.run(
      fakeContext({
        probeWeakened: probeWeakened(getsThrough),
        hostAddresses: ['192.168.7.7', '2001:db8::7'],
      }),
    );
  expect((await judged(() => true)).status).toBe('pass');
  expect(asked.splice(0)).toEqual(['internal 10.0.0.1']);
  expect((await judged(() => false)).status).toBe('fail');
  expect(asked.splice(0)).toEqual(['internal 10.0.0.1', 'open 10.0.0.1', 'open 192.168.7.7']);
  // An engine without root: its gateway is not this machine, which is reached as any other.
  expect(await judged((way, host) => way === 'open' && host === '192.168.7.7')).toMatchObject({
    status: 'pass',
    observed: expect.stringContaining('with a way out, reached a listener of this machine at 192.168.7.7'),
  });
});
