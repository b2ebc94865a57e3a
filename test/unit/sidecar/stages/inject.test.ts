// The injection engine behind the whole pipeline and on the wire: each placement, and every other place.
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { encodingsOf } from '../../../../src/core/needles.js';
import { compilePolicy } from '../../../../src/sidecar/egress-policy.js';
import type { CredentialSetting, PlainCredentialSetting } from '../../../../src/sidecar/settings.js';
import { decide, makeWorld, plain, random, rule } from '../../../support/pipeline-world.js';
import { closeAll, decidedOf, hello, host, setUp, taintsOf } from '../../../support/relay-box.js';
import { exchange, tlsClient } from '../../../support/sidecar-box.js';

afterEach(closeAll);

const secret = random('real');
const decoy = random('decoy');
const placements = {
  header: { in: 'header', name: 'x-key', prefix: 'Token ' },
  basic: { in: 'basic', username: 'me' },
  query: { in: 'query', name: 'api_key' },
  path: { in: 'path', prefix: 'bot' },
  json: { in: 'json', keys: ['auth', 'token'] },
  form: { in: 'form', name: 'token' },
} satisfies Record<string, PlainCredentialSetting['placement']>;
type Place = keyof typeof placements;

const credential = (place: Place, isLlm = false): CredentialSetting => ({
  kind: 'plain',
  id: 'api',
  hosts: [host],
  placement: placements[place],
  secret,
  decoy,
  isLlm,
});
const base64 = (text: string) => Buffer.from(text).toString('base64');
const json = 'Content-Type: application/json\r\n';
const form = 'Content-Type: application/x-www-form-urlencoded\r\n';

const request = (target: string, fields = '', body = '') =>
  `${body === '' ? 'GET' : 'POST'} ${target} HTTP/1.1\r\nHost: ${host}\r\n${fields}${body === '' ? '' : `Content-Length: ${body.length}\r\n`}\r\n${body}`;

/** A request with `value` in the place, and what of it the upstream must read when the value is the secret. */
const at: Record<Place, (value: string) => string> = {
  header: (value) => request('/v1/x', `X-Key: token ${value}\r\n`),
  basic: (value) => request('/v1/x', `Authorization: Basic ${base64(`me:${value}`)}\r\n`),
  query: (value) => request(`/v1/x?a=b&api_key=${value}&c=d`),
  path: (value) => request(`/v1/bot${value}/getMe?x=y`),
  json: (value) => request('/v1/x', json, `{"a":1.0,"auth":{"token":"${value}"}}`),
  form: (value) => request('/v1/x', form, `a=b&token=${value}`),
};
const sent: Record<Place, string> = {
  header: `x-key: Token ${secret}\r\n`,
  basic: `authorization: Basic ${base64(`me:${secret}`)}\r\n`,
  query: `/v1/x?a=b&api_key=${secret}&c=d HTTP/1.1`,
  path: `/v1/bot${secret}/getMe?x=y HTTP/1.1`,
  json: `\r\n\r\n{"a":1.0,"auth":{"token":"${secret}"}}`,
  form: `\r\n\r\na=b&token=${secret}`,
};
const places = Object.keys(placements) as Place[];

test.each(places)(
  'in the %s: the decoy is replaced; a foreign value is refused; the journal holds no secret',
  async (place) => {
    const { box, upstream } = await setUp(hello, {}, { credentials: [credential(place)] });
    expect(await exchange(box, host, at[place](decoy))).toContain('200 OK');
    expect(upstream.receivedText()).toContain(sent[place]);
    expect(upstream.receivedText()).not.toContain(decoy);
    const refused = await exchange(box, host, at[place](random('other')));
    // A path segment is an ordinary one until it is the decoy.
    expect(refused).toContain(place === 'path' ? '200 OK' : '403 Forbidden');
    expect(box.journalText()).not.toContain(secret);
  },
);

test.each(places)('in the %s, the credential goes nowhere else', async (place) => {
  const { box, upstream } = await setUp(hello, {}, { credentials: [credential(place)] });
  const wrong = places.filter((other) => other !== place);
  for (const other of wrong) expect(await exchange(box, host, at[other](decoy))).toContain('403 Forbidden');
  expect(decidedOf(box).map(({ code }) => code)).toEqual(wrong.map(() => 'DECOY_MISPLACED'));
  expect(taintsOf(box)).toHaveLength(wrong.length);
  expect(upstream.receivedText()).toBe('');
});

test('a body with a secret in it keeps its length true, however it came, and is bounded', async () => {
  const { box, upstream } = await setUp(
    hello,
    { bodyLimits: { venue: 2000 } },
    { credentials: [credential('json')] },
  );
  const body = `{"auth":{"token":"${decoy}"}}`;
  const client = await tlsClient(box, host);
  client.write(`POST /v1/x HTTP/1.1\r\nHost: ${host}\r\n${json}Transfer-Encoding: chunked\r\n\r\n`);
  for (const piece of body.match(/.{1,3}/g) ?? [])
    client.write(`${piece.length.toString(16)}\r\n${piece}\r\n`);
  client.write('0\r\n\r\n');
  await client.until('200 OK');
  const whole = `{"auth":{"token":"${secret}"}}`;
  expect(upstream.receivedText()).toContain(`content-length: ${whole.length}\r\n\r\n${whole}`);
  expect(upstream.receivedText()).not.toContain('chunked');
  expect(await exchange(box, host, request('/v1/x', json, `{"x":"${'y'.repeat(3000)}"}`))).toContain('413');
});

test('the place twice is refused, and a second decoy beside the one at home is misuse', () => {
  const judge = (place: Place, bytes: string) =>
    decide(
      makeWorld({ settings: [{ ...credential(place), hosts: ['api.test'] } as CredentialSetting] }),
      'api.test',
      bytes.replace(host, 'api.test'),
    ).denied?.code;
  expect(judge('query', request('/?api_key=x&api_key=y'))).toBe('CREDENTIAL_DUPLICATE');
  expect(judge('query', request(`/?api_key=${decoy}&b=${decoy}`))).toBe('DECOY_MISPLACED');
  expect(judge('form', request('/', form, `token=${decoy}&token=x`))).toBe('CREDENTIAL_DUPLICATE');
  expect(judge('form', request('/', form, `token=${decoy}&b=${decoy}`))).toBe('DECOY_MISPLACED');
  expect(judge('json', request('/', json, `{"auth":{"token":"${decoy}"},"b":"${decoy}"}`))).toBe(
    'DECOY_MISPLACED',
  );
  expect(judge('json', request('/', json, `{"auth":{"token":"${decoy}","token":"${decoy}"}}`))).toBe(
    'DECOY_MISPLACED',
  );
  expect(judge('json', request('/', json, `{"auth":{"token":"${decoy}"}}`))).toBeUndefined();
});

test('a model’s host gets foreign decoys in a body literally, and only its own key is replaced', () => {
  const foreign = random('foreign');
  const settings = [
    { ...credential('json', true), hosts: ['llm.test'] } as CredentialSetting,
    plain('other', 'api.test', random('other-real'), foreign, false),
  ];
  const judge = (body: string) =>
    decide(makeWorld({ settings }), 'llm.test', request('/', json, body).replace(host, 'llm.test'));
  const chat = judge(`{"auth":{"token":"${decoy}"},"chat":"${foreign} ${decoy}"}`);
  expect(chat.denied).toBeUndefined();
  expect(chat.exchange.injected?.toString()).toBe(
    `{"auth":{"token":"${secret}"},"chat":"${foreign} ${decoy}"}`,
  );
  expect(judge('{"chat":"hi"}').denied?.code).toBe('CREDENTIAL_MISSING');
});

test('a decoy in any spelling, at any place but its own, on any host, never passes', () => {
  const settings = places.map((place, index) => ({
    ...credential(place),
    id: place,
    hosts: ['api.test'],
    decoy: `${decoy}-${index}`,
  })) as CredentialSetting[];
  const world = makeWorld({ settings, policy: compilePolicy([rule('api.test'), rule('open.test')]) });
  const spellings = places.flatMap((_, index) =>
    encodingsOf(`${decoy}-${index}`).map((bytes) => bytes.toString()),
  );
  // In a head, a spelling that is no visible ASCII cannot stand.
  const spelling = fc.constantFrom(
    ...spellings.filter((text) => /^[\x21-\x7e]+$/.test(text) && !/[#\\]/.test(text)),
  );
  const around = fc.stringMatching(/^[a-z0-9]{0,5}$/);
  const wheres = [
    'segment',
    'other parameter',
    'name',
    'other field',
    'cookie',
    'text body',
    'json member',
    'form field',
  ] as const;
  const build = (where: (typeof wheres)[number], value: string, name: string): string => {
    const requests = {
      segment: request(`/a/${value}`),
      'other parameter': request(`/?q=${value}`),
      name: request(`/?${value}=1`),
      'other field': request('/', `X-Other: ${value}\r\n`),
      cookie: request('/', `Cookie: a=${value}\r\n`),
      'text body': request('/', 'Content-Type: text/plain\r\n', value),
      'json member': request('/', json, JSON.stringify({ other: value })),
      'form field': request('/', form, `other=${value}`),
    };
    return requests[where].replace(host, name);
  };
  fc.assert(
    fc.property(
      spelling,
      around,
      around,
      fc.constantFrom(...wheres),
      fc.constantFrom('api.test', 'open.test'),
      (text, before, after, where, name) => {
        const { denied } = decide(world, name, build(where, before + text + after, name));
        expect(denied).toMatchObject({ code: 'DECOY_MISPLACED', taint: 'decoy-misuse' });
      },
    ),
    { numRuns: 400 },
  );
});

test('a decoy cut into chunks anywhere never arrives whole', async () => {
  const { box, upstream } = await setUp(hello, {}, { credentials: [credential('header')] });
  const spellings = [decoy, base64(decoy), Buffer.from(decoy).toString('hex'), encodeURIComponent(decoy)];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...spellings),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
      async (text, sizes) => {
        const client = await tlsClient(box, host);
        client.write(`POST /v1/x HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n`);
        const body = `some words before ${text} and behind`;
        for (let start = 0, turn = 0; start < body.length; turn += 1) {
          const piece = body.slice(start, start + (sizes[turn % sizes.length] ?? 1));
          client.write(`${piece.length.toString(16)}\r\n${piece}\r\n`);
          start += piece.length;
        }
        client.write('0\r\n\r\n');
        expect(await client.until('HTTP/1.1')).toContain('403 Forbidden');
        client.socket.destroy();
      },
    ),
    { numRuns: 12 },
  );
  const received = upstream.receivedText().replace(/\r\n[0-9a-f]+\r\n/g, '');
  for (const text of spellings) expect(received).not.toContain(text);
});
