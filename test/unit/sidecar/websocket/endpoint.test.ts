// The two ends of a WebSocket on sockets that somebody else made.
import net from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { acceptPeer, openPeer, UpgradeDeclined } from '../../../../src/sidecar/websocket/endpoint.js';

const open: net.Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function pairOf(serve: (socket: net.Socket) => void): Promise<net.Socket> {
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return net.connect((server.address() as net.AddressInfo).port, '127.0.0.1');
}

const handshake = { host: 'a.test', port: 443, path: '/x?y=%7e', protocols: [], headers: { host: 'a.test' } };
const limits = { maxMessageBytes: 1000, timeoutMs: 200 };

test('the target is sent as it was decided, and an answer that is no 101 has its status', async () => {
  let head = '';
  const socket = await pairOf((peer) =>
    peer.on('data', (chunk) => {
      head += chunk;
      peer.end('HTTP/1.1 418 No\r\ncontent-length: 0\r\n\r\n');
    }),
  );
  await expect(openPeer(socket, handshake, limits)).rejects.toEqual(new UpgradeDeclined(418));
  expect(head).toContain('GET /x?y=%7e HTTP/1.1\r\n');
  expect(head.toLowerCase()).toContain('host: a.test\r\n');
  expect(head.toLowerCase()).not.toContain('extensions');
});

test.each(['ws://a.test/y', 'ws://b.test/y', '/y'])(
  'S4: a redirect to %s is a no: nothing has decided about another target',
  async (location) => {
    const targets: string[] = [];
    const socket = await pairOf((peer) =>
      peer.on('data', (chunk) => {
        targets.push(...(String(chunk).match(/^GET \S+/gm) ?? []));
        peer.write(`HTTP/1.1 302 Found\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`);
      }),
    );
    await expect(openPeer(socket, handshake, limits)).rejects.toEqual(new UpgradeDeclined(302));
    expect(targets).toEqual(['GET /x?y=%7e']);
  },
);

test('an upstream that accepts another key, or says nothing, is none', async () => {
  const wrong = await pairOf((peer) =>
    peer.once('data', () =>
      peer.write(
        'HTTP/1.1 101 OK\r\nupgrade: websocket\r\nconnection: Upgrade\r\nsec-websocket-accept: AAAA\r\n\r\n',
      ),
    ),
  );
  await expect(openPeer(wrong, handshake, limits)).rejects.toThrow('Accept');
  await expect(openPeer(await pairOf(() => {}), handshake, limits)).rejects.toThrow('UPSTREAM_TIMEOUT');
});

test('a bound of nothing is no absent bound', async () => {
  const key = Buffer.alloc(16).toString('base64');
  // A masked text of two bytes.
  const socket = await pairOf((peer) => peer.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x61, 0x61])));
  const peer = acceptPeer(socket, { path: '/', key, protocol: '' }, { maxMessageBytes: 0 });
  const broken = new Promise((resolve, reject) => {
    peer?.on('error', resolve);
    peer?.on('message', () => reject(new Error('the message was taken')));
  });
  peer?.resume();
  expect(await broken).toMatchObject({ code: 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH' });
});

test('a socket that is gone is no peer', async () => {
  const socket = await pairOf(() => {});
  socket.destroy();
  const key = Buffer.alloc(16).toString('base64');
  expect(acceptPeer(socket, { path: '/', key, protocol: '' }, limits)).toBeUndefined();
});
