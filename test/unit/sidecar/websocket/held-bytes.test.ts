// A14: the memory that messages on all WebSockets share, attacked from both sides with messages that never end, or that nobody reads.
import { afterEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Peer } from '../../../../src/sidecar/websocket/endpoint.js';
import { alwaysHeldBytes, HeldBytes } from '../../../../src/sidecar/websocket/held-bytes.js';
import { decoy, host } from '../../../support/relay-box.js';
import { eventually } from '../../../support/sidecar-box.js';
import {
  closedOf,
  closeSockets,
  messagesOf,
  openSocket,
  type SocketClient,
  setUpSockets,
} from '../../../support/socket-box.js';

afterEach(closeSockets);

const authorized = { headers: { authorization: `Bearer ${decoy}` } };
const megabyte = 1_048_576;
const socketLimits = { maxHeldBytes: 2 * megabyte };

async function open(count: number, ...[serve, limits]: [((peer: WebSocket) => void)?, object?]) {
  const { box, upstream } = await setUpSockets(serve, { socketLimits: { ...socketLimits, ...limits } });
  const clients: SocketClient[] = [];
  for (let index = 0; index < count; index += 1)
    clients.push(await openSocket(box, host, '/v1/x', authorized));
  return { box, upstream, clients };
}

const openOf = (clients: readonly SocketClient[]) =>
  clients.filter(({ peer }) => peer.readyState === WebSocket.OPEN);

/** As one frame that lacks its end, in large fragments, in tiny ones, or in tiny ones between pongs. */
const unfinished: Record<string, (peer: WebSocket) => void> = {
  'in one frame': (peer) => {
    const head = Buffer.alloc(14);
    head.writeUInt16BE(peer.url === '' || peer.url === undefined ? 0x827f : 0x82ff);
    head.writeUInt32BE(4 * megabyte, 6);
    const socket = (peer as unknown as { _socket: { write(bytes: Buffer): void } })._socket;
    socket.write(peer.url === '' || peer.url === undefined ? head.subarray(0, 10) : head);
    socket.write(Buffer.alloc(700_000));
  },
  'in fragments': (peer) => {
    for (let index = 0; index < 7; index += 1) peer.send(Buffer.alloc(100_000), { fin: false });
  },
  'in fragments of a byte, which cost more than they carry': (peer) => {
    for (let index = 0; index < 2000; index += 1) peer.send(Buffer.alloc(1), { fin: false });
  },
  'in few fragments between pongs, each of which keeps what it came in': (peer) => {
    for (let index = 0; index < 40; index += 1) {
      peer.send(Buffer.alloc(1), { fin: false });
      for (let pongs = 0; pongs < 140; pongs += 1) peer.pong(Buffer.alloc(125));
    }
  },
};

for (const [how, send] of Object.entries(unfinished)) {
  test.each(['agent', 'upstream'])(`A14: the %s cannot fill the memory with messages ${how}`, async (who) => {
    const { box, upstream, clients } = await open(6);
    const peers = who === 'agent' ? clients.map(({ peer }) => peer) : upstream.peers;
    for (const peer of peers.slice(0, 5)) {
      send(peer);
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    await eventually(() => closedOf(box).length > 0);
    expect(closedOf(box)[0]).toMatchObject({ by: 'sidecar', code: 1013, error: 'MEMORY_FULL', refused: 1 });
    expect(messagesOf(box)[0]).toMatchObject({ verdict: 'deny', code: 'MEMORY_FULL' });
    const ended = clients.find(({ peer }) => peer.readyState !== WebSocket.OPEN);
    expect((await ended?.closed)?.code).toBe(1013);
    // Some are held, as they may be; and small messages pass beside them.
    expect(openOf(clients).length).toBeGreaterThan(1);
    clients[5]?.peer.send('beside them');
    expect(await clients[5]?.until('beside')).toBe('beside them');
    // When those that hold it are gone, all of it is there again.
    for (const { peer } of clients.slice(0, 5)) peer.terminate();
    await eventually(() => closedOf(box).length === 5);
    clients[5]?.peer.send(`${'x'.repeat(400_000)} after them`);
    expect(await clients[5]?.until('after')).toHaveLength(400_011);
  });
}

test.each(['agent', 'upstream'])(
  'A14: whole messages of the %s that the other side does not read are counted too, as they are and encrypted',
  async (who) => {
    const serve = (peer: WebSocket) => {
      if (who === 'agent') peer.pause();
    };
    // Until it is whole, each of them fits beside all others.
    const { box, upstream, clients } = await open(4, serve, { maxHeldBytes: 60 * megabyte });
    for (const [index, { peer }] of clients.entries()) {
      if (who === 'upstream') peer.pause();
      (who === 'agent' ? peer : upstream.peers[index])?.send(Buffer.alloc(14 * megabyte));
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    await eventually(() => closedOf(box).length > 0);
    expect(closedOf(box)[0]).toMatchObject({ by: 'sidecar', code: 1013, error: 'MEMORY_FULL' });
    expect(closedOf(box).length).toBeLessThan(4);
    // Read after all, it is given back.
    for (const { peer } of [...clients, ...upstream.peers.map((peer) => ({ peer }))]) peer.resume();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const late = await openSocket(box, host, '/v1/x', authorized);
    upstream.peers.at(-1)?.resume();
    const before = closedOf(box).length;
    late.peer.send(Buffer.alloc(10 * megabyte));
    await eventually(() => upstream.received.some((one) => one.length === 10 * megabyte));
    expect(closedOf(box)).toHaveLength(before);
  },
);

test('honest messages side by side pass, any number of them one after the other', async () => {
  const { box, clients } = await open(3);
  const text = 'x'.repeat(150_000);
  for (let round = 0; round < 10; round += 1) {
    for (const { peer } of clients) {
      peer.send(text.slice(0, 75_000), { fin: false });
      peer.ping('between');
      peer.send(text.slice(75_000), { fin: true });
    }
    await eventually(() => clients.every(({ received }) => received.length === round + 1));
  }
  expect(clients.every(({ received }) => received.every((one) => one === text))).toBe(true);
  expect(closedOf(box)).toEqual([]);
});

test('honest messages pass that share what is read at once', async () => {
  const { box, upstream, clients } = await open(1, () => {});
  const { peer } = clients[0] as SocketClient;
  const { _socket: socket } = peer as unknown as { _socket: { cork(): void; uncork(): void } };
  socket.cork();
  for (let index = 0; index < 80; index += 1) peer.send('x'.repeat(100_000));
  socket.uncork();
  await eventually(() => upstream.received.length === 80);
  expect(closedOf(box)).toEqual([]);
});

test('what was held is given back to the byte, and once', () => {
  const listeners: (() => void)[] = [];
  const receiver = { writable: true, _buffers: [], _fragments: [], _bufferedBytes: 0, _fragmented: 0 };
  const socket = { on: (_event: string, listener: () => void) => listeners.push(listener) };
  const peer = { _socket: socket, _receiver: receiver, bufferedAmount: 0 };
  const budget = { leftBytes: 1_000_000 };
  const onFull = vi.fn();
  const held = new HeldBytes(budget, [peer as unknown as Peer], onFull);
  peer.bufferedAmount = 100_000;
  held.check();
  expect(budget.leftBytes).toBe(800_000);
  peer.bufferedAmount = 0;
  for (const listener of listeners.slice(1)) listener();
  expect(budget.leftBytes).toBe(1_000_000);
  expect(onFull).not.toHaveBeenCalled();
  peer.bufferedAmount = 250_001;
  held.check();
  // More than is left for all others.
  expect(onFull).toHaveBeenCalledTimes(1);
  held.end();
  held.end();
  held.check();
  expect(budget.leftBytes).toBe(1_000_000);
  // However little is left.
  const other = new HeldBytes({ leftBytes: 0 }, [peer as unknown as Peer], onFull);
  peer.bufferedAmount = alwaysHeldBytes / 2;
  other.check();
  expect(onFull).toHaveBeenCalledTimes(1);
  peer.bufferedAmount += 1;
  other.check();
  expect(onFull).toHaveBeenCalledTimes(2);
});
