import dgram from 'node:dgram';
import dns from 'node:dns';
import { decode, encode, RECURSION_AVAILABLE, type StringAnswer } from 'dns-packet';
import { afterEach, expect, test, vi } from 'vitest';
import { createResolver } from '../../../src/sidecar/resolver.js';

const sockets: dgram.Socket[] = [];
afterEach(() => {
  vi.restoreAllMocks();
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

test.each<[string, string[], boolean]>([
  ["systemd-resolved's, copied into the container", ['127.0.0.53'], true],
  ['one of two on a loopback address', ['10.0.0.2', '127.0.0.1:5353'], true],
  ['of IPv6 on the loopback address', ['::1'], true],
  ["Docker's own", ['127.0.0.11'], false],
  ['of the network', ['10.0.0.2'], false],
])("the host's servers are asked instead of the file's: %s", (_name, own, instead) => {
  const { prototype } = dns.promises.Resolver;
  vi.spyOn(prototype, 'getServers').mockReturnValue(own);
  const set = vi.spyOn(prototype, 'setServers');
  createResolver({ hostServers: ['10.0.0.9'] });
  expect(set.mock.calls).toEqual(instead ? [[['10.0.0.9']]] : []);
  createResolver(); // the host knows none
  expect(set).toHaveBeenCalledTimes(instead ? 1 : 0);
});
