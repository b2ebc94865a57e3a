import net from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import {
  ClientConnection,
  type ClientLimits,
  type ConnectionHandler,
  defaultClientLimits,
} from '../../../../src/sidecar/http1/client-connection.js';
import { eventually, rawClient } from '../../../support/sidecar-box.js';

const servers: net.Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server side under test, a client, and what the handler was told. */
async function setUp(
  limits: Partial<ClientLimits> = {},
  onRequest: (connection: ClientConnection, target: string) => void = () => {},
) {
  const told: string[] = [];
  const handler: ConnectionHandler = {
    onRequest: (head) => {
      told.push(`${head.method} ${head.target}`);
      onRequest(connection, head.target);
    },
    onBody: (data) => told.push(`body ${data}`),
    onBodyEnd: () => told.push('end'),
    onMalformed: ({ code }) => told.push(code),
    onDrain: () => told.push('drain'),
    onAbort: () => told.push('abort'),
  };
  let connection = undefined as unknown as ClientConnection;
  const server = net.createServer((socket) => {
    connection = new ClientConnection(socket, handler, { ...defaultClientLimits, ...limits });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = rawClient(net.connect((server.address() as net.AddressInfo).port, '127.0.0.1'));
  await new Promise<void>((resolve) => client.socket.once('connect', () => resolve()));
  while (connection === undefined) await new Promise((resolve) => setImmediate(resolve));
  return { told, client, connection };
}
const pause = () => new Promise((resolve) => setTimeout(resolve, 30));
const get = (target: string) => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;
const post = (target: string, body: string) =>
  `POST ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

test('one request at a time: the next one waits for the answer to the first', async () => {
  const { told, client, connection } = await setUp();
  client.write(get('/1') + post('/2', 'xy') + get('/3'));
  await pause();
  expect(told).toEqual(['GET /1']);
  connection.write('one');
  connection.finish(true);
  expect(told.slice(1)).toEqual(['POST /2', 'body xy', 'end']);
  connection.finish(true);
  expect(told.at(-1)).toBe('GET /3');
  connection.finish(false);
  expect(await client.ended).toBe('one');
});

test('answers given at once are no deep recursion', async () => {
  let count = 0;
  const { client } = await setUp({}, (connection) => {
    count += 1;
    connection.write('.');
    connection.finish(true);
  });
  client.write(get('/').repeat(5000));
  await client.until('.'.repeat(5000));
  expect(count).toBe(5000);
});

test('a paused body waits, also for what is in hand', async () => {
  const { told, client, connection } = await setUp({}, (one) => one.pauseBody());
  client.write(post('/', 'hello'));
  await pause();
  expect(told).toEqual(['POST /']);
  connection.resumeBody();
  expect(told).toEqual(['POST /', 'body hello', 'end']);
});

test('what is pipelined is bounded', async () => {
  const { connection, client } = await setUp({ maxPipelinedBytes: 1000 });
  client.write(get('/') + 'x'.repeat(5000));
  await pause();
  expect(connection.socket.isPaused()).toBe(true);
});

test('a refused request with an open body ends the connection after its answer', async () => {
  const { client, told } = await setUp({ maxDiscardBytes: 10_000 }, (connection) => {
    connection.write('no');
    connection.finish(true);
  });
  client.write(
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n`,
  );
  expect(await client.ended).toBe('no');
  expect(told).toEqual(['POST /']);
});

test('malformed bytes end reading', async () => {
  const { told, client, connection } = await setUp();
  client.write(`GET / HTTP/1.0\r\n\r\n${get('/next')}`);
  await pause();
  client.write(get('/more'));
  await pause();
  expect(told).toEqual(['BAD_VERSION']);
  connection.finish(false);
  await client.ended;
  expect(told).toEqual(['BAD_VERSION']);
});

test.each([
  ['before a request', '', []],
  [
    'during a body',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nx',
    ['POST /', 'body x', 'abort'],
  ],
  ['before the answer', get('/'), ['GET /', 'abort']],
])('a client that leaves %s', async (_when, bytes, expected) => {
  for (const leave of ['end', 'destroy'] as const) {
    const { told, client, connection } = await setUp();
    client.write(bytes);
    await pause();
    client.socket[leave]();
    await pause();
    expect(told).toEqual(expected);
    expect(connection.isClosed).toBe(true);
  }
});

const posted = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nx';

// By a clock that stands: how long a busy machine takes for any of it changes nothing.
test.each([
  ['nothing was said', '', 0, false, 1000],
  ['a head is under way', 'GET', 0, false, 1000],
  ['an answer is awaited', get('/'), 1, false, Number.POSITIVE_INFINITY],
  ['the next request is awaited', get('/'), 1, true, 5000],
  ['a body is under way', posted, 2, false, 2000],
])('deadlines: %s', async (_when, bytes, events, finish, endsMs) => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(7_000);
  try {
    const isOpenAfter = async (ms: number): Promise<boolean> => {
      const { told, client, connection } = await setUp({ headMs: 1000, idleMs: 5000, bodyIdleMs: 2000 });
      if (bytes !== '') client.write(bytes);
      await eventually(() => connection.socket.bytesRead === bytes.length && told.length === events);
      await pause();
      if (finish) connection.finish(true);
      connection.checkDeadline(7_000 + ms);
      return !connection.isClosed;
    };
    expect(await isOpenAfter(Math.min(endsMs, 60_000))).toBe(true);
    if (endsMs < 60_000) expect(await isOpenAfter(endsMs + 1)).toBe(false);
  } finally {
    clock.mockRestore();
  }
});

test('a fault in the handler ends its connection only', async () => {
  const { client, told } = await setUp({}, () => {
    throw new Error('a bug');
  });
  client.write(get('/'));
  await client.ended;
  expect(told).toEqual(['GET /', 'abort']);
});

test('a detached socket keeps what was read beyond the request', async () => {
  const { client, connection } = await setUp();
  client.write(`CONNECT a:443 HTTP/1.1\r\n\r\nrest`);
  await pause();
  const socket = connection.detach();
  const data = new Promise((resolve) => socket.once('data', (chunk) => resolve(chunk.toString())));
  socket.resume();
  expect(await data).toBe('rest');
  socket.destroy();
});
