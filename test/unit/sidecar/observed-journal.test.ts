// Taint in a running sidecar: what it is rebuilt from, what clears it, and what it stops.
import { afterEach, expect, test } from 'vitest';
import { probeCount, probeHosts } from '../../../src/audit/taint.js';
import { systemClock } from '../../../src/core/clock.js';
import { startSidecar } from '../../../src/sidecar/start.js';
import { okx } from '../../../src/venues/okx/okx.js';
import { okxHost, okxRequest } from '../../support/okx-client.js';
import { closeAll, okxDecoys, setUp } from '../../support/relay-box.js';
import { answer, exchange, freePorts, type TestBox } from '../../support/sidecar-box.js';
import { makeDecoys } from '../../support/venue-requests.js';

afterEach(closeAll);

const hello = (peer: { socket: { write(data: Buffer): void } }) => peer.socket.write(answer('{}'));
const taintsIn = (box: TestBox) => box.events().filter(({ type }) => type === 'taint');

/** The taint of a new sidecar over the same journal. */
async function restarted(box: TestBox, patch: { id?: string } = {}) {
  await box.sidecar.state.shutdown('test');
  const [connectPort, httpPort, tlsPort] = (await freePorts(3)) as [number, number, number];
  const sidecar = await startSidecar(
    {
      ...box.settings,
      sandbox: { ...box.settings.sandbox, ...patch },
      network: { ...box.settings.network, connectPort, httpPorts: [httpPort], tlsPorts: [tlsPort] },
    },
    { clock: systemClock },
  );
  const { isTainted, taints } = sidecar.state.status();
  await sidecar.state.shutdown('test');
  return { isTainted, causes: taints.map(({ cause }) => cause) };
}

test('a new sidecar of the box is as tainted as the one before; another box is not', async () => {
  const { box } = await setUp(hello, {}, { mode: 'demo' });
  await exchange(box, okxHost, okxRequest('GET', '/api/v5/account/balance', '', makeDecoys(okx)));
  expect(await restarted(box)).toEqual({ isTainted: true, causes: ['forged-signature'] });
  expect(await restarted(box, { id: 'another' })).toEqual({ isTainted: false, causes: [] });
});

test('an attempt to move funds taints, a question about them does not', async () => {
  const { box } = await setUp(hello, {}, { mode: 'demo' });
  await exchange(box, okxHost, okxRequest('GET', '/api/v5/users/subaccount/apikey', '', okxDecoys));
  expect(taintsIn(box)).toEqual([]);
  await exchange(box, okxHost, okxRequest('POST', '/api/v5/asset/withdrawal', '{}', okxDecoys));
  expect(taintsIn(box)).toMatchObject([{ cause: 'funds-attempt' }]);
  expect(box.sidecar.state.status().isTainted).toBe(true);
});

test('a cause that only warns is told and stops nothing', async () => {
  const { box } = await setUp(hello, {}, { mode: 'demo', taint: { 'funds-attempt': 'warn' } });
  await exchange(box, okxHost, okxRequest('POST', '/api/v5/asset/withdrawal', '{}', okxDecoys));
  const { isTainted, taints } = box.sidecar.state.status();
  expect([isTainted, taints.map(({ severity }) => severity)]).toEqual([false, ['warn']]);
});

test('what the fold finds gets one record, which counts once after a restart', async () => {
  const { box } = await setUp(hello);
  const { journal, state } = box.sidecar;
  journal.append({
    type: 'dns.denied',
    name: 'metadata.google.internal',
    queryType: 'A',
    code: 'HOST_DENIED',
  });
  expect(taintsIn(box)).toMatchObject([{ cause: 'boundary-probe', severity: 'warn' }]);
  for (let index = 0; index < probeCount; index += 1) {
    const message = `address ${index}`;
    journal.append({ type: 'taint', cause: 'boundary-probe', message, severity: 'warn' });
  }
  expect(state.status().isTainted).toBe(true);
  const { length } = state.status().taints;
  expect(await restarted(box)).toMatchObject({ isTainted: true, causes: { length } });
});

test('a burst of denied names gets one record, and counts once after a restart', async () => {
  const { box } = await setUp(hello);
  const { journal, state } = box.sidecar;
  for (let index = 0; index < probeHosts; index += 1) {
    journal.append({ type: 'dns.denied', name: `n${index}.test`, queryType: 'A', code: 'HOST_DENIED' });
  }
  expect(taintsIn(box)).toMatchObject([{ cause: 'boundary-probe' }]);
  expect(state.status().taints).toHaveLength(1);
  expect((await restarted(box)).causes).toEqual(['boundary-probe']);
});
