import { randomBytes } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { openJournal } from '../../../../src/audit/journal.js';
import type { StartOptions } from '../../../../src/sidecar/start.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { okxHost, okxRequest } from '../../../support/okx-client.js';
import {
  answer,
  eventually,
  exchange,
  rule,
  type SettingsPatch,
  startTestBox,
  startTestUpstream,
  type TestBox,
  type TestUpstream,
  tlsClient,
} from '../../../support/sidecar-box.js';
import { makeDecoys } from '../../../support/venue-requests.js';

const host = 'api.example.test';
const llmHost = 'llm.example.test';
const random = (prefix: string) => `${prefix}-${randomBytes(12).toString('hex')}`;
const secret = random('api-real');
const decoy = random('api-decoy');
const llmSecret = random('llm-real');
const llmDecoy = random('llm-decoy');
const real = makeDecoys(okx);
const okxDecoys = makeDecoys(okx);

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

type Serve = Parameters<typeof startTestUpstream>[1];

/** A box with an API host, an LLM host and OKX, all led to one upstream. */
async function setUp(
  serve: Serve,
  options: Partial<StartOptions> = {},
  patch: SettingsPatch = {},
): Promise<{ box: TestBox; upstream: TestUpstream }> {
  const upstream = await startTestUpstream(host, serve);
  open.push(() => upstream.close());
  const place = { address: '127.0.0.1', port: upstream.port, ca: upstream.ca, servername: host };
  const box = await startTestBox(
    ({ tls }) => ({
      policy: {
        rules: [
          rule(host, tls, { paths: ['/v1/**'] }),
          rule(llmHost, tls),
          rule(okxHost, tls, { venue: 'okx' }),
          rule('lies.example.test', tls),
        ],
      },
      credentials: [
        {
          kind: 'plain',
          id: 'api',
          hosts: [host],
          placement: { in: 'header', name: 'authorization', prefix: 'Bearer ' },
          secret,
          decoy,
          isLlm: false,
        },
        {
          kind: 'plain',
          id: 'llm',
          hosts: [llmHost],
          placement: { in: 'header', name: 'x-api-key', prefix: '' },
          secret: llmSecret,
          decoy: llmDecoy,
          isLlm: true,
        },
        {
          kind: 'venue',
          id: 'okx-demo',
          venue: 'okx',
          environment: 'demo',
          secrets: real,
          decoys: okxDecoys,
        },
      ],
      ...patch,
    }),
    { routes: [host, llmHost, okxHost].map((name) => ({ host: name, ...place })), ...options },
  );
  open.push(() => box.stop());
  return { box, upstream };
}

const hello: Serve = (peer) => peer.socket.write(answer('hello'));
const get = (target = '/v1/x', fields = '', name = host) =>
  `GET ${target} HTTP/1.1\r\nHost: ${name}\r\n${fields}\r\n`;
const post = (body: string, fields = '', name = host) =>
  `POST /v1/x HTTP/1.1\r\nHost: ${name}\r\n${fields}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const decidedOf = (box: TestBox) => box.events().filter((event) => event.type === 'request.decided');
const completedOf = (box: TestBox) => box.events().filter((event) => event.type === 'request.completed');
const taintsOf = (box: TestBox) => box.events().filter((event) => event.type === 'taint');

test('requests on one connection are served one after the other, each journaled twice', async () => {
  const { box, upstream } = await setUp((peer, head) =>
    peer.socket.write(answer(/x=\d/.exec(head)?.[0] ?? '')),
  );
  const client = await tlsClient(box, host);
  client.write(get('/v1/?x=1') + get('/v1/?x=2') + post('{}') + get('/v1/?x=3'));
  const text = await client.until('x=3');
  expect(text.match(/x=\d/g)).toEqual(['x=1', 'x=2', 'x=3']);
  expect(upstream.peers).toHaveLength(1);
  await eventually(() => completedOf(box).length === 4);
  expect(decidedOf(box)).toHaveLength(4);
  expect(completedOf(box)[0]).toMatchObject({ status: 200, scrubbed: 0 });
  expect(box.sidecar.state.status().counters).toMatchObject({ allowed: 4, denied: 0, completed: 4 });
});

test('the decoy in its place is replaced, hop fields are dropped, compression is asked off', async () => {
  const { box, upstream } = await setUp(hello);
  await exchange(
    box,
    host,
    get(
      '/v1/x',
      `Authorization: Bearer ${decoy}\r\nConnection: keep-alive\r\nTE: trailers\r\nAccept-Encoding: gzip\r\nX-Keep: y\r\n`,
    ),
  );
  const sent = upstream.receivedText();
  expect(sent).toContain(`authorization: Bearer ${secret}\r\n`);
  expect(sent).toContain('X-Keep: y\r\n');
  expect(sent).toContain('accept-encoding: identity\r\n');
  expect(sent).not.toMatch(/gzip|TE:|keep-alive/);
  expect(sent).not.toContain(decoy);
  expect(box.journalText()).not.toContain(secret);
});

// ATTACKS B4: refused with 400, journaled, never forwarded.
test.each([
  [
    'LENGTH_WITH_CHUNKED',
    'POST /v1/x HTTP/1.1\r\nHost: api.example.test\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  [
    'LENGTH_DUPLICATE',
    'POST /v1/x HTTP/1.1\r\nHost: api.example.test\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!',
  ],
  ['OBS_FOLD', 'GET /v1/x HTTP/1.1\r\nHost: api.example.test\r\nX: a\r\n b\r\n\r\n'],
  ['BARE_LF', 'GET /v1/x HTTP/1.1\nHost: api.example.test\n\n'],
  ['HOST_DUPLICATE', 'GET /v1/x HTTP/1.1\r\nHost: api.example.test\r\nHost: evil.test\r\n\r\n'],
  ['BAD_VERSION', 'GET /v1/x HTTP/1.0\r\nHost: api.example.test\r\n\r\n'],
  ['BAD_METHOD', 'PRI * HTTP/2.0\r\n\r\n'.replace('PRI', '\x16\x03\x01')],
  ['AUTHORITY_MISMATCH', 'GET /v1/x HTTP/1.1\r\nHost: evil.test\r\n\r\n'],
  ['AUTHORITY_MISMATCH', 'GET https://evil.test/v1/x HTTP/1.1\r\nHost: api.example.test\r\n\r\n'],
  ['PATH_AMBIGUOUS', 'GET /v1/../admin HTTP/1.1\r\nHost: api.example.test\r\n\r\n'],
])('%s: 400, journaled, not forwarded', async (code, bytes) => {
  const { box, upstream } = await setUp(hello);
  const client = await tlsClient(box, host);
  client.write(bytes);
  expect(await client.until('request_id')).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(decidedOf(box).at(-1)).toMatchObject({ verdict: 'deny', code });
  expect(upstream.receivedText()).not.toMatch(/x HTTP|admin/);
});

test('a body whose framing breaks is cut off, upstream too', async () => {
  const { box, upstream } = await setUp(() => {});
  const client = await tlsClient(box, host);
  client.write(
    `POST /v1/x HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n`,
  );
  expect(await client.until('request_id')).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(decidedOf(box).at(-1)).toMatchObject({ verdict: 'deny', code: 'CHUNK_SIZE_BAD' });
  await eventually(() => upstream.peers[0]?.socket.destroyed === true);
  expect(upstream.receivedText()).not.toContain('0\r\n\r\n');
});

test('what follows a refused head is never read as a request', async () => {
  const { box, upstream } = await setUp(hello);
  const client = await tlsClient(box, host);
  client.write(
    `POST /v1/x HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5\r\nContent-Length: 0\r\n\r\n${get('/v1/smuggled')}`,
  );
  const text = await client.ended;
  expect(text.match(/HTTP\/1\.1/g)).toHaveLength(1);
  expect(upstream.receivedText()).not.toContain('smuggled');
});

test('a denial keeps the connection, tells nothing, and waits for the journal', async () => {
  const { box } = await setUp(hello);
  const client = await tlsClient(box, host);
  client.write(get('/admin') + get('/v1/x'));
  const text = await client.until('hello');
  expect(text).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
  expect(text).not.toMatch(/PATH_DENIED|test:1/);
  expect(decidedOf(box)[0]).toMatchObject({ verdict: 'deny', code: 'PATH_DENIED', rule: 'test:1' });
  expect(text).toContain((decidedOf(box)[0] as { request: string }).request);
});

// ATTACKS B1, B2, B5.
test('a small body with a foreign decoy is denied before a byte leaves', async () => {
  const { box, upstream } = await setUp(hello);
  const text = await exchange(box, host, post(`{"k":"${llmDecoy}"}`));
  expect(text).toContain('403 Forbidden');
  expect(upstream.receivedText()).toBe('');
  expect(taintsOf(box)).toMatchObject([{ cause: 'decoy-misuse' }]);
  expect(box.sidecar.state.status().taints).toMatchObject([{ cause: 'decoy-misuse' }]);
});

test.each([
  [
    'chunks of one byte',
    (body: string) => [
      `POST /v1/x HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n`,
      ...[...body].map((char) => `1\r\n${char}\r\n`),
      '0\r\n\r\n',
    ],
  ],
  ['a large counted body', (body: string) => [post('x'.repeat(200_000) + body + 'y'.repeat(200_000))]],
])('a decoy in %s never arrives whole', async (_name, make) => {
  const { box, upstream } = await setUp(() => {});
  const client = await tlsClient(box, host);
  for (const piece of make(`{"k":"${llmDecoy}"}`)) client.write(piece);
  expect(await client.until('request_id')).toContain('403 Forbidden');
  expect(upstream.receivedText().replace(/\r\n[0-9a-f]+\r\n/g, '')).not.toContain(llmDecoy.slice(0, -1));
  expect(decidedOf(box).map((event) => 'verdict' in event && event.verdict)).toEqual(['allow', 'deny']);
  expect(taintsOf(box)).toHaveLength(1);
});

test('a decoy in base64 over chunks is found, too', async () => {
  const { box, upstream } = await setUp(() => {});
  const client = await tlsClient(box, host);
  const body = Buffer.from(`key=${llmDecoy};`).toString('base64');
  client.write(`POST /v1/x HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n`);
  for (const char of body) client.write(`1\r\n${char}\r\n`);
  client.write('0\r\n\r\n');
  expect(await client.until('request_id')).toContain('403 Forbidden');
  expect(upstream.receivedText()).not.toContain('0\r\n\r\n');
});

// ATTACKS B8.
test('an LLM host gets foreign decoys in bodies literally, and its own key real', async () => {
  const { box, upstream } = await setUp(hello);
  const body = JSON.stringify({ history: [decoy, llmDecoy, ...Object.values(okxDecoys)] });
  const text = await exchange(box, llmHost, post(body, `X-Api-Key: ${llmDecoy}\r\n`, llmHost));
  expect(text).toContain('200 OK');
  expect(upstream.receivedText()).toContain(body);
  expect(upstream.receivedText()).toContain(`x-api-key: ${llmSecret}\r\n`);
  expect(taintsOf(box)).toEqual([]);
});

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
    const resolve = async () => [{ address, family: address.includes(':') ? 6 : 4 }];
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
  open.push(() => upstream.close());
  const { box } = await setUp(hello, {
    routes: [{ host, address: '127.0.0.1', port: upstream.port, ca: upstream.ca }],
  });
  expect(await exchange(box, host, get('/v1/x', `Authorization: Bearer ${decoy}\r\n`))).toContain(
    '502 Bad Gateway',
  );
  expect(upstream.receivedText()).toBe('');
  expect(completedOf(box)).toMatchObject([{ error: 'UPSTREAM_TLS_UNVERIFIED' }]);
});

// S10, S11.
/** A journal whose disk answers when told to, and that can be made to fail. */
function slowJournal() {
  const control = { release: () => {}, fails: false, holds: false };
  const openSlow: typeof openJournal = (dir, options) => {
    const journal = openJournal(dir, options);
    return {
      append(event) {
        if (control.fails && event.type.startsWith('request.')) throw new Error('disk full');
        return journal.append(event);
      },
      durable: (seq) =>
        control.holds
          ? new Promise((resolve) => {
              control.release = resolve;
            })
          : journal.durable(seq),
      head: () => journal.head(),
      close: () => journal.close(),
    };
  };
  return { control, options: { openJournal: openSlow } };
}

test('a read goes out while its decision goes to disk, but its answer waits', async () => {
  const { control, options } = slowJournal();
  const { box, upstream } = await setUp(hello, options);
  control.holds = true;
  const client = await tlsClient(box, host);
  client.write(get());
  await eventually(() => upstream.receivedText().includes('GET /v1/x'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(client.received.length).toBe(0);
  control.release();
  await client.until('hello');
  client.write(get());
  await eventually(() => upstream.receivedText().match(/GET/g)?.length === 2);
  control.release();
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

const order = JSON.stringify({
  instId: 'BTC-USDT',
  tdMode: 'cash',
  side: 'buy',
  ordType: 'limit',
  sz: '1',
  px: '100',
});
const placeOrder = () => okxRequest('POST', '/api/v5/trade/order', order, okxDecoys);

test('an order leaves only when its decision is on disk', async () => {
  const { control, options } = slowJournal();
  const { box, upstream } = await setUp(hello, options, { mode: 'demo' });
  control.holds = true;
  const client = await tlsClient(box, okxHost);
  client.write(placeOrder());
  await eventually(() => decidedOf(box).length === 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(upstream.receivedText()).toBe('');
  control.release();
  await client.until('hello');
  expect(upstream.receivedText()).toContain(real['apiKey']);
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
  const { box, upstream } = await setUp((peer) => peer.socket.destroy(), {}, { mode: 'demo' });
  const text = await exchange(box, okxHost, placeOrder());
  expect(text).toContain('do not send it again');
  expect(upstream.receivedText().match(/POST/g)).toHaveLength(1);
  expect(completedOf(box)).toMatchObject([{ error: 'UPSTREAM_RESET' }]);
});

test('the answer to an order is journaled though its client is gone', async () => {
  const { box, upstream } = await setUp(() => {}, {}, { mode: 'demo' });
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

// ATTACKS B5, S7, C2 on the wire.
test('a body too large for a venue is refused, not cut', async () => {
  const { box, upstream } = await setUp(hello, { bodyLimits: { venue: 1000 } }, { mode: 'demo' });
  const declared = await tlsClient(box, okxHost);
  declared.write(okxRequest('POST', '/api/v5/trade/order', 'x'.repeat(2000), okxDecoys));
  expect(await declared.until('msg')).toMatch(/^HTTP\/1\.1 403 /);
  const streamed = await tlsClient(box, okxHost);
  streamed.write(
    `POST /api/v5/trade/order HTTP/1.1\r\nHost: ${okxHost}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  for (let index = 0; index < 20; index += 1) streamed.write(`64\r\n${'x'.repeat(100)}\r\n`);
  expect(await streamed.until('msg')).toMatch(/^HTTP\/1\.1 403 /);
  expect(decidedOf(box).map((event) => 'code' in event && event.code)).toEqual([
    'BODY_TOO_LARGE',
    'BODY_TOO_LARGE',
  ]);
  expect(upstream.receivedText()).toBe('');
});

test('bodies that are collected share one budget', async () => {
  const { box } = await setUp(hello, {}, { mode: 'demo' });
  const clients = await Promise.all(Array.from({ length: 3 }, () => tlsClient(box, okxHost)));
  for (const client of clients) {
    client.write(
      `POST /api/v5/trade/order HTTP/1.1\r\nHost: ${okxHost}\r\nContent-Length: 1000000\r\n\r\n${'x'.repeat(900_000)}`,
    );
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  for (const client of clients) client.socket.destroy();
  const again = await tlsClient(box, okxHost);
  again.write(okxRequest('GET', '/api/v5/account/balance', '', okxDecoys));
  await again.until('hello');
});

test('transfers are refused in the shape of the venue', async () => {
  const { box, upstream } = await setUp(hello, {}, { mode: 'demo' });
  const text = await exchange(
    box,
    okxHost,
    okxRequest('POST', '/api/v5/asset/transfer', '{"ccy":"USDT","amt":"1"}', okxDecoys),
  );
  expect(text).toMatch(/^HTTP\/1\.1 403 /);
  expect(JSON.parse(text.slice(text.indexOf('{')))).toMatchObject({ code: '50120' });
  expect(decidedOf(box)[0]).toMatchObject({ code: 'OPERATION_FUNDS', class: 'funds' });
  expect(upstream.receivedText()).toBe('');
});

test('a forged signature taints, and a tainted box sends no order', async () => {
  const { box, upstream } = await setUp(hello, {}, { mode: 'demo' });
  await exchange(box, okxHost, okxRequest('GET', '/api/v5/account/balance', '', makeDecoys(okx)));
  expect(taintsOf(box)).toMatchObject([{ cause: 'forged-signature' }]);
  expect(await exchange(box, okxHost, placeOrder())).toMatch(/^HTTP\/1\.1 403 /);
  expect(upstream.receivedText()).toBe('');
});

// ATTACKS A14.
const quick = {
  watchIntervalMs: 20,
  clientLimits: {
    headMs: 100,
    idleMs: 200,
    bodyIdleMs: 100,
    bodyGraceMs: 150,
    bodyMinRate: 1000,
    stallMs: 200,
    discardMs: 100,
  },
  flightLimits: { answerMs: 150, venueAnswerMs: 150, idleMs: 150 },
};

test('a head that drips is ended, and so is a connection that says nothing', async () => {
  const { box } = await setUp(hello, quick);
  const drip = await tlsClient(box, host);
  const timer = setInterval(() => drip.write('x'), 20);
  drip.write('GET /v1/x HTTP/1.1\r\nX: ');
  const silent = await tlsClient(box, host);
  expect(await drip.ended).toBe('');
  clearInterval(timer);
  expect(await silent.ended).toBe('');
});

test('a body that stalls is ended, and so is one that drips', async () => {
  const { box } = await setUp(hello, quick);
  const head = `POST /v1/x HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1000000\r\n\r\n`;
  const stalled = await tlsClient(box, host);
  stalled.write(head);
  const drip = await tlsClient(box, host);
  drip.write(head);
  const timer = setInterval(() => drip.write('x'), 20);
  await stalled.ended;
  await drip.ended;
  clearInterval(timer);
});

test('an upstream that never answers gives a timeout', async () => {
  const { box } = await setUp(() => {}, quick);
  expect(await exchange(box, host, get())).toContain('504 Gateway Timeout');
});

test('an upstream that stops in the middle is ended', async () => {
  const { box } = await setUp(
    (peer) => peer.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf!'),
    quick,
  );
  const client = await tlsClient(box, host);
  client.write(get());
  expect(await client.ended).toMatch(/half!$/);
});

test('a head bomb is refused', async () => {
  const { box } = await setUp(hello);
  const client = await tlsClient(box, host);
  client.write(`GET /v1/x HTTP/1.1\r\nHost: ${host}\r\nX: ${'a'.repeat(70_000)}`);
  expect(await client.until('request_id')).toMatch(/^HTTP\/1\.1 400 /);
  expect(decidedOf(box)[0]).toMatchObject({ code: 'HEAD_TOO_LARGE' });
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
      clientLimits: { ...quick.clientLimits, stallMs: 400 },
      flightLimits: { ...quick.flightLimits, idleMs: 5000 },
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
  await eventually(() => completedOf(box).length === 1);
});

test('many open connections do not keep another from being served', async () => {
  const { box } = await setUp(hello);
  const idle = await Promise.all(Array.from({ length: 100 }, () => tlsClient(box, host)));
  for (const client of idle) client.write('GET /v1/x HTTP/1.1\r\n');
  expect(await exchange(box, host, get())).toContain('hello');
  for (const client of idle) client.socket.destroy();
});
