import { randomBytes } from 'node:crypto';
import zlib from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { okxHost } from '../../../support/okx-client.js';
import {
  closeAll,
  completedOf,
  decidedOf,
  decoy,
  get,
  hello,
  host,
  listing,
  llmHost,
  placeOrder,
  post,
  quick,
  real,
  secret,
  setUp,
  slowJournal,
} from '../../../support/relay-box.js';
import { answer, eventually, exchange, startTestUpstream, tlsClient } from '../../../support/sidecar-box.js';

afterEach(closeAll);

test('binary bodies pass byte for byte, streamed both ways', async () => {
  const data = randomBytes(400_000);
  const { box, upstream } = await setUp((peer) => {
    void peer.until('END-OF-BODY').then(() => peer.socket.write(answer(data)));
  });
  const client = await tlsClient(box, host);
  client.write(`POST /v1/x HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${data.length + 11}\r\n\r\n`);
  client.write(data);
  client.write('END-OF-BODY');
  await client.until('HTTP/1.1 200');
  await eventually(() => client.received.length > data.length);
  await eventually(() => client.received.subarray(-data.length).equals(data));
  expect(upstream.peers[0]?.received.includes(data)).toBe(true);
});

test('an event stream comes through event by event', async () => {
  const { box, upstream } = await setUp((peer) => {
    peer.socket.write(
      'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n',
    );
    peer.socket.write('9\r\ndata: 1\n\n\r\n');
  });
  const client = await tlsClient(box, host);
  client.write(get());
  await client.until('data: 1\n\n');
  upstream.peers[0]?.socket.write('9\r\ndata: 2\n\n\r\n0\r\n\r\n');
  await client.until('data: 2\n\n');
});

test('A14: an answer whose window finds no memory is a 502 with its reason in the journal', async () => {
  const params = { [zlib.constants.BROTLI_PARAM_LGWIN]: 24 };
  const body = zlib.brotliCompressSync('x', { params });
  const piece = Buffer.concat([Buffer.from('1\r\n'), body.subarray(0, 1), Buffer.from('\r\n')]);
  const { box } = await setUp((peer) => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nTransfer-Encoding: chunked\r\n\r\n';
    peer.socket.write(Buffer.concat([Buffer.from(head), piece]));
  });
  // 16 MB each, and 256 in all.
  for (let count = 0; count < 16; count += 1) {
    const client = await tlsClient(box, host);
    client.write(get());
    await client.until('200 OK');
  }
  const client = await tlsClient(box, host);
  client.write(get());
  expect(await client.until('request_id')).toContain('502 Bad Gateway');
  await eventually(() => completedOf(box).length === 1);
  expect(completedOf(box)[0]).toMatchObject({ status: 502, error: 'DECODING_FULL' });
});

test('100-continue is given when the request is decided, not to a refused one', async () => {
  const { box, upstream } = await setUp((peer) => {
    void peer.until('BODY').then(() => peer.socket.write(answer('got it')));
  });
  for (const fields of ['Content-Length: 4\r\n', 'Content-Length: 70000\r\n']) {
    const client = await tlsClient(box, host);
    client.write(`POST /v1/x HTTP/1.1\r\nHost: ${host}\r\nExpect: 100-continue\r\n${fields}\r\n`);
    expect(await client.until('\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    client.write('BODY');
    if (fields.includes('70000')) client.write('x'.repeat(69_996));
    await client.until('got it');
  }
  expect(upstream.receivedText()).not.toMatch(/expect/i);
  const refused = await tlsClient(box, host);
  refused.write(`POST /admin HTTP/1.1\r\nHost: ${host}\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n`);
  expect(await refused.ended).toMatch(/^HTTP\/1\.1 403 /);
});

// ATTACKS B9, S6.
test('an upstream that reflects the secret gives it to nobody', async () => {
  const { box } = await setUp((peer, head) => {
    const echo = /authorization: Bearer (\S+)/.exec(head)?.[1] ?? '';
    peer.socket.write(
      answer(`you sent ${echo}`, `X-Echo: ${Buffer.from(`:${echo}`).toString('base64')}\r\n`),
    );
  });
  const text = await exchange(box, host, get('/v1/x', `Authorization: Bearer ${decoy}\r\n`));
  expect(text).toContain(`you sent ${'*'.repeat(secret.length)}`);
  expect(text).not.toContain(Buffer.from(`:${secret}`).toString('base64').slice(4, -4));
  await eventually(() => box.sidecar.state.status().counters.scrubbed === 2);
});

// ATTACKS A11.
test("a redirect is the client's to follow, and no credential goes with it", async () => {
  const { box, upstream } = await setUp((peer, head) =>
    peer.socket.write(
      head.includes('/v1/a') ? answer('', `Location: https://${llmHost}/v1/b\r\n`, '302 Found') : answer('b'),
    ),
  );
  expect(await exchange(box, host, get('/v1/a', `Authorization: Bearer ${decoy}\r\n`))).toContain(
    `Location: https://${llmHost}/v1/b`,
  );
  const followed = await exchange(box, llmHost, get('/v1/b', `Authorization: Bearer ${decoy}\r\n`, llmHost));
  expect(followed).toContain('403 Forbidden');
  expect(upstream.receivedText()).not.toContain('/v1/b');
});

// ATTACKS A9.
test.each([['127.0.0.1'], ['169.254.169.254'], ['10.0.0.1'], ['::1'], ['::ffff:10.0.0.1']])(
  'a name that resolves to %s is not dialled',
  async (address) => {
    const resolve = async () => [address];
    const { box } = await setUp(hello, { resolve });
    expect(await exchange(box, 'lies.example.test', get('/', '', 'lies.example.test'))).toContain(
      '502 Bad Gateway',
    );
    expect(completedOf(box)).toMatchObject([{ status: 502, error: 'UPSTREAM_ADDRESS_FORBIDDEN' }]);
  },
);

// ATTACKS B6.
test('an upstream whose certificate does not verify gets nothing', async () => {
  const upstream = await startTestUpstream(host, hello, 'other.example.test');
  const { box } = await setUp(hello, {
    routes: [{ host, address: '127.0.0.1', port: upstream.port, ca: upstream.ca }],
  });
  expect(await exchange(box, host, get('/v1/x', `Authorization: Bearer ${decoy}\r\n`))).toContain(
    '502 Bad Gateway',
  );
  expect(upstream.receivedText()).toBe('');
  expect(completedOf(box)).toMatchObject([{ error: 'UPSTREAM_TLS_UNVERIFIED' }]);
  await upstream.close();
});

test('a POST goes out while its decision goes to disk, but its answer waits', async () => {
  const { control, options } = slowJournal();
  const { box, upstream } = await setUp(hello, options);
  control.holds = true;
  const client = await tlsClient(box, host);
  client.write(post('x'));
  await eventually(() => upstream.receivedText().includes('POST /v1/x'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(client.received.length).toBe(0);
  control.release();
  await client.until('hello');
  client.write(post('y'));
  await eventually(() => upstream.receivedText().match(/POST/g)?.length === 2);
  control.release();
});

test('S10: the decision on a GET is in the file when the upstream sees its request; the disk may follow', async () => {
  const { control, options } = slowJournal();
  const seen: string[] = [];
  const { box } = await setUp((peer) => {
    seen.push(box.journalText());
    peer.socket.write(answer('hello'));
  }, options);
  control.holds = true;
  const client = await tlsClient(box, host);
  client.write(get('/v1/first'));
  await client.until('hello');
  expect(seen[0]).toContain('"target":"/v1/first"');
  expect(seen[0]).toContain('"verdict":"allow"');
  expect(seen[0]).not.toContain('request.completed');
});

test('a decision that cannot be written is not acted on', async () => {
  const { control, options } = slowJournal();
  const { box, upstream } = await setUp(hello, options);
  control.failsToFlush = true;
  expect(await exchange(box, host, get())).toContain('503 Service Unavailable');
  expect(upstream.receivedText()).toBe('');
});

test('two requests in one piece are answered in order, each with its own decision', async () => {
  const { box } = await setUp((peer, request) =>
    peer.socket.write(answer(request.includes('/v1/b') ? 'second' : 'first')),
  );
  const client = await tlsClient(box, host);
  client.write(get('/v1/a') + get('/v1/b'));
  const text = await client.until('second');
  expect(text.indexOf('first')).toBeLessThan(text.indexOf('second'));
  expect(completedOf(box).map(({ status }) => status)).toEqual([200, 200]);
});

test('an answer and the end behind it in one piece are both taken', async () => {
  const { box } = await setUp((peer) =>
    peer.socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end!'),
  );
  expect(await exchange(box, host, get())).toContain('until the end!');
  expect(completedOf(box)).toMatchObject([{ status: 200 }]);
});

test('bytes behind an answer are nobody’s: the next request gets none of them', async () => {
  let count = 0;
  const { box, upstream } = await setUp((peer) => {
    count += 1;
    peer.socket.write(count === 1 ? Buffer.concat([answer('mine'), answer('stray')]) : answer('fresh'));
  });
  const client = await tlsClient(box, host);
  client.write(get());
  await client.until('mine');
  client.write(get());
  expect(await client.until('fresh')).not.toContain('stray');
  expect(upstream.peers.length).toBe(2);
});

test('a denial waits for the disk, too', async () => {
  const { control, options } = slowJournal();
  const { box } = await setUp(hello, options);
  control.holds = true;
  const client = await tlsClient(box, host);
  client.write(get('/admin'));
  await eventually(() => decidedOf(box).length === 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(client.received.length).toBe(0);
  control.release();
  await client.until('403');
});

test('an order leaves only when its decision is on disk', async () => {
  const { control, options } = slowJournal();
  const { box, upstream } = await setUp(listing(hello), options, { mode: 'demo' });
  control.holds = true;
  const client = await tlsClient(box, okxHost);
  client.write(placeOrder());
  await eventually(() => decidedOf(box).length === 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(upstream.receivedText()).not.toContain('POST');
  control.release();
  await client.until('hello');
  expect(upstream.receivedText()).toContain(real.apiKey);
  expect(upstream.receivedText()).toContain('x-simulated-trading: 1');
});

test('when the journal cannot be written nothing passes', async () => {
  const { control, options } = slowJournal();
  const { box, upstream } = await setUp(hello, options);
  control.fails = true;
  expect(await exchange(box, host, get())).toContain('503 Service Unavailable');
  expect(await exchange(box, host, get('/admin'))).toContain('503 Service Unavailable');
  expect(upstream.receivedText()).toBe('');
});

// S8.
test('an order whose answer is lost is never sent again, and its client is told not to', async () => {
  const { box, upstream } = await setUp(
    listing((peer) => peer.socket.destroy()),
    {},
    { mode: 'demo' },
  );
  const text = await exchange(box, okxHost, placeOrder());
  expect(text).toContain('do not send it again');
  expect(upstream.receivedText().match(/POST/g)).toHaveLength(1);
  expect(completedOf(box)).toMatchObject([{ error: 'UPSTREAM_RESET' }]);
});

test('the answer to an order is journaled though its client is gone', async () => {
  const { box, upstream } = await setUp(
    listing(() => {}),
    {},
    { mode: 'demo' },
  );
  const client = await tlsClient(box, okxHost);
  client.write(placeOrder());
  await eventually(() => upstream.receivedText().includes('POST'));
  client.socket.destroy();
  await eventually(() => box.sidecar.state.status().counters.openConnections === 0);
  upstream.peers[0]?.socket.write(answer('{"code":"0"}'));
  await eventually(() => completedOf(box).length === 1);
  expect(completedOf(box)).toMatchObject([{ status: 200 }]);
});

test('a read whose client is gone is let go of', async () => {
  const { box, upstream } = await setUp(() => {});
  const client = await tlsClient(box, host);
  client.write(get());
  await eventually(() => upstream.receivedText().includes('GET'));
  client.socket.destroy();
  await eventually(() => completedOf(box).length === 1);
  expect(completedOf(box)).toMatchObject([{ status: 0, error: 'CLIENT_GONE' }]);
  await eventually(() => upstream.peers[0]?.socket.destroyed === true);
});

test('a GET on a pooled connection that died is sent once more, a POST is not', async () => {
  let drop = false;
  const { box, upstream } = await setUp((peer) => {
    if (drop && peer === upstream.peers[0]) peer.socket.destroy();
    else peer.socket.write(answer('hello'));
  });
  const client = await tlsClient(box, host);
  client.write(get());
  await client.until('hello');
  drop = true;
  client.write(get('/v1/again'));
  await client.until(/hello[\s\S]*hello/);
  expect(upstream.peers).toHaveLength(2);
  expect(upstream.receivedText().match(/\/v1\/again/g)).toHaveLength(2);
  drop = false;
});

test('a broken answer breaks the connection, it is not completed', async () => {
  const { box } = await setUp((peer) => {
    peer.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf!');
    setTimeout(() => peer.socket.destroy(), 20);
  });
  const client = await tlsClient(box, host);
  client.write(get());
  expect(await client.ended).toMatch(/half!$/);
  expect(completedOf(box)).toMatchObject([{ status: 200, error: 'UPSTREAM_RESET' }]);
});

test('an upstream that never answers gives a timeout', async () => {
  const { box } = await setUp(() => {}, quick);
  expect(await exchange(box, host, get())).toContain('504 Gateway Timeout');
});

test('an upstream that stops in the middle is ended', async () => {
  const { box } = await setUp(
    (peer) => peer.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf!'),
    { ...quick, flightLimits: { answerMs: 5000, idleMs: 150 } },
  );
  const client = await tlsClient(box, host);
  client.write(get());
  expect(await client.ended).toMatch(/half!$/);
});

test('a client that does not read holds its upstream back, and is ended at last', async () => {
  let written = 0;
  const { box } = await setUp(
    (peer) => {
      peer.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n');
      const more = (): void => {
        while (!peer.socket.destroyed && peer.socket.write(Buffer.alloc(65_536))) written += 65_536;
      };
      peer.socket.on('drain', more);
      more();
    },
    {
      ...quick,
      clientLimits: { ...quick.clientLimits, stallMs: 1_500 },
      flightLimits: {},
    },
  );
  const client = await tlsClient(box, host);
  client.write(get());
  await client.until('200 OK');
  client.socket.pause();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const held = written;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(written).toBe(held);
  expect(held).toBeLessThan(20_000_000);
  await eventually(() => completedOf(box).length === 1, 5_000);
});
