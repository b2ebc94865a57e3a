// The name server on real sockets: the system's own resolvers, framing, bounds and closing.
import dgram from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import net from 'node:net';
import { decode, encode, streamEncode } from 'dns-packet';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type DnsServer, startDns } from '../../../src/sidecar/dns.js';

let server: DnsServer;
let denied: string[];

beforeEach(async () => {
  denied = [];
  server = await startDns({
    address: '127.0.0.1',
    port: 0,
    isAllowed: (name) => {
      if (name === 'fails.example') throw new Error('policy fails');
      return name === 'www.okx.com';
    },
    onDenied: (name, type) => denied.push(`${type} ${name}`),
  });
});

afterEach(() => server.close());

const ask = (name: string) => encode({ type: 'query', id: 9, questions: [{ type: 'A', name }] });

const connect = async (): Promise<net.Socket> => {
  const socket = net.connect(server.port, '127.0.0.1');
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
};

/** The socket's end, well before the server's idle timeout would bring it. */
const closed = (socket: net.Socket): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('still open')), 2000);
    socket.once('close', () => {
      clearTimeout(timer);
      resolve(undefined);
    });
  });

test('a resolver gets the address, no IPv6 and no foreign name', async () => {
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${server.port}`]);
  expect(await resolver.resolve4('www.okx.com')).toEqual(['127.0.0.1']);
  await expect(resolver.resolve6('www.okx.com')).rejects.toMatchObject({ code: 'ENODATA' });
  await expect(resolver.resolveTxt('data.evil.example')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  expect(denied).toEqual(['TXT data.evil.example']);
});

test('TCP answers several questions, however their bytes arrive', async () => {
  const socket = await connect();
  const received: Buffer[] = [];
  socket.on('data', (chunk) => received.push(chunk));
  const question = {
    type: 'query' as const,
    id: 9,
    questions: [{ type: 'A' as const, name: 'www.okx.com' }],
  };
  const bytes = Buffer.concat([streamEncode(question), streamEncode(question), streamEncode(question)]);
  for (const byte of bytes.subarray(0, 60)) {
    socket.write(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  socket.write(bytes.subarray(60));
  const replies = await until(
    () => messagesOf(Buffer.concat(received)).length === 3,
    () => messagesOf(Buffer.concat(received)),
  );
  for (const reply of replies) expect(decode(reply).answers).toHaveLength(1);
  socket.destroy();
});

test('an oversize frame and a frame of nonsense end the connection', async () => {
  const oversize = await connect();
  oversize.write(Buffer.from([0xff, 0xff]));
  await closed(oversize);
  const nonsense = await connect();
  nonsense.write(Buffer.from([0, 3, 1, 2, 3]));
  await closed(nonsense);
});

test('connections are bounded', async () => {
  const sockets = await Promise.all(Array.from({ length: 40 }, connect));
  await until(
    () => sockets.filter((socket) => socket.closed).length >= 8,
    () => undefined,
  );
  for (const socket of sockets) socket.destroy();
});

test('nonsense over UDP is survived, a failing policy answers nothing', async () => {
  const socket = dgram.createSocket('udp4');
  const replies: Buffer[] = [];
  socket.on('message', (message) => replies.push(message));
  const send = (bytes: Buffer) =>
    new Promise((resolve) => socket.send(bytes, server.port, '127.0.0.1', resolve));
  await send(Buffer.alloc(0));
  await send(Buffer.from('not a question'));
  await send(Buffer.alloc(9000));
  await send(ask('fails.example'));
  await send(ask('www.okx.com'));
  const last = await until(
    () => replies.some((reply) => decode(reply).id === 9),
    () => replies.at(-1),
  );
  expect(last && decode(last).answers).toHaveLength(1);
  expect(replies.filter((reply) => decode(reply).id === 9)).toHaveLength(1);
  socket.close();
});

test('closing ends open connections and gives the port back', async () => {
  const socket = await connect();
  const ended = closed(socket);
  await server.close();
  await ended;
  const { port } = server;
  server = await startDns({ address: '127.0.0.1', port, isAllowed: () => true, onDenied: () => {} });
  expect(server.port).toBe(port);
});

test('a taken port is a clear failure', async () => {
  const { port } = server;
  const second = startDns({ address: '127.0.0.1', port, isAllowed: () => true, onDenied: () => {} });
  await expect(second).rejects.toMatchObject({
    code: 'SIDECAR_FAILED',
    message: expect.stringContaining(`${port}`),
  });
});

/** The whole messages of a TCP stream. */
function messagesOf(bytes: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  let at = 0;
  while (at + 2 <= bytes.length && at + 2 + bytes.readUInt16BE(at) <= bytes.length) {
    messages.push(bytes.subarray(at + 2, at + 2 + bytes.readUInt16BE(at)));
    at += 2 + bytes.readUInt16BE(at);
  }
  return messages;
}

async function until<T>(isDone: () => boolean, result: () => T): Promise<T> {
  const deadline = Date.now() + 5000;
  while (!isDone()) {
    if (Date.now() > deadline) throw new Error('nothing happened for five seconds');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return result();
}
