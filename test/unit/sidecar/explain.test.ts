// What is explained is what the pipeline decides.
import { expect, test } from 'vitest';
import { fixedClock } from '../../../src/core/clock.js';
import { createExplainer } from '../../../src/sidecar/explain.js';
import { okx } from '../../../src/venues/okx/okx.js';
import { okxHost } from '../../support/okx-client.js';
import { decide, get, makeWorld, rule } from '../../support/pipeline-world.js';

const rules = [
  rule('open.test', {
    methods: ['GET'],
    paths: ['/ok/**'],
    reason: 'reading',
    origin: 't.yaml:8',
    maxBodyBytes: 5,
  }),
  rule('*.wide.test', { origin: 't.yaml:9' }),
  rule(okxHost, { venue: 'okx', origin: 'account main' }),
];
const venueOf = (host: string) => (host === okxHost ? okx : undefined);
const explain = createExplainer({ rules, mode: 'readonly', venueOf, clock: fixedClock(0) });

test.each([
  ['GET', 'https://open.test/ok/a', 'allow', 'PERMITTED', 't.yaml:8'],
  ['POST', 'https://open.test/ok/a', 'deny', 'METHOD_DENIED', 't.yaml:8'],
  ['GET', 'https://open.test/no', 'deny', 'PATH_DENIED', 't.yaml:8'],
  ['GET', 'https://open.test:8443/ok/a', 'deny', 'PORT_DENIED', 't.yaml:8'],
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
