// Alerts on the wire: a held order and a kill reach the configured receiver; a private address, a pin and a dead receiver get nothing
// and stop no order.
import { afterEach, expect, test } from 'vitest';
import { type OrderBox, startOrderBox } from '../../../support/order-box.js';
import { answer, eventually, startTestUpstream, type TestUpstream } from '../../../support/sidecar-box.js';

const host = 'hooks.receiver.test';
const url = `https://${host}/services/T0/B0/token-of-the-channel`;
const alertLimits = { gatherMs: 20, gapMs: 20 };
let desk: OrderBox | undefined;
let receiver: TestUpstream | undefined;
afterEach(async () => {
  await desk?.stop();
  await receiver?.close();
  desk = undefined;
  receiver = undefined;
});

const alertsIn = (box: OrderBox) => box.box.events().filter(({ type }) => type.startsWith('alert.'));

test('a held order and a kill are told of; the journal says so without the address', async () => {
  receiver = await startTestUpstream(host, ({ socket }) => void socket.write(answer('ok')));
  const routes = [{ host, address: '127.0.0.1', port: receiver.port, ca: receiver.ca }];
  desk = await startOrderBox(
    { mode: 'propose', approval: { holdMs: 0 }, alerts: [{ kind: 'slack', url, on: ['held', 'stopped'] }] },
    { routes, alertLimits },
  );
  await desk.place();
  await eventually(() => receiver?.receivedText().includes('order held') === true);
  expect(receiver.receivedText()).toMatch(/^POST \/services\/T0\/B0\/token-of-the-channel HTTP\/1\.1\r\n/);
  expect(receiver.receivedText()).toContain('BTC-USDT limit at 50000');
  await desk.box.sidecar.state.orders.kill({ flatten: false, by: 'me' });
  await eventually(() => receiver?.receivedText().includes('trading is HALTED, by me') === true);
  await eventually(() => desk !== undefined && alertsIn(desk).length >= 2);
  expect(alertsIn(desk)[0]).toEqual({ type: 'alert.sent', kind: 'slack', notes: 1 });
  expect(desk.box.journalText()).not.toContain('token-of-the-channel');
  expect(desk.box.journalText()).not.toContain(host);
});

test('what is usual is not forgotten with the sidecar: the first order after it is held against those before', async () => {
  receiver = await startTestUpstream(host, ({ socket }) => void socket.write(answer('ok')));
  const routes = [{ host, address: '127.0.0.1', port: receiver.port, ca: receiver.ca }];
  desk = await startOrderBox(
    { mode: 'propose', approval: { holdMs: 0 }, alerts: [{ kind: 'json', url, on: ['large'] }] },
    { routes, alertLimits },
  );
  for (let step = 0; step < 5; step += 1) await desk.place({ px: `${50_000 + step}` });
  await desk.restart();
  await desk.place({ sz: '0.002' });
  await desk.place({ sz: '0.1' });
  await eventually(() => receiver?.receivedText().includes('order above normal size') === true);
  expect(receiver.receivedText().match(/order above normal size/g)).toHaveLength(1);
});

test('a loosening that waits for a yes, and an account below a line, are told of without any order', async () => {
  receiver = await startTestUpstream(host, ({ socket }) => void socket.write(answer('ok')));
  const routes = [{ host, address: '127.0.0.1', port: receiver.port, ca: receiver.ca }];
  desk = await startOrderBox(
    {
      guardrails: { version: 1, notional: { max: 10 } },
      alerts: [{ kind: 'json', url, on: ['guardrails', 'balance'], balanceBelow: '999999999' }],
    },
    { routes, alertLimits, accountWatchMs: 50 },
  );
  const { orders } = desk.box.sidecar.state;
  orders.loadGuardrails({ guardrails: { version: 1 }, confirmed: [], by: 'ann' });
  await eventually(() => receiver?.receivedText().includes('looser notional') === true);
  await eventually(() => /the account is worth \d+/.test(receiver?.receivedText() ?? ''));
  expect(orders.list(1).guardrailsProblem).toBe('not confirmed by a human: looser notional');
  expect(desk.events().some(({ type }) => type === 'account.equity')).toBe(true);
  expect(receiver.receivedText().match(/the account is worth/g)).toHaveLength(1);
});

test('neither a private address nor a pin is dialled; the order passes all the same, and the failure is journaled', async () => {
  receiver = await startTestUpstream(host, ({ socket }) => void socket.write(answer('ok')));
  desk = await startOrderBox(
    {
      alerts: [{ kind: 'json', url, dailyOrders: 1 }],
      pins: [{ host, address: '127.0.0.1', port: receiver.port, ca: receiver.ca }],
    },
    { resolve: async () => ['127.0.0.1'], alertLimits },
  );
  expect((await desk.place()).body.code).toBe('0');
  await eventually(() => desk !== undefined && alertsIn(desk).length > 0);
  expect(alertsIn(desk)[0]).toEqual({
    type: 'alert.failed',
    kind: 'json',
    notes: 1,
    problem: 'UPSTREAM_ADDRESS_FORBIDDEN',
  });
  expect(receiver.peers).toHaveLength(0);
});

test('an address that is none ends the start, unquoted', async () => {
  const starting = startOrderBox({ alerts: [{ kind: 'ntfy', url: 'https://10.0.0.1/topic' }] });
  await expect(starting).rejects.toThrow('The address of alert 0 names no host with a public name.');
});

test('without any receiver the control channel tells what one would hear, for the bell of orders watch', async () => {
  desk = await startOrderBox({ mode: 'propose', approval: { holdMs: 0 } });
  for (let step = 0; step < 5; step += 1) await desk.place({ px: `${50_000 + step}` });
  await desk.place({ sz: '0.1' });
  await desk.box.sidecar.state.orders.kill({ flatten: false, by: 'me' });
  const { notes } = desk.box.sidecar.state.orders.list(1);
  expect([...new Set(notes.map(({ trigger }) => trigger))]).toEqual(['held', 'large', 'stopped']);
  expect(notes.find(({ trigger }) => trigger === 'large')?.message).toContain('order above normal size');
});

test('with receivers it tells what one of them wanted', async () => {
  const wish = { kind: 'json', url, on: ['stopped'] } as const;
  desk = await startOrderBox(
    { mode: 'propose', approval: { holdMs: 0 }, alerts: [{ ...wish, on: [...wish.on] }] },
    { alertLimits },
  );
  for (let step = 0; step < 5; step += 1) await desk.place({ px: `${50_000 + step}` });
  await desk.place({ sz: '0.1' });
  await desk.box.sidecar.state.orders.kill({ flatten: false, by: 'me' });
  const { notes } = desk.box.sidecar.state.orders.list(1);
  expect([...new Set(notes.map(({ trigger }) => trigger))]).toEqual(['stopped']);
});
