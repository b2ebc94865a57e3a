import { createHmac, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { fixedClock } from '../../../../src/core/clock.js';
import { createCredentialBook } from '../../../../src/sidecar/credentials.js';
import { DecoySearch } from '../../../../src/sidecar/decoy-search.js';
import { compilePolicy } from '../../../../src/sidecar/egress-policy.js';
import { headStages, sendStages, venueStages } from '../../../../src/sidecar/pipeline.js';
import { authenticate } from '../../../../src/sidecar/stages/authenticate.js';
import { classify } from '../../../../src/sidecar/stages/classify.js';
import { decoys as decoyStage } from '../../../../src/sidecar/stages/decoys.js';
import { egress } from '../../../../src/sidecar/stages/egress.js';
import { freshness } from '../../../../src/sidecar/stages/freshness.js';
import { identify } from '../../../../src/sidecar/stages/identify.js';
import { inject } from '../../../../src/sidecar/stages/inject.js';
import { parse } from '../../../../src/sidecar/stages/parse.js';
import { rateLimit } from '../../../../src/sidecar/stages/rate-limit.js';
import { sign } from '../../../../src/sidecar/stages/sign.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import type { Venue } from '../../../../src/venues/venue.js';
import { okxHost, okxRequest } from '../../../support/okx-client.js';
import {
  apiDecoy,
  decide,
  decoys,
  get,
  llmDecoy,
  makeWorld,
  onOkx,
  order,
  placeOrder,
  real,
  rule,
  signed,
  worldMs,
} from '../../../support/pipeline-world.js';
import { makeDecoys } from '../../../support/venue-requests.js';

test('the stages stand in the order of the design', () => {
  expect(headStages).toEqual([identify, decoyStage, egress, inject]);
  expect(venueStages).toEqual([classify, authenticate, rateLimit, freshness, parse]);
  expect(sendStages).toEqual([rateLimit, sign]);
  const names = [...headStages, ...venueStages, sign].map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test('a permitted request of no venue passes', () => {
  const { exchange, denied } = decide(makeWorld(), 'open.test', get('open.test', '/ok/x?y'));
  expect(denied).toBeUndefined();
  expect(exchange).toMatchObject({ path: '/ok/x', query: 'y', rule: { origin: 'test: open.test' } });
});

test.each([
  ['AUTHORITY_MISMATCH', get('other.test', '/ok/')],
  ['AUTHORITY_MISMATCH', get('open.test', 'https://other.test/ok/')],
  ['PATH_AMBIGUOUS', get('open.test', '/ok/../x')],
  ['METHOD_FORBIDDEN', get('open.test', '/ok/').replace('GET', 'TRACE')],
  ['METHOD_FORBIDDEN', 'CONNECT open.test:443 HTTP/1.1\r\nHost: open.test\r\n\r\n'],
  ['UPGRADE_REFUSED', get('open.test', '/ok/', 'Upgrade: websocket')],
  ['UPGRADE_REFUSED', get('open.test', '/ok/', 'Connection: Upgrade', 'Upgrade: h2c')],
  ['OVERRIDE_FIELD', get('open.test', '/ok/', 'X-HTTP-Method-Override: DELETE')],
  ['OVERRIDE_FIELD', get('open.test', '/ok/', 'X-Original-URL: /admin')],
  ['METHOD_DENIED', get('open.test', '/ok/').replace('GET', 'POST')],
  ['PATH_DENIED', get('open.test', '/admin')],
  ['BODY_COMPRESSED', get('open.test', '/ok/', 'Content-Encoding: gzip')],
  ['BODY_COMPRESSED', get('open.test', '/ok/', 'Grpc-Encoding: gzip')],
])('%s', (code, bytes) => {
  expect(decide(makeWorld(), 'open.test', bytes).denied?.code).toBe(code);
});

// S4: what a lock file names, by its path alone.
const locked = rule('packages.test', {
  methods: ['GET'],
  paths: [],
  tarballs: ['/a/-/a-1.0.0.tgz'],
});
test.each([
  [undefined, '/a/-/a-1.0.0.tgz', []],
  [undefined, '/a/-/a-1.0.0.tgz?', []],
  ['QUERY_DENIED', '/a/-/a-1.0.0.tgz?k=v', []],
  ['PATH_DENIED', '/a/-/a-1.0.1.tgz', []],
  ['PATH_DENIED', '/a', []],
  ['PATH_DENIED', '/-/npm/v1/security/advisories/bulk', []],
  ['BODY_OVER_CAP', '/a/-/a-1.0.0.tgz', ['Content-Length: 3']],
  [undefined, '/a/-/a-1.0.0.tgz', ['Content-Length: 0']],
  ['BODY_OVER_CAP', '/a/-/a-1.0.0.tgz', ['Transfer-Encoding: chunked']],
  ['SOCKET_DENIED', '/a/-/a-1.0.0.tgz', ['Connection: Upgrade', 'Upgrade: websocket']],
  ['DECOY_MISPLACED', '/a/-/a-1.0.0.tgz', [`X-Note: ${apiDecoy}`]],
])('of a lock file: %s at %s %j', (code, target, fields) => {
  const world = makeWorld({ policy: compilePolicy([locked]) });
  const { denied, exchange } = decide(world, 'packages.test', get('packages.test', target, ...fields));
  expect(denied?.code).toBe(code);
  if (code === undefined) expect(exchange.rule?.tarballs).toHaveLength(1);
  // A no is no evidence against the box, but for a decoy.
  expect(denied?.taint).toBe(code === 'DECOY_MISPLACED' ? 'decoy-misuse' : undefined);
});

test('a host without a rule is denied', () => {
  expect(decide(makeWorld(), 'evil.test', get('evil.test', '/')).denied).toMatchObject({
    code: 'HOST_DENIED',
    rule: 'default deny',
  });
});

// ATTACKS B1, B3: a decoy anywhere but in its place, in any spelling.
const base64 = (text: string) => Buffer.from(text).toString('base64');
test.each([
  ['in a field', 'api.test', (decoy: string) => get('api.test', '/', `X-Note: ${decoy}`)],
  ['in the path', 'api.test', (decoy: string) => get('api.test', `/${decoy}`)],
  ['in the query', 'api.test', (decoy: string) => get('api.test', `/?k=${decoy}`)],
  [
    'in percent escapes',
    'api.test',
    (decoy: string) =>
      get('api.test', `/?k=${[...Buffer.from(decoy)].map((byte) => `%${byte.toString(16)}`).join('')}`),
  ],
  ['in base64', 'api.test', (decoy: string) => get('api.test', '/', `X-Note: ${base64(`x:${decoy}`)}`)],
  [
    'in base64url',
    'api.test',
    (decoy: string) => get('api.test', `/${Buffer.from(decoy).toString('base64url')}`),
  ],
  [
    'in hex',
    'api.test',
    (decoy: string) => get('api.test', '/', `X-Note: ${Buffer.from(decoy).toString('hex')}`),
  ],
  ['in upper case', 'api.test', (decoy: string) => get('api.test', '/', `X-Note: ${decoy.toUpperCase()}`)],
  ['as a field name', 'api.test', (decoy: string) => get('api.test', '/', `${decoy}: x`)],
  [
    'as Bearer of another host',
    'api.test',
    (decoy: string) => get('api.test', '/', `Authorization: Bearer ${decoy}`),
  ],
  [
    'at a host with no credential',
    'open.test',
    (decoy: string) => get('open.test', '/ok/', `Authorization: Bearer ${decoy}`),
  ],
  [
    'at a denied path',
    'open.test',
    (decoy: string) => get('open.test', '/admin', `Authorization: Bearer ${decoy}`),
  ],
  ['in a cookie', 'open.test', (decoy: string) => get('open.test', '/ok/', `Cookie: a=${decoy}`)],
  [
    'in a body',
    'open.test',
    (decoy: string) => get('open.test', '/ok/', `Content-Length: ${decoy.length + 4}`) + `{"${decoy}"}`,
  ],
])('a foreign decoy %s is denied and taints', (_where, host, make) => {
  for (const decoy of [llmDecoy, decoys.apiKey ?? '', decoys.secretKey ?? '', decoys.passphrase ?? '']) {
    expect(decide(makeWorld(), host, make(decoy)).denied).toMatchObject({
      code: 'DECOY_MISPLACED',
      taint: 'decoy-misuse',
    });
  }
});

test('its own decoy in the wrong place is denied, too', () => {
  const bytes = get('api.test', `/?key=${apiDecoy}`, `Authorization: Bearer ${apiDecoy}`);
  expect(decide(makeWorld(), 'api.test', bytes).denied?.code).toBe('DECOY_MISPLACED');
  expect(
    decide(makeWorld(), 'api.test', get('api.test', '/', `Authorization: Bearer ${apiDecoy}`)).denied,
  ).toBeUndefined();
});

test('a venue’s own decoy among what a client says of itself is denied, though nothing of that is sent', () => {
  for (const name of ['User-Agent', 'Accept', 'Accept-Language', 'Sec-WebSocket-Protocol']) {
    const bytes = signed('GET', '/api/v5/account/balance', '', `${name}: a/${decoys.secretKey}\r\n`);
    expect(onOkx(makeWorld(), bytes).denied, name).toMatchObject({
      code: 'DECOY_MISPLACED',
      taint: 'decoy-misuse',
    });
  }
});

// ATTACKS B7.
test('what stands in a placement must be the decoy', () => {
  const world = makeWorld();
  expect(decide(world, 'api.test', get('api.test', '/')).denied).toBeUndefined();
  expect(decide(world, 'api.test', get('api.test', '/', 'Authorization: Bearer other')).denied?.code).toBe(
    'PLACEHOLDER_UNKNOWN',
  );
  expect(decide(world, 'llm.test', get('llm.test', '/', 'Authorization: Bearer other')).denied?.code).toBe(
    'PLACEHOLDER_UNKNOWN',
  );
  expect(decide(world, 'llm.test', get('llm.test', '/')).denied?.code).toBe('CREDENTIAL_MISSING');
  const twice = get('llm.test', '/', `Authorization: Bearer ${llmDecoy}`, 'Authorization: Bearer x');
  expect(decide(world, 'llm.test', twice).denied?.code).toBe('CREDENTIAL_DUPLICATE');
});

// ATTACKS B8: chat history may hold decoys; heads may not.
test('an LLM host gets its own key, and compressed bodies may go there', () => {
  const world = makeWorld();
  const own = `Authorization: Bearer ${llmDecoy}`;
  const { exchange, denied } = decide(world, 'llm.test', get('llm.test', '/', own, 'Content-Encoding: gzip'));
  expect(denied).toBeUndefined();
  expect(exchange.placed.map(({ credential }) => credential.id)).toEqual(['llm']);
  expect(decide(world, 'llm.test', get('llm.test', `/${apiDecoy}`, own)).denied?.code).toBe(
    'DECOY_MISPLACED',
  );
});

test('a read is stripped of the decoy signature and signed with the real key', () => {
  const { exchange, denied } = onOkx(
    makeWorld({ environment: 'live' }),
    signed('GET', '/api/v5/account/balance?ccy=BTC'),
  );
  expect(denied).toBeUndefined();
  expect(exchange.classification).toMatchObject({ class: 'read' });
  const headers = new Map(exchange.signed?.headers.map(([name, value]) => [name.toLowerCase(), value]));
  expect(headers.get('ok-access-key')).toBe(real.apiKey);
  const text = `${headers.get('ok-access-timestamp')}GET/api/v5/account/balance?ccy=BTC`;
  const sign = createHmac('sha256', real.secretKey ?? '')
    .update(text)
    .digest('base64');
  expect(headers.get('ok-access-sign')).toBe(sign);
  expect(JSON.stringify(exchange.signed)).not.toContain(decoys.apiKey);
});

test('a public read needs no credential and gets none', () => {
  const { exchange, denied } = onOkx(makeWorld(), get(okxHost, '/api/v5/public/time'));
  expect(denied).toBeUndefined();
  expect(JSON.stringify(exchange.signed)).not.toContain(real.apiKey);
  const withAuth = onOkx(makeWorld(), signed('GET', '/api/v5/public/time'));
  expect(withAuth.denied).toBeUndefined();
  expect(JSON.stringify(withAuth.exchange.signed)).not.toContain(real.apiKey);
});

test('a public operation reaches the leaf without the real credential, whatever the client signed', () => {
  const given: unknown[] = [];
  const sign: Venue['sign'] = (request, credential, stamp) => {
    given.push(credential);
    return okx.sign(request, credential, stamp);
  };
  const authenticate = () => ({ kind: 'valid' }) as const;
  const world = makeWorld({ venueOf: () => ({ ...okx, authenticate, sign }) });
  onOkx(world, signed('GET', '/api/v5/public/time'));
  onOkx(world, signed('GET', '/api/v5/account/balance'));
  expect(given.map((one) => one !== undefined)).toEqual([false, true]);
});

// S4, S7: what each mode lets through.
test.each([
  ['readonly', 'demo', placeOrder, 'OPERATION_ORDER'],
  ['readonly', 'live', placeOrder, 'OPERATION_ORDER'],
  [
    'readonly',
    'demo',
    signed('POST', '/api/v5/trade/cancel-order', '{"instId":"BTC-USDT","ordId":"1"}'),
    'OPERATION_CANCEL',
  ],
  ['demo', 'demo', placeOrder, undefined],
  [
    'demo',
    'demo',
    signed('POST', '/api/v5/trade/cancel-order', '{"instId":"BTC-USDT","ordId":"1"}'),
    undefined,
  ],
  ['demo', 'live', placeOrder, 'LIVE_CREDENTIAL'],
  [
    'demo',
    'demo',
    signed('POST', '/api/v5/asset/transfer', '{"ccy":"USDT","amt":"1","from":"18","to":"6"}'),
    'OPERATION_FUNDS',
  ],
  ['demo', 'demo', signed('POST', '/api/v5/asset/withdrawal', '{}'), 'OPERATION_FUNDS'],
  ['demo', 'demo', signed('POST', '/api/v5/account/set-leverage', '{}'), 'OPERATION_RISK'],
  ['demo', 'demo', signed('POST', '/api/v5/nobody/knows', '{}'), 'OPERATION_UNKNOWN'],
  ['demo', 'demo', signed('GET', '/api/v5/trade/order/'), 'OPERATION_UNKNOWN'],
] as const)('in %s with %s credentials: %#', (mode, environment, bytes, code) => {
  expect(onOkx(makeWorld({ mode, environment }), bytes).denied?.code).toBe(code);
});

test('an order that is not understood to the last field is denied', () => {
  const bytes = signed('POST', '/api/v5/trade/order', order.replace('}', ',"surprise":"1"}'));
  expect(onOkx(makeWorld({ mode: 'demo' }), bytes).denied).toMatchObject({ status: 403 });
  const duplicate = signed('POST', '/api/v5/trade/order', order.replace('}', ',"sz":"9"}'));
  expect(onOkx(makeWorld({ mode: 'demo' }), duplicate).denied).toBeDefined();
});

test('a tainted box sends no order, but reads and cancels', () => {
  const world = makeWorld({ mode: 'demo', isTainted: () => true });
  expect(onOkx(world, placeOrder).denied?.code).toBe('BOX_TAINTED');
  expect(onOkx(world, signed('GET', '/api/v5/account/balance')).denied).toBeUndefined();
  expect(
    onOkx(world, signed('POST', '/api/v5/trade/cancel-order', '{"instId":"BTC-USDT","ordId":"1"}')).denied,
  ).toBeUndefined();
});

// ATTACKS C2, C6.
test('a signature that the decoy did not make is forged, and taints', () => {
  const forged = { code: 'SIGNATURE_FORGED', taint: 'forged-signature' };
  const world = makeWorld({ mode: 'demo' });
  expect(
    onOkx(world, okxRequest('GET', '/api/v5/account/balance', '', makeDecoys(okx))).denied,
  ).toMatchObject(forged);
  expect(onOkx(world, placeOrder.replace('"px":"100"', '"px":"999"')).denied).toMatchObject(forged);
  expect(
    onOkx(world, signed('GET', '/api/v5/account/balance').replace('/balance', '/config')).denied,
  ).toMatchObject(forged);
  expect(onOkx(world, okxRequest('GET', '/api/v5/public/time', '', makeDecoys(okx))).denied).toMatchObject(
    forged,
  );
  const none = makeWorld({ settings: [] });
  expect(onOkx(none, signed('GET', '/api/v5/account/balance')).denied).toMatchObject(forged);
});

test('a private operation without a signature is denied', () => {
  expect(onOkx(makeWorld(), get(okxHost, '/api/v5/account/balance')).denied?.code).toBe('CREDENTIAL_MISSING');
});

test('a decoy that would reach the venue in another place is denied', () => {
  const target = `/api/v5/account/balance?ccy=${decoys.apiKey}`;
  expect(onOkx(makeWorld(), signed('GET', target)).denied).toMatchObject({
    code: 'DECOY_MISPLACED',
    taint: 'decoy-misuse',
  });
});

test('a foreign decoy in a field of a venue is denied though the venue would not get it', () => {
  const bytes = signed('GET', '/api/v5/account/balance', '', `X-Note: ${llmDecoy}\r\n`);
  expect(onOkx(makeWorld(), bytes).denied).toMatchObject({ code: 'DECOY_MISPLACED' });
});

test("a venue's host is its table's even under a wildcard rule, and its sockets are not spoken", () => {
  expect(onOkx(makeWorld(), get(okxHost, '/anything')).denied?.code).toBe('OPERATION_UNKNOWN');
  expect(decide(makeWorld(), 'ws.okx.com', get('ws.okx.com', '/ws/v5/public')).denied?.code).toBe(
    'TRANSPORT_DENIED',
  );
});

test('a compressed request for a venue is denied', () => {
  expect(
    onOkx(makeWorld(), signed('GET', '/api/v5/account/balance', '', 'Content-Encoding: gzip\r\n')).denied
      ?.code,
  ).toBe('BODY_COMPRESSED');
});

// D9.
test('an environment that the host does not serve is denied', () => {
  const liveOnly: Venue = { ...okx, hosts: okx.hosts.map((host) => ({ ...host, environments: ['live'] })) };
  const world = makeWorld({ venueOf: () => liveOnly, environment: 'demo' });
  expect(onOkx(world, signed('GET', '/api/v5/account/balance')).denied?.code).toBe('ENVIRONMENT_MISMATCH');
});

test('what a leaf signs must be writable and free of decoys', () => {
  const signing = (sign: Venue['sign']) =>
    onOkx(makeWorld({ venueOf: () => ({ ...okx, sign }) }), signed('GET', '/api/v5/account/balance')).denied;
  const base = { method: 'GET', path: '/', query: '', headers: [], body: Buffer.alloc(0) };
  expect(signing(() => base)).toBeUndefined();
  expect(signing(() => ({ ...base, headers: [['a', 'x\r\nb: y']] }))?.code).toBe('SIGNING_REFUSED');
  expect(signing(() => ({ ...base, path: '/ HTTP/1.1\r\n' }))?.code).toBe('SIGNING_REFUSED');
  expect(signing(() => ({ ...base, headers: [['a', llmDecoy]] }))?.code).toBe('DECOY_MISPLACED');
  expect(signing(() => ({ ...base, body: Buffer.from(decoys.secretKey ?? '') }))?.code).toBe(
    'DECOY_MISPLACED',
  );
  const thrown = signing(() => {
    throw new Error(`quotes ${real.secretKey}`);
  });
  expect(thrown).toMatchObject({ code: 'SIGNING_REFUSED' });
  expect(JSON.stringify(thrown)).not.toContain(real.secretKey);
});

test('the text of the canary file is denied wherever it stands, and taints as what it is', () => {
  const token = randomBytes(32).toString('hex');
  const canary = createCredentialBook([], { canary: token });
  const world = makeWorld({ decoys: new DecoySearch(canary) });
  for (const bytes of [
    get('open.test', `/ok/?q=${token}`),
    get('open.test', '/ok/', `X-Note: ${Buffer.from(`a key: ${token}`).toString('base64')}`),
    `${get('open.test', '/ok/', 'Content-Length: 75')}{"note":"${token}"}`,
  ]) {
    expect(decide(world, 'open.test', bytes).denied).toMatchObject({ code: 'CANARY_SENT', taint: 'canary' });
  }
  expect(decide(world, 'open.test', get('open.test', '/ok/')).denied).toBeUndefined();
});

test('an order that was signed long ago, or by a wrong clock, does not get a fresh stamp; reads and cancels do', () => {
  const codeAt = (offMs: number, bytes: string) =>
    onOkx(makeWorld({ mode: 'demo', clock: fixedClock(worldMs + offMs) }), bytes).denied?.code;
  const cancel = signed(
    'POST',
    '/api/v5/trade/cancel-order',
    JSON.stringify({ instId: 'BTC-USDT', ordId: '1' }),
  );
  const read = signed('GET', '/api/v5/account/balance');
  expect([0, 50_000, -50_000].map((offMs) => codeAt(offMs, placeOrder))).toEqual(Array(3).fill(undefined));
  expect([70_000, -70_000].map((offMs) => codeAt(offMs, placeOrder))).toEqual(Array(2).fill('CLOCK_SKEWED'));
  for (const bytes of [cancel, read]) expect(codeAt(600_000, bytes)).toBeUndefined();
});

test('a nonce is drawn once, and only by a scheme that asks for it', () => {
  let drawn = 0n;
  const nextNonce = () => {
    drawn += 1n;
    return drawn;
  };
  const asksTwice: Venue = {
    ...okx,
    sign: (request, secrets, stamp) => {
      const made = okx.sign(request, secrets, stamp);
      return { ...made, headers: [...made.headers, ['x-nonces', `${stamp.nonce} ${stamp.nonce}`]] };
    },
  };
  const balance = signed('GET', '/api/v5/account/balance');
  expect(onOkx(makeWorld({ nextNonce }), balance).denied).toBeUndefined();
  expect(drawn).toBe(0n);
  const { exchange } = onOkx(makeWorld({ nextNonce, venueOf: () => asksTwice }), balance);
  expect(exchange.signed?.headers).toContainEqual(['x-nonces', '1 1']);
  expect(drawn).toBe(1n);
});
