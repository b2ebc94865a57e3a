import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { perform } from '../../../../src/diagnose/probe/actions.js';

test('tcp: a listener is connected, a closed port is not', async () => {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const action = { do: 'tcp', id: 't', host: '127.0.0.1', port, timeoutMs: 2_000 } as const;
  expect(await perform(action)).toMatchObject({ outcome: 'connected', id: 't' });
  server.close();
  await once(server, 'close');
  expect(await perform(action)).toMatchObject({ outcome: 'failed', detail: 'ECONNREFUSED' });
});

test('udp: an answer counts, silence does not', async () => {
  const echo = createSocket('udp4');
  onTestFinished(() => {
    echo.close();
  });
  let answers = true;
  echo.on('message', (message, from) => answers && echo.send(message, from.port, from.address));
  echo.bind(0, '127.0.0.1');
  await once(echo, 'listening');
  const action = {
    do: 'udp',
    id: 'u',
    host: '127.0.0.1',
    port: echo.address().port,
    payload: 'aGk=',
    timeoutMs: 300,
  } as const;
  expect(await perform(action)).toMatchObject({ outcome: 'answered' });
  answers = false;
  expect(await perform(action)).toMatchObject({ outcome: 'failed', detail: 'timeout' });
});

test('processes: sees this very process with its environment and status', async () => {
  const seen = await perform({ do: 'processes', id: 'p' });
  const own = seen.do === 'processes' ? seen.processes.find(({ pid }) => pid === process.pid) : undefined;
  expect(own?.environment.PATH).toBe(process.env.PATH);
  expect(own?.status).toHaveProperty('CapEff');
});

test('self, dns and https: report what they cannot do instead of throwing', async () => {
  expect(await perform({ do: 'self', id: 's' })).toMatchObject({
    do: 'self',
    addresses: expect.arrayContaining(['127.0.0.1']),
  });
  expect(
    await perform({ do: 'dns', id: 'd', name: 'a.example', server: '127.0.0.1:1', timeoutMs: 200 }),
  ).toMatchObject({ outcome: 'failed' });
  const https = {
    do: 'https',
    id: 'h',
    host: 'a.example',
    port: 1,
    path: '/',
    method: 'GET',
    headers: {},
    ca: '',
    address: '127.0.0.1',
    timeoutMs: 500,
  } as const;
  expect(await perform(https)).toMatchObject({ outcome: 'failed' });
  expect(await perform({ ...https, proxy: { host: '127.0.0.1', port: 1 } })).toMatchObject({
    outcome: 'failed',
  });
});
