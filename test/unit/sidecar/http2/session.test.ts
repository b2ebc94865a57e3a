import http2 from 'node:http2';
import { afterEach, expect, test } from 'vitest';
import { h2Answer, h2Fetch, h2Session, h2Socket } from '../../../support/http2-client.js';
import { okxHost } from '../../../support/okx-client.js';
import {
  closeAll,
  completedOf,
  decidedOf,
  decoy,
  hello,
  host,
  llmDecoy,
  llmHost,
  quick,
  secret,
  setUp,
  taintsOf,
} from '../../../support/relay-box.js';
import { answer, eventually, tlsClient } from '../../../support/sidecar-box.js';

afterEach(closeAll);

const path = (target = '/v1/x') => ({ ':path': target });

test.each(['tls', 'connect'] as const)(
  'streams by %s are requests like any other, several at once',
  async (way) => {
    const { box, upstream } = await setUp((peer, head) =>
      peer.socket.write(answer(/n=\d/.exec(head)?.[0] ?? '')),
    );
    const session = await h2Session(box, host, way);
    const answers = await Promise.all([1, 2, 3].map((n) => h2Fetch(session, path(`/v1/x?n=${n}`))));
    expect(answers.map(({ status, body }) => [status, body.toString()])).toEqual([
      [200, 'n=1'],
      [200, 'n=2'],
      [200, 'n=3'],
    ]);
    session.close();
    expect(upstream.receivedText()).toContain(`host: ${host}`);
    await eventually(() => completedOf(box).length === 3);
    expect(decidedOf(box)[0]).toMatchObject({
      ingress: way,
      host,
      method: 'GET',
      target: '/v1/x?n=1',
      verdict: 'allow',
    });
  },
);

test.each(['GET', 'POST'])(
  'an empty body of a %s, ended by a frame of its own, ends upstream, too',
  async (method) => {
    const { box } = await setUp((peer) => {
      void peer.until('\r\n\r\n0\r\n\r\n').then(() => peer.socket.write(answer('whole')));
    });
    const session = await h2Session(box, host);
    const got = await h2Fetch(session, { ...path(), ':method': method }, '');
    session.close();
    expect([got.status, got.body.toString()]).toEqual([200, 'whole']);
  },
);

test('the decoy in its place is replaced, and what the upstream reflects of the secret is masked in head and body', async () => {
  const { box, upstream } = await setUp((peer) =>
    peer.socket.write(answer(`you are ${secret}`, `x-echo: ${secret}\r\n`)),
  );
  const session = await h2Session(box, host);
  const got = await h2Fetch(session, {
    ...path(),
    authorization: `Bearer ${decoy}`,
    'accept-encoding': 'gzip',
  });
  session.close();
  expect(upstream.receivedText()).toContain(`authorization: Bearer ${secret}\r\n`);
  expect(upstream.receivedText()).not.toMatch(/gzip/);
  expect(got.headers['x-echo']).toBe('*'.repeat(secret.length));
  expect(got.body.toString()).toBe(`you are ${'*'.repeat(secret.length)}`);
});

test('a decoy at another place, split over cookie crumbs or in the body, is denied and taints', async () => {
  const { box, upstream } = await setUp(hello);
  const session = await h2Session(box, host);
  expect(await h2Fetch(session, path(`/v1/x?k=${encodeURIComponent(decoy)}`))).toMatchObject({ status: 403 });
  expect(await h2Fetch(session, { ...path(), cookie: ['a=1', `b=${decoy}`] })).toMatchObject({ status: 403 });
  expect(await h2Fetch(session, { ...path(), ':method': 'POST' }, `x${decoy}y`)).toMatchObject({
    status: 403,
  });
  session.close();
  expect(taintsOf(box)).toHaveLength(3);
  expect(upstream.receivedText()).not.toContain(decoy);
});

test('venue operations and LLM rules hold on streams, too', async () => {
  const { box, upstream } = await setUp(hello);
  const venue = await h2Session(box, okxHost);
  const refused = await h2Fetch(venue, { ':path': '/api/v5/asset/withdrawal', ':method': 'POST' }, '{}');
  expect(refused.status).toBe(403);
  expect(decidedOf(box).at(-1)).toMatchObject({ code: 'OPERATION_FUNDS', venue: 'okx' });
  venue.close();
  const model = await h2Session(box, llmHost);
  expect(await h2Fetch(model, { ':path': '/v1/messages', ':method': 'POST' }, '{}')).toMatchObject({
    status: 403,
  });
  const chat = `the history quotes ${decoy}`;
  const ok = await h2Fetch(
    model,
    { ':path': '/v1/messages', ':method': 'POST', 'x-api-key': llmDecoy },
    chat,
  );
  expect(ok.status).toBe(200);
  model.close();
  expect(upstream.receivedText()).toContain(chat);
});

test('an authority that is not the connection’s own is refused and journaled', async () => {
  const { box, upstream } = await setUp(hello);
  const session = await h2Session(box, host);
  const got = await h2Fetch(session, { ...path(), ':authority': 'lies.example.test' });
  const twice = await h2Fetch(session, { ...path(), ':authority': host, host: 'lies.example.test' });
  session.close();
  expect([got.status, twice.status]).toEqual([400, 400]);
  expect(decidedOf(box).map(({ code }) => code)).toEqual(['AUTHORITY_MISMATCH', 'HOST_DUPLICATE']);
  expect(upstream.receivedText()).toBe('');
});

test('an event stream passes piece by piece, and an upload is answered after its last byte', async () => {
  let push = (_text: string): void => {};
  const { box, upstream } = await setUp((peer, head) => {
    if (head.startsWith('POST')) {
      void peer.until('the end').then(() => peer.socket.write(answer('got it')));
      return;
    }
    peer.socket.write(
      'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    push = (text) => void peer.socket.write(`${text.length.toString(16)}\r\n${text}\r\n`);
  });
  const session = await h2Session(box, host);
  const events = session.request(path());
  const next = () =>
    new Promise<string>((resolve) => events.once('data', (data: Buffer) => resolve(data.toString())));
  await new Promise((resolve) => events.once('response', resolve));
  for (const text of ['data: 1\n\n', 'data: 2\n\n']) {
    const came = next();
    push(text);
    expect(await came).toBe(text);
  }
  events.close();
  const upload = session.request({ ...path(), ':method': 'POST' }, { endStream: false });
  upload.write('the beginning, ');
  await eventually(() => upstream.receivedText().includes('the beginning'));
  upload.end('the end\n');
  const got = await h2Answer(upload);
  expect([got.status, got.body.toString()]).toEqual([200, 'got it']);
  expect(upstream.receivedText()).toContain('transfer-encoding: chunked');
  session.close();
});

test('trailers of an answer pass, scrubbed', async () => {
  const { box } = await setUp((peer) =>
    peer.socket.write(
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nx-sum: 7\r\nx-echo: ${secret}\r\n\r\n`,
    ),
  );
  const session = await h2Session(box, host);
  const got = await h2Fetch(session, path());
  session.close();
  expect(got.body.toString()).toBe('ok');
  expect({ ...got.trailers }).toMatchObject({ 'x-sum': '7', 'x-echo': '*'.repeat(secret.length) });
});

test('an answer that breaks off upstream breaks off here, and other streams go on', async () => {
  const { box } = await setUp((peer, head) => {
    if (!head.includes('broken')) peer.socket.write(answer('whole'));
    else peer.socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nonly a part');
  });
  const session = await h2Session(box, host);
  const broken = await h2Fetch(session, path('/v1/broken'));
  expect(broken.rstCode).toBe(http2.constants.NGHTTP2_INTERNAL_ERROR);
  expect((await h2Fetch(session, path())).body.toString()).toBe('whole');
  session.close();
  await eventually(() => completedOf(box).length === 2);
  expect(completedOf(box)[0]).toMatchObject({ error: 'UPSTREAM_RESET' });
});

test('a client that resets stream after stream is sent away', async () => {
  const { box } = await setUp(() => {});
  const session = await h2Session(box, host);
  const ended = new Promise<void>((resolve) => session.once('close', () => resolve()));
  const goaways: number[] = [];
  session.on('goaway', (code: number) => goaways.push(code));
  for (let count = 0; count < 400 && !session.destroyed; count += 1) {
    const stream = session.request(path());
    stream.on('error', () => {});
    await new Promise((resolve) => setImmediate(resolve));
    stream.close(http2.constants.NGHTTP2_CANCEL);
  }
  await ended;
  expect(goaways).toEqual([http2.constants.NGHTTP2_ENHANCE_YOUR_CALM]);
  await eventually(() =>
    box.events().some((event) => event.type === 'connection.denied' && event.code === 'HTTP2_RESET_FLOOD'),
  );
  const other = await h2Session(box, host);
  expect(other.destroyed).toBe(false);
  other.destroy();
});

const frame = (type: number, flags: number, stream: number, payload: Buffer) => {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};
const preface = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  frame(4, 0, 0, Buffer.alloc(0)),
]);
const settings = frame(4, 0, 0, Buffer.from('000300000064', 'hex'));

test.each([
  ['settings', settings, 2000],
  ['pings', frame(6, 0, 0, Buffer.alloc(8)), 60_000],
  // An endless header block: HEADERS without END_HEADERS, then CONTINUATION after CONTINUATION.
  ['continuations', frame(9, 0, 1, Buffer.alloc(16, 0x82)), 60_000],
  ['empty data', frame(0, 0, 1, Buffer.alloc(0)), 60_000],
])('a flood of %s ends the connection; the box stays up', async (kind, flood, count) => {
  const { box } = await setUp(hello);
  const socket = await h2Socket(box, host);
  socket.on('error', () => {});
  const ended = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.write(preface);
  socket.resume();
  if (kind === 'continuations') socket.write(frame(1, 1, 1, Buffer.alloc(1, 0x82)));
  if (kind === 'empty data') {
    const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
    const block = Buffer.concat([
      Buffer.from([0x83, 0x87, 0x44]),
      text('/v1/x'),
      Buffer.from([0x41]),
      text(host),
    ]);
    socket.write(frame(1, 4, 1, block));
  }
  for (let sent = 0; sent < count && !socket.destroyed; sent += 1000) {
    socket.write(Buffer.concat(Array.from({ length: 1000 }, () => flood)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await ended;
  const session = await h2Session(box, host);
  expect((await h2Fetch(session, path())).status).toBe(200);
  session.close();
});

test('an idle session, one that stalls in a body and one that does not read are ended', async () => {
  const { box } = await setUp(hello, quick);
  const idle = await h2Session(box, host);
  await new Promise((resolve) => idle.once('close', resolve));
  const slow = await h2Session(box, host);
  const stream = slow.request({ ...path(), ':method': 'POST', 'content-length': '10' }, { endStream: false });
  stream.write('abc');
  expect((await h2Answer(stream)).rstCode).toBe(http2.constants.NGHTTP2_INTERNAL_ERROR);
  slow.destroy();
});

test('trailers of a request pass, but none that authenticates; a decoy in them is misuse, by HTTP/1.1 and by HTTP/2', async () => {
  const { box, upstream } = await setUp(
    (peer) => void peer.until('x-sum').then(() => peer.socket.write(answer('ok'))),
  );
  const session = await h2Session(box, host);
  const send = (trailers: Record<string, string>, on = session, head = {}) => {
    const stream = on.request(
      { ...path(), ':method': 'POST', ...head },
      { endStream: false, waitForTrailers: true },
    );
    stream.on('wantTrailers', () => stream.sendTrailers(trailers));
    stream.end('body\n');
    return h2Answer(stream);
  };
  expect(await send({ 'x-sum': '7', authorization: 'Bearer x' })).toMatchObject({ status: 200 });
  expect(upstream.receivedText()).toContain('5\r\nbody\n\r\n0\r\nx-sum: 7\r\n\r\n');
  expect(await send({ 'x-sum': decoy })).toMatchObject({ status: 403 });
  session.close();
  // The model's key goes in a field of its own, and there alone.
  const model = await h2Session(box, llmHost);
  const withKey = { 'x-api-key': llmDecoy };
  expect(await send({ 'x-sum': '8', 'x-api-key': 'x' }, model, withKey)).toMatchObject({ status: 200 });
  expect(upstream.receivedText()).toContain('0\r\nx-sum: 8\r\n\r\n');
  model.close();
  const client = await tlsClient(box, host);
  const chunked = `POST /v1/x HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nx\n\r\n0\r\n`;
  client.write(`${chunked}X-Sum: ${decoy}\r\n\r\n`);
  expect(await client.until('HTTP/1.1')).toContain('403 Forbidden');
  expect(taintsOf(box)).toHaveLength(2);
  expect(upstream.receivedText()).not.toContain(decoy);
});
