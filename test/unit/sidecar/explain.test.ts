// What is explained is what the pipeline decides.
import { expect, test } from 'vitest';
import { fixedClock } from '../../../src/core/clock.js';
import { createExplainer } from '../../../src/sidecar/explain.js';
import { okx } from '../../../src/venues/okx/okx.js';
import { venues } from '../../../src/venues/venues.js';
import { okxHost } from '../../support/okx-client.js';
import { decide, get, makeWorld, rule } from '../../support/pipeline-world.js';
import { socketPlaces } from '../../support/socket-places.js';

const rules = [
  rule('open.test', {
    methods: ['GET'],
    paths: ['/ok/**'],
    reason: 'reading',
    origin: 't.yaml:8',
    maxBodyBytes: 5,
  }),
  rule('capped.test', { origin: 't.yaml:10', maxBodyBytes: 0 }),
  rule('cited.test', { origin: 't.yaml:11', evidence: true }),
  rule('packages.test', {
    methods: ['GET'],
    paths: [],
    tarballs: ['/a/-/a-1.0.0.tgz'],
    maxBodyBytes: 0,
    origin: 't.yaml:12',
  }),
  rule('*.wide.test', { origin: 't.yaml:9' }),
  rule(okxHost, { venue: 'okx', origin: 'account main' }),
  rule('ws.okx.com', { venue: 'okx', origin: 'account main', ports: [8443] }),
];
const venueOf = (host: string) => (okx.hosts.some((one) => one.host === host) ? okx : undefined);
const explain = createExplainer({ rules, mode: 'readonly', venueOf, clock: fixedClock(0) });

test.each([
  ['GET', 'https://open.test/ok/a', 'allow', 'PERMITTED', 't.yaml:8'],
  ['POST', 'https://open.test/ok/a', 'deny', 'METHOD_DENIED', 't.yaml:8'],
  ['GET', 'https://open.test/no', 'deny', 'PATH_DENIED', 't.yaml:8'],
  ['GET', 'https://open.test:8443/ok/a', 'deny', 'PORT_DENIED', 't.yaml:8'],
  ['GET', 'https://packages.test/a/-/a-1.0.0.tgz', 'allow', 'PERMITTED', 't.yaml:12'],
  ['GET', 'https://packages.test/a/-/a-1.0.1.tgz', 'deny', 'PATH_DENIED', 't.yaml:12'],
  ['GET', 'https://packages.test/a/-/a-1.0.0.tgz?k=v', 'deny', 'QUERY_DENIED', 't.yaml:12'],
  ['HEAD', 'https://packages.test/a/-/a-1.0.0.tgz', 'deny', 'METHOD_DENIED', 't.yaml:12'],
  ['GET', 'https://a.wide.test/', 'allow', 'PERMITTED', 't.yaml:9'],
  ['GET', 'https://wide.test/', 'deny', 'HOST_DENIED', 'default deny'],
  ['GET', 'http://open.test/ok/a', 'deny', 'PLAIN_HTTP_REFUSED', 'built-in: clear text'],
  ['GET', 'open.test', 'deny', 'URL_INVALID', 'built-in: request identity'],
  ['G T', 'https://open.test/ok/a', 'deny', expect.any(String), 'built-in: HTTP syntax'],
  ['GET', `https://${okxHost}/api/v5/account/balance`, 'allow', 'PERMITTED', expect.stringMatching(/^okx: /)],
  [
    'POST',
    `https://${okxHost}/api/v5/trade/order`,
    'deny',
    'OPERATION_ORDER',
    expect.stringMatching(/^okx: /),
  ],
  ['POST', `https://${okxHost}/api/v5/asset/withdrawal`, 'deny', 'OPERATION_FUNDS', expect.any(String)],
  ['GET', `https://${okxHost}/api/v5/nobody/knows`, 'deny', 'OPERATION_UNKNOWN', 'okx: table'],
])('%s %s: %s %s', (method, url, verdict, code, line) => {
  expect(explain({ method, url })).toMatchObject({ verdict, code, rule: line });
});

test('of what a lock file names it is told what goes along', () => {
  expect(explain({ method: 'GET', url: 'https://packages.test/a/-/a-1.0.0.tgz' }).beyond).toMatch(
    /^named by a lock file: no header field of the agent’s goes along, bodies up to 0 bytes$/,
  );
});

const asks = expect.stringMatching(/^the (?:address|metadata service) .* was asked for$/);
const taints = expect.stringMatching(/^to ask taints the box \(boundary-probe\)/);
const warns = expect.stringMatching(/several of its kind taint the box \(boundary-probe\)/);
const byName = expect.stringMatching(/IB Gateway .live.*a raw socket: only HTTP is carried/);

test.each([
  // Sockets.
  ['wss://ws.okx.com:8443/ws/v5/private', 'allow', 'PERMITTED', { rule: 'okx: sockets' }],
  ['wss://ws.okx.com:8443/ws/v5/nothing', 'deny', 'OPERATION_UNKNOWN', { rule: 'okx: table' }],
  ['wss://ws.okx.com/ws/v5/private', 'deny', 'HOST_DENIED', {}],
  [
    'https://ws.okx.com:8443/ws/v5/private',
    'deny',
    'TRANSPORT_DENIED',
    { message: 'this host of the venue serves sockets only: ask with wss:// instead of https://' },
  ],
  [
    `wss://${okxHost}/ws/v5/private`,
    'deny',
    'TRANSPORT_DENIED',
    { message: expect.stringMatching(/no sockets$/) },
  ],
  [
    'wss://open.test/ok/a',
    'allow',
    'PERMITTED',
    {
      beyond:
        'bodies up to 5 bytes, each message counts as a body and as a request and is searched for decoys',
    },
  ],
  ['wss://open.test/no', 'deny', 'PATH_DENIED', { rule: 't.yaml:8' }],
  [
    'wss://capped.test/',
    'deny',
    'SOCKET_DENIED',
    { rule: 't.yaml:10', message: expect.stringMatching(/takes no bodies/) },
  ],
  ['wss://cited.test/', 'deny', 'SOCKET_DENIED', { rule: 't.yaml:11' }],
  ['https://cited.test/', 'allow', 'PERMITTED', {}],
  ['ws://open.test/ok/a', 'deny', 'PLAIN_HTTP_REFUSED', {}],
  ['wss://nobody.test/', 'deny', 'HOST_DENIED', {}],
  // Raw protocols, by name.
  ['https://gateway.test:4001/', 'deny', 'PROTOCOL_UNSUPPORTED', { message: byName }],
  ['https://open.test:4001/ok/a', 'deny', 'PROTOCOL_UNSUPPORTED', { message: byName }],
  ['https://fix-oe.venue.test/', 'deny', 'PROTOCOL_UNSUPPORTED', { message: expect.stringMatching(/FIX/) }],
  ['http://gateway.test:4001/', 'deny', 'PLAIN_HTTP_REFUSED', { beyond: byName }],
  ['https://192.168.1.5:4001/', 'deny', 'CONNECT_TARGET', { message: asks, beyond: byName }],
  // Addresses and metadata services, in every spelling.
  ['https://169.254.169.254/latest/meta-data/', 'deny', 'CONNECT_TARGET', { message: asks, beyond: taints }],
  ['http://169.254.169.254/latest/meta-data/', 'deny', 'PLAIN_HTTP_REFUSED', { beyond: taints }],
  ['https://0xa9fea9fe/', 'deny', 'CONNECT_TARGET', { beyond: taints }],
  ['https://[::ffff:169.254.169.254]/', 'deny', 'CONNECT_TARGET', { beyond: taints }],
  ['https://metadata.google.internal/', 'deny', 'HOST_DENIED', { beyond: taints }],
  ['https://10.0.0.1/', 'deny', 'CONNECT_TARGET', { message: asks, beyond: warns }],
  ['wss://10.0.0.1/', 'deny', 'CONNECT_TARGET', { message: asks, beyond: warns }],
  ['https://open.test./ok/a', 'deny', 'CONNECT_TARGET', { beyond: '' }],
  // What the sidecar answers itself.
  ['http://tradebox.internal/orders', 'allow', 'PERMITTED', {}],
  ['ws://tradebox.internal/orders', 'deny', 'PLAIN_HTTP_REFUSED', {}],
  ['ftp://open.test/', 'deny', 'URL_INVALID', {}],
])('GET %s: %s %s', (url, verdict, code, more) => {
  expect(explain({ method: 'GET', url })).toMatchObject({ verdict, code, ...more });
});

test('in shadow no socket of a venue passes, and REST does', () => {
  const inShadow = createExplainer({ rules, mode: 'shadow', venueOf, clock: fixedClock(0) });
  const url = 'wss://ws.okx.com:8443/ws/v5/public';
  expect(explain({ method: 'GET', url }).verdict).toBe('allow');
  expect(inShadow({ method: 'GET', url })).toMatchObject({ verdict: 'deny', code: 'WEBSOCKET_UNSUPPORTED' });
  const order = `https://${okxHost}/api/v5/trade/order`;
  expect(inShadow({ method: 'POST', url: order }).verdict).toBe('allow');
});

test('an attempt on funds is told to taint, and a socket is asked for by GET alone', () => {
  const url = `https://${okxHost}/api/v5/asset/withdrawal`;
  expect(explain({ method: 'POST', url }).beyond).toMatch(/^to ask taints the box \(funds-attempt\)/);
  expect(explain({ method: 'POST', url: 'wss://open.test/ok/a' }).code).toBe('UPGRADE_REFUSED');
  expect(explain({ method: 'POST', url: 'http://tradebox.internal/mcp' }).verdict).toBe('allow');
  expect(explain({ method: 'POST', url: 'http://tradebox.internal/orders' }).verdict).toBe('deny');
});

test.each(
  Object.entries(socketPlaces).flatMap(([id, places]) =>
    places.map(({ host, path }) => [id, host, path] as const),
  ),
)('%s: the socket at %s%s passes, as it does at the boundary', (id, host, path) => {
  const venue = venues.find((one) => one.id === id);
  const port = venue?.hosts.find((one) => one.host === host)?.ports[0] ?? 443;
  const ask = createExplainer({
    rules: [rule(host, { ports: [port], venue: id })],
    mode: 'readonly',
    venueOf: () => venue,
    clock: fixedClock(0),
  });
  expect(ask({ method: 'GET', url: `wss://${host}:${port}${path}` })).toMatchObject({ verdict: 'allow' });
});

test('the reason and the caps of the line are told', () => {
  expect(explain({ method: 'GET', url: 'https://open.test/ok/a' })).toMatchObject({
    message: 'reading',
    beyond: 'bodies up to 5 bytes',
  });
});

test('of a model it is told that bodies are not searched for decoys', () => {
  const models = ['open.test'];
  const ofModel = createExplainer({ rules, mode: 'readonly', venueOf, models, clock: fixedClock(0) });
  expect(ofModel({ method: 'GET', url: 'https://open.test/ok/a' })).toMatchObject({
    beyond: 'a model’s: bodies are not searched for decoys, bodies up to 5 bytes',
  });
  expect(ofModel({ method: 'GET', url: 'https://a.wide.test/' })).toMatchObject({ beyond: '' });
});

test('the pipeline gives the same code for the same world', () => {
  const world = makeWorld();
  const ask = createExplainer({
    rules: [rule('open.test', { methods: ['GET'], paths: ['/ok/**'] })],
    mode: 'readonly',
    venueOf: () => undefined,
    clock: fixedClock(0),
  });
  for (const path of ['/ok/a', '/no', '/ok/..%2fno', '/ok/%zz']) {
    const decided = decide(world, 'open.test', get('open.test', path)).denied?.code ?? 'PERMITTED';
    expect(ask({ method: 'GET', url: `https://open.test${path}` }).code).toBe(decided);
  }
});
