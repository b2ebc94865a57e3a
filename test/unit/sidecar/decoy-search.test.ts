// ATTACKS B1, B3: a decoy in what the agent sends, as tools of a shell and libraries write it, mixed, wrapped and nested; each form
// beside the same form of another text, which passes.
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { createCredentialBook } from '../../../src/sidecar/credentials.js';
import { DecoySearch } from '../../../src/sidecar/decoy-search.js';
import { compilePolicy } from '../../../src/sidecar/egress-policy.js';
import { venues } from '../../../src/venues/venues.js';
import { disguises } from '../../support/disguises.js';
import {
  apiDecoy,
  decide,
  get,
  llmDecoy,
  makeWorld,
  decoys as okxDecoys,
  onOkx,
  rule,
  signed,
} from '../../support/pipeline-world.js';
import {
  closeAll,
  decoy,
  hello,
  host,
  setUp,
  taintsOf,
  llmDecoy as wireDecoy,
} from '../../support/relay-box.js';
import { exchange } from '../../support/sidecar-box.js';

const post = (host: string, body: Buffer) =>
  `POST /ok/x HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${body.length}\r\n\r\n${body.toString('latin1')}`;
/** A file of settings: what stands before the value decides how lines and groups of base64 fall. */
const fileOf = (value: string, before: number) =>
  `${'# notes\nA=1\n'.repeat(4).slice(0, before)}KEY=${value}\nB=2\n`;
/** No decoy, but of the same make. */
const other = (decoy: string) =>
  decoy.replace(/[0-9A-Za-z]/g, () => randomBytes(1).toString('hex').charAt(0));
const writing = makeWorld({ policy: compilePolicy([rule('open.test'), rule('llm.test')]) });
const misplaced = { code: 'DECOY_MISPLACED', taint: 'decoy-misuse' };

describe.each(Object.entries(disguises))('%s', (_name, disguise) => {
  const bodies = (value: string) =>
    [0, 1, 2, 17, 40].map((before) => Buffer.from(disguise(fileOf(value, before))));

  test('in a body it is denied and taints; the same form of another text passes', () => {
    for (const decoy of [apiDecoy, llmDecoy, ...Object.values(okxDecoys)]) {
      for (const body of bodies(decoy))
        expect(
          decide(writing, 'open.test', post('open.test', body)).denied,
          body.toString('latin1'),
        ).toMatchObject(misplaced);
      for (const body of bodies(other(decoy)))
        expect(decide(writing, 'open.test', post('open.test', body)).denied).toBeUndefined();
    }
  });

  test('a model’s host gets it literally', () => {
    const own = `Authorization: Bearer ${llmDecoy}`;
    for (const body of bodies(apiDecoy))
      expect(
        decide(writing, 'llm.test', post('llm.test', body).replace('\r\n\r\n', `\r\n${own}\r\n\r\n`)).denied,
      ).toBeUndefined();
  });
});

const percent = (text: string) =>
  [...text].map((char, index) => (index % 2 ? char : `%${char.charCodeAt(0).toString(16)}`)).join('');
const joined = (text: string) =>
  Buffer.from(text)
    .toString('base64')
    .match(/.{1,76}/g)
    ?.join(' ') ?? '';

describe.each([
  ['the path', (text: string) => get('open.test', `/ok/${percent(text)}`)],
  ['the query', (text: string) => get('open.test', `/ok/?q=${percent(text)}`)],
  ['the query, twice', (text: string) => get('open.test', `/ok/?q=${percent(text).replaceAll('%', '%25')}`)],
  [
    'a field',
    (text: string) =>
      get(
        'open.test',
        '/ok/',
        `X-Note: ${JSON.stringify({ text }).replace(/[a-f]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`)}`,
      ),
  ],
  ['lines in a field', (text: string) => get('open.test', '/ok/', `X-Note: ${joined(fileOf(text, 40))}`)],
  ['a cookie', (text: string) => get('open.test', '/ok/', `Cookie: a=b; c=${percent(text)}`)],
])('in %s', (_name, make) => {
  test('a decoy is denied and taints, another text passes', () => {
    for (const decoy of [apiDecoy, llmDecoy, ...Object.values(okxDecoys)]) {
      expect(decide(writing, 'open.test', make(decoy)).denied).toMatchObject(misplaced);
      expect(decide(writing, 'open.test', make(other(decoy))).denied).toBeUndefined();
    }
  });
});

test('a decoy at home passes beside escapes, a second one of it does not', () => {
  const own = `Authorization: Bearer ${apiDecoy}`;
  const judge = (target: string, ...fields: string[]) =>
    decide(makeWorld(), 'api.test', get('api.test', target, own, ...fields));
  expect(judge('/?symbol=BTC%2FUSDT', 'X-Note: a\\nb').denied).toBeUndefined();
  expect(judge(`/?symbol=${percent(apiDecoy)}`).denied).toMatchObject(misplaced);
  expect(judge('/', `X-Note: ${percent(apiDecoy)}`).denied).toMatchObject(misplaced);
});

test('at its venue a decoy may sign beside escapes, but reaches the venue in no form', () => {
  const target = '/api/v5/market/ticker?instId=';
  expect(onOkx(makeWorld(), signed('GET', `${target}BTC%2DUSDT`)).denied).toBeUndefined();
  for (const decoy of Object.values(okxDecoys))
    expect(onOkx(makeWorld(), signed('GET', target + percent(decoy))).denied).toMatchObject(misplaced);
  const note = (text: string) => signed('GET', `${target}BTC-USDT`, '', `X-Note: ${percent(text)}\r\n`);
  expect(onOkx(makeWorld(), note(llmDecoy)).denied).toMatchObject(misplaced);
  expect(onOkx(makeWorld(), note(other(llmDecoy))).denied).toBeUndefined();
});

test('the canary is told from a decoy in every form', () => {
  const token = randomBytes(32).toString('hex');
  const decoys = new DecoySearch(createCredentialBook([], { canary: token }));
  for (const disguise of Object.values(disguises)) {
    const body = Buffer.from(disguise(fileOf(token, 5)));
    expect(decide({ ...writing, decoys }, 'open.test', post('open.test', body)).denied).toMatchObject({
      code: 'CANARY_SENT',
      taint: 'canary',
    });
  }
});

test('every decoy that a venue takes is found in every form, and none in what is random', () => {
  const decoys = venues.flatMap(({ id, credential }) =>
    credential.map(({ name, makeDecoy }) => ({ id: `${id} ${name}`, value: makeDecoy(randomBytes) })),
  );
  const search = new DecoySearch({ decoys });
  const isFound = (bytes: Buffer) =>
    search.find(bytes) !== undefined || search.findDisguised(bytes, false) !== undefined;
  const missed = decoys.flatMap(({ id, value }) =>
    Object.entries(disguises).flatMap(([name, disguise]) =>
      isFound(Buffer.from(disguise(`KEY=${value}\n`))) ? [] : [`${id}: ${name}`],
    ),
  );
  // Their letters and digits are digits alone, which market data is full of; both are places, not keys.
  const places = ['ibkr gateway', 'ibkr ipAddress'];
  expect(missed.filter((one) => !places.some((place) => one.startsWith(place)))).toEqual([]);
  const random = [
    fc.uint8Array({ minLength: 2000, maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
    fc
      .array(fc.integer({ min: 0, max: 255 }), { minLength: 500 })
      .map((list) => Buffer.from(JSON.stringify(list, undefined, 1))),
    fc.json().map((text) => Buffer.from(`%0a\n${text}`)),
  ];
  fc.assert(
    fc.property(fc.oneof(...random), (bytes) => !isFound(bytes)),
    { numRuns: 300 },
  );
});

describe('on the wire', () => {
  afterEach(closeAll);
  const chunk = (bytes: Buffer) =>
    Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
  const streamed = (pieces: Buffer[], trailers = '') =>
    Buffer.concat([
      Buffer.from(`POST /v1/x HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n`),
      ...pieces.map(chunk),
      Buffer.from(`0\r\n${trailers}\r\n`),
    ]);

  test('a streamed body’s first pieces and its trailers are looked at, too', async () => {
    const { box, upstream } = await setUp(hello);
    const wrapped = (text: string) => Buffer.from(disguises['base64 in lines']?.(fileOf(text, 40)) ?? '');
    const send = (request: Buffer) => exchange(box, host, request);
    expect(await send(streamed([wrapped(other(decoy))], `X-Note: ${percent(other(decoy))}\r\n`))).toContain(
      ' 200 ',
    );
    expect(await send(streamed([Buffer.from('begin'), wrapped(wireDecoy)]))).toContain('403 Forbidden');
    expect(await send(streamed([Buffer.from('begin')], `X-Note: ${percent(wireDecoy)}\r\n`))).toContain(
      '403 Forbidden',
    );
    expect(upstream.receivedText()).not.toContain(wrapped(wireDecoy).toString().slice(-60));
    expect(taintsOf(box)).toMatchObject([{ cause: 'decoy-misuse' }, { cause: 'decoy-misuse' }]);
  });
});
