import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../../src/core/clock.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { okxHost, okxRequest } from '../../../support/okx-client.js';
import {
  closeAll,
  completedOf,
  decidedOf,
  decoy,
  get,
  hello,
  host,
  llmDecoy,
  llmHost,
  llmSecret,
  okxDecoys,
  placeOrder,
  plainCredentials,
  post,
  quick,
  random,
  secret,
  setUp,
  taintsOf,
} from '../../../support/relay-box.js';
import { answer, eventually, exchange, tlsClient } from '../../../support/sidecar-box.js';
import { makeDecoys } from '../../../support/venue-requests.js';

afterEach(closeAll);

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
  const isForeign = code === 'AUTHORITY_MISMATCH';
  expect(taintsOf(box)).toMatchObject(
    isForeign ? [{ severity: 'warn', message: expect.stringContaining('evil.test') }] : [],
  );
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

// An upstream that answers at once must not turn the rest of the body into a place where nobody looks.
test.each([
  ['the body', `${llmDecoy.length.toString(16)}\r\n${llmDecoy}\r\n0\r\n\r\n`],
  ['the trailers', `0\r\nX-T: ${llmDecoy}\r\n\r\n`],
])('a decoy in %s behind an answer that has begun breaks it off and taints', async (where, rest) => {
  const { box, upstream } = await setUp((peer) =>
    peer.socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nearly.\r\n'),
  );
  const client = await tlsClient(box, host);
  client.write(`POST /v1/x HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`);
  await client.until('early');
  client.write(rest);
  await client.ended;
  await eventually(() => completedOf(box).length === 1);
  expect(upstream.receivedText()).not.toContain(llmDecoy.slice(0, -1));
  expect(decidedOf(box).map((event) => 'code' in event && event.code)).toEqual([
    'PERMITTED',
    'DECOY_MISPLACED',
  ]);
  expect(completedOf(box)).toMatchObject([{ status: 200, error: 'DECOY_MISPLACED' }]);
  expect(taintsOf(box)).toMatchObject([{ cause: 'decoy-misuse', message: expect.stringContaining(where) }]);
  expect(box.sidecar.state.status()).toMatchObject({ isTainted: true, counters: { denied: 1 } });
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

test('a pinned model without a key is a model all the same: history and canary pass literally, heads do not', async () => {
  const canary = random('canary');
  const body = JSON.stringify({ history: [decoy, ...Object.values(okxDecoys)], file: canary });
  const key = 'Authorization: Bearer ollama\r\n';
  const ofHost = async (isLlm: boolean) => {
    const pins = [{ host: llmHost, address: '127.0.0.1', port: 443, isLlm }];
    const credentials = plainCredentials.filter(({ id }) => id === 'api');
    const { box, upstream } = await setUp(hello, {}, { canary, pins, credentials });
    return { box, upstream, answer: await exchange(box, llmHost, post(body, key, llmHost)) };
  };
  const model = await ofHost(true);
  expect(model.answer).toContain('200 OK');
  expect(model.upstream.receivedText()).toContain(body);
  expect(taintsOf(model.box)).toMatchObject([{ cause: 'canary' }]);
  const inHead = `Authorization: Bearer ${decoy}\r\n`;
  expect(await exchange(model.box, llmHost, get('/v1/x', inHead, llmHost))).toContain('403 Forbidden');
  const other = await ofHost(false);
  expect(other.answer).toContain('403 Forbidden');
  expect(other.upstream.receivedText()).toBe('');
});

test('the canary file read to a model taints once, and the chat goes on', async () => {
  const canary = random('canary');
  const { box, upstream } = await setUp(hello, {}, { canary });
  const body = `{"role":"tool","content":"${canary}"}`;
  const key = `X-Api-Key: ${llmDecoy}\r\n`;
  for (let turn = 0; turn < 2; turn += 1)
    expect(await exchange(box, llmHost, post(body, key, llmHost))).toContain('200 OK');
  expect(upstream.receivedText().split(canary)).toHaveLength(3);
  expect(taintsOf(box)).toMatchObject([{ cause: 'canary', message: expect.stringContaining('was read') }]);
  expect(box.sidecar.state.status().isTainted).toBe(true);
  await box.restart(systemClock);
  await exchange(box, llmHost, post(body, key, llmHost));
  expect(taintsOf(box)).toHaveLength(1);
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

test('a head bomb is refused', async () => {
  const { box } = await setUp(hello);
  const client = await tlsClient(box, host);
  client.write(`GET /v1/x HTTP/1.1\r\nHost: ${host}\r\nX: ${'a'.repeat(70_000)}`);
  expect(await client.until('request_id')).toMatch(/^HTTP\/1\.1 400 /);
  expect(decidedOf(box)[0]).toMatchObject({ code: 'HEAD_TOO_LARGE' });
});

test('many open connections do not keep another from being served', async () => {
  const { box } = await setUp(hello);
  const idle = await Promise.all(Array.from({ length: 100 }, () => tlsClient(box, host)));
  for (const client of idle) client.write('GET /v1/x HTTP/1.1\r\n');
  expect(await exchange(box, host, get())).toContain('hello');
  for (const client of idle) client.socket.destroy();
});
