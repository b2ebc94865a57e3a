import dgram from 'node:dgram';
import { decode, encode, RECURSION_AVAILABLE, type StringAnswer } from 'dns-packet';
import { afterEach, expect, test } from 'vitest';
import { createResolver } from '../../../src/sidecar/resolver.js';

const sockets: dgram.Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

/** A name server that knows these records; it does not answer for `mute.test`. */
async function startServer(
  records: readonly StringAnswer[],
): Promise<{ servers: string[]; asked: string[] }> {
  const socket = dgram.createSocket('udp4');
  sockets.push(socket);
  const asked: string[] = [];
  socket.on('message', (message, peer) => {
    const { id, questions = [] } = decode(message);
    const [question] = questions;
    if (question === undefined || question.name === 'mute.test') return;
    asked.push(`${question.type} ${question.name}`);
    const answers = records.filter(({ name, type }) => name === question.name && type === question.type);
    socket.send(
      encode({ id: id ?? 0, type: 'response', flags: RECURSION_AVAILABLE, questions, answers }),
      peer.port,
    );
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { servers: [`127.0.0.1:${socket.address().port}`], asked };
}

const records: StringAnswer[] = [
  { name: 'both.test', type: 'A', data: '1.1.1.1' },
  { name: 'both.test', type: 'AAAA', data: '2606:4700::1' },
  { name: 'six.test', type: 'AAAA', data: '2606:4700::2' },
];

test('IPv4 comes first, IPv6 where there is none, else nothing', async () => {
  const { servers, asked } = await startServer(records);
  const resolve = createResolver({ timeoutMs: 500, tries: 1, servers });
  expect(await resolve('both.test')).toEqual(['1.1.1.1']);
  expect(await resolve('six.test')).toEqual(['2606:4700::2']);
  await expect(resolve('none.test')).rejects.toThrow();
  expect(asked).toEqual(['A both.test', 'A six.test', 'AAAA six.test', 'A none.test', 'AAAA none.test']);
});

test('a server that says nothing is waited for only so long, and /etc/hosts is not asked', async () => {
  const { servers } = await startServer(records);
  const resolve = createResolver({ timeoutMs: 50, tries: 1, servers });
  const startMs = performance.now();
  await expect(resolve('mute.test')).rejects.toThrow();
  expect(performance.now() - startMs).toBeLessThan(5000);
  await expect(resolve('localhost')).rejects.toThrow();
});
