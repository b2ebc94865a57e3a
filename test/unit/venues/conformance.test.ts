// What every venue leaf keeps, whatever its scheme: a loop over the list, so that a new leaf is judged by being listed.
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HeaderList, HttpRequest } from '../../../src/core/http.js';
import { openingPath } from '../../../src/venues/ibkr/live-session.js';
import { sessionPath, tokenPath } from '../../../src/venues/ibkr/oauth2.js';
import type { Environment, Operation, SignedRequest, Venue } from '../../../src/venues/venue.js';
import { findVenue, venues } from '../../../src/venues/venues.js';
import { asReal, makeDecoys, requestOf, stampAt } from '../../support/venue-requests.js';

const allowed = ['read', 'order', 'amend', 'cancel', 'risk'];
const bodies: readonly (readonly [string, string])[] = [
  ['', ''],
  ['application/json', '{}'],
  ['application/x-www-form-urlencoded', 'nonce=1'],
];
/** Bodies that some venue needs before it signs at all. */
const signable: typeof bodies = [
  ...bodies,
  ['application/json', '{"action":{"type":"scheduleCancel"},"nonce":1,"signature":{}}'],
];
const nowMs = 1_800_000_000_000;
/** Refused for what the operation is, not for what its body lacks. */
const notSigned = /signing was asked for|does not sign|no operation .* is public/;

/** What opens a session is the sidecar's own: nobody else has it signed, at any venue. */
const opening = [openingPath, sessionPath, tokenPath];

/** Bodies for the row; where it is one action of a path that many share, those that name it. */
function bodiesOf({ path }: Operation): typeof bodies {
  const [, type] = path.split('#');
  if (type === undefined) return bodies;
  return [['application/json', JSON.stringify({ action: { type }, nonce: nowMs, signature: {} })]];
}
const samples = [
  'a1',
  'A1',
  'AAPL',
  'BTC-USD',
  '1',
  '6b6f7d5e-2d0c-4a3b-9a51-0d2a4f6c8e10',
  'us',
  'markets',
  'trade',
  '1m',
  'PF_XBTUSD',
];

/** A host that serves the row, and an environment it serves it for. */
function placeOf(venue: Venue, row: Operation): { host: string; environment: Environment } {
  const host = venue.hosts.find(
    ({ transport, apis }) => transport === 'rest' && (row.api === undefined || apis?.includes(row.api)),
  );
  if (host === undefined) throw new Error(`no host serves ${row.path}`);
  return { host: host.host, environment: host.environments[0]! };
}

/** The row's path with its segments filled in so that the table knows it. */
function pathOf(venue: Venue, row: Operation): string {
  if (!row.path.includes('{')) return row.path.replace(/\/\*\*$/, '');
  const { host } = placeOf(venue, row);
  const fill = (path: string): string | undefined => {
    const name = /\{\w+\}/.exec(path)?.[0];
    if (name === undefined) {
      const { class: kind } = venue.classify({ host, method: row.method, path, query: '' });
      return kind === 'unknown' ? undefined : path;
    }
    for (const sample of samples) {
      const filled = fill(path.replace(name, sample));
      if (filled !== undefined) return filled;
    }
    return undefined;
  };
  const path = fill(row.path);
  if (path === undefined) throw new Error(`no sample fits ${row.path}`);
  return path;
}

const methodOf = (row: Operation) => (row.method === '*' ? 'POST' : row.method);

function bareRequest(venue: Venue, row: Operation, type = '', body = ''): HttpRequest {
  const headers: HeaderList = type === '' ? [] : [['content-type', type]];
  return requestOf(methodOf(row), `https://${placeOf(venue, row).host}${pathOf(venue, row)}`, headers, body);
}

/** A request as a client holding these values signs it: what our own signer makes of them, put back on the wire. */
function clientRequest(venue: Venue, row: Operation, values: Record<string, string>): HttpRequest {
  const { environment } = placeOf(venue, row);
  for (const [type, body] of signable) {
    const bare = bareRequest(venue, row, type, body);
    let signed: SignedRequest;
    try {
      signed = venue.sign(bare, asReal(values), stampAt(1_800_000_000_000, environment));
    } catch {
      continue;
    }
    const request = { ...bare, ...signed };
    if (venue.authenticate(request, values).kind === 'valid') return request;
  }
  throw new Error(`nothing that ${venue.id} signs does it accept`);
}

describe.each(venues.map((venue) => [venue.id, venue] as const))('%s', (id, venue) => {
  const rows = venue.operations;
  const decoy = makeDecoys(venue);
  // A venue whose reads are all public is asked for a cancel instead.
  const privateRow =
    rows.find((row) => row.class === 'read' && !row.isPublic) ?? rows.find((row) => row.class === 'cancel')!;

  test('is found by its id, and its hosts are exact names', () => {
    expect(findVenue(id)).toBe(venue);
    const names = venue.hosts.map(({ host }) => host);
    expect(new Set(names).size).toBe(names.length);
    for (const { host, ports, environments } of venue.hosts) {
      expect(host).toMatch(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/);
      expect(ports.length).toBeGreaterThan(0);
      expect(environments.length).toBeGreaterThan(0);
    }
  });

  test('every row of the table has the class it shows, and families are funds', () => {
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) {
      const { host } = placeOf(venue, row);
      const found = venue.classify({ host, method: methodOf(row), path: pathOf(venue, row), query: '' });
      expect(found, `${row.method} ${row.path}`).toMatchObject({ class: row.class, isPublic: row.isPublic });
      if (row.path.endsWith('/**')) expect(row.class).toBe('funds');
    }
    expect(rows.some((row) => row.class === 'order')).toBe(true);
    expect(rows.some((row) => row.class === 'cancel')).toBe(true);
  });

  test('what no row names is unknown: paths, hosts, methods (S4)', () => {
    const { host } = placeOf(venue, privateRow);
    const classify = (method: string, path: string, on = host) =>
      venue.classify({ host: on, method, path, query: '' }).class;
    const known = pathOf(venue, privateRow);
    for (const path of ['', '/', '/nothing', `/x${known}`]) {
      for (const method of ['GET', 'POST', 'DELETE']) expect(classify(method, path), path).toBe('unknown');
    }
    // Beside a read may lie a family of funds.
    expect(['unknown', 'funds']).toContain(classify(privateRow.method, `${known}x`));
    for (const method of ['', 'get', 'HEAD', 'OPTIONS', 'CONNECT', 'TRACE', 'PROPFIND']) {
      expect(classify(method, pathOf(venue, privateRow)), method).toBe('unknown');
    }
    for (const other of ['evil.example', `${host}.evil.example`, host.toUpperCase(), `${host}.`, '']) {
      expect(classify(privateRow.method, pathOf(venue, privateRow), other), other).toBe('unknown');
    }
  });

  test('another spelling of a path is unknown (D8)', () => {
    for (const row of rows.filter(({ class: kind }) => allowed.includes(kind))) {
      const { host } = placeOf(venue, row);
      const path = pathOf(venue, row);
      const [, first = ''] = path.split('/');
      const letter = path.search(/[a-z]/);
      const spellings = [
        `/${path}`,
        path.replace(/\/([^/]*)$/, '//$1'),
        `/./${path.slice(1)}`,
        `/x/..${path}`,
        `${path}/`,
        `${path}/..${path}`,
        `${path};a=1`,
        `${path}%20`,
        `${path}%00`,
        `/%2e${path}`,
        path.replace(
          first,
          encodeURIComponent(first).replace(/^./, (c) => `%${c.charCodeAt(0).toString(16)}`),
        ),
        path.replaceAll('/', '\\'),
        `${path.slice(0, letter)}${path.slice(letter).replace(/[a-z]/, (c) => c.toUpperCase())}`,
        `${path} `,
        `${path}?`,
        `${path}#`,
      ];
      const others = spellings.filter((one) => one !== path && !rows.some((known) => known.path === one));
      for (const spelling of others) {
        const found = venue.classify({ host, method: row.method, path: spelling, query: '' });
        // Segments of free text may take another spelling of themselves: the class must not change then.
        if (row.path.includes('{') && found.operation === row.path.slice(1)) continue;
        expect(found.class, spelling).toBe('unknown');
      }
    }
  });

  test('funds are neither parsed as orders nor signed (S7)', () => {
    const real = asReal(decoy);
    const denied = rows.filter(({ class: kind }) => kind === 'funds');
    for (const row of denied) {
      const { environment } = placeOf(venue, row);
      for (const [type, body] of bodiesOf(row)) {
        const request = bareRequest(venue, row, type, body);
        expect(venue.parseOrders(request, { account: 'a', environment }).ok, row.path).toBe(false);
        for (const values of [real, undefined])
          expect(() => venue.sign(request, values, stampAt(nowMs, environment)), row.path).toThrow(notSigned);
      }
    }
  });

  test('what no row names is not signed, whatever let it come so far (S4)', () => {
    const real = asReal(decoy);
    const { host, environment } = placeOf(venue, privateRow);
    for (const path of ['/', '/nothing', `/x${pathOf(venue, privateRow)}`, ...opening]) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
        for (const [type, body] of signable) {
          const headers: HeaderList = type === '' ? [] : [['content-type', type]];
          const request = requestOf(method, `https://${host}${path}`, headers, body);
          for (const values of [real, undefined])
            expect(() => venue.sign(request, values, stampAt(nowMs, environment)), path).toThrow(notSigned);
        }
      }
    }
  });

  test('no order, amend or cancel is understood from an unreadable body', () => {
    const unreadable = [
      '{',
      '\u0000',
      '[[[[[[[[[[[[[[[[',
      '{"a":1,"a":2}',
      'a=1&a=2',
      '%',
      'x'.repeat(300_000),
    ];
    for (const row of rows.filter(({ class: kind }) => ['order', 'amend'].includes(kind))) {
      const { environment } = placeOf(venue, row);
      for (const body of unreadable) {
        for (const type of [
          'application/json',
          'application/x-www-form-urlencoded',
          'multipart/form-data; boundary=x',
        ]) {
          const request = bareRequest(venue, row, type, body);
          const label = `${row.path} ${type} ${body.slice(0, 20)}`;
          const parsed = venue.parseOrders(request, { account: 'a', environment });
          expect(parsed.ok && methodOf(row) !== 'DELETE', label).toBe(false);
        }
      }
    }
  });

  test('what is signed is what is accepted: the signature covers the bytes sent (C3)', () => {
    const request = clientRequest(venue, privateRow, decoy);
    expect(venue.authenticate(request, decoy)).toEqual({ kind: 'valid' });
  });

  test('another decoy, a missing part or no authentication is not valid', () => {
    const request = clientRequest(venue, privateRow, decoy);
    expect(venue.authenticate(request, makeDecoys(venue))).toMatchObject({ kind: 'invalid' });
    expect(venue.authenticate(request, {})).toMatchObject({ kind: 'invalid' });
    const bare = bareRequest(venue, privateRow);
    expect(venue.authenticate(bare, decoy)).toEqual({ kind: 'none' });
    const secrets = request.headers.filter(([name]) => /auth|key|sign|token|passphrase|nonce/i.test(name));
    if (secrets.length === 0) {
      const forged = request.body
        .toString()
        .replace(/"r":"0x(.)/, (_, digit) => `"r":"0x${digit === '1' ? '2' : '1'}`);
      expect(venue.authenticate({ ...request, body: Buffer.from(forged) }, decoy).kind).toBe('invalid');
    }
    for (const [dropped] of secrets) {
      const partial = { ...request, headers: request.headers.filter(([name]) => name !== dropped) };
      expect(venue.authenticate(partial, decoy).kind, dropped).not.toBe('valid');
      const twice = { ...request, headers: [...request.headers, [dropped, 'x'] as const] };
      expect(venue.authenticate(twice, decoy).kind, `${dropped} twice`).toBe('invalid');
    }
  });

  test('a re-signed request holds nothing of the decoy, and a public one nothing secret at all', () => {
    const request = clientRequest(venue, privateRow, decoy);
    const real = makeDecoys(venue);
    const { environment } = placeOf(venue, privateRow);
    const signed = venue.sign(request, asReal(real), stampAt(1_800_000_000_000, environment));
    const text = JSON.stringify([signed.headers, signed.query, signed.path, signed.body.toString()]);
    for (const value of Object.values(decoy)) expect(text).not.toContain(value);
    const row = rows.find(({ isPublic }) => isPublic);
    if (row === undefined) return;
    const place = placeOf(venue, row);
    const withKeys = { ...bareRequest(venue, row), headers: request.headers };
    const unsigned = venue.sign(withKeys, undefined, stampAt(1, place.environment));
    const sent = JSON.stringify([unsigned.headers, unsigned.query, unsigned.path, unsigned.body.toString()]);
    for (const value of Object.values(decoy)) expect(sent).not.toContain(value);
  });

  test('no text of the client’s own goes upstream in a header (A16, D8)', () => {
    const request = clientRequest(venue, privateRow, decoy);
    const { environment } = placeOf(venue, privateRow);
    const planted: HeaderList = [
      ['X-HTTP-Method-Override', 'DELETE'],
      ['X-Original-URL', '/elsewhere'],
      ['X-Forwarded-For', '127.0.0.1'],
      ['Cookie', 'session=1'],
      ['Proxy-Authorization', 'Basic x'],
      ['Transfer-Encoding', 'chunked'],
    ];
    const text = 'any-text';
    const words: HeaderList = [
      ['User-Agent', `sdk/1 ${text}`],
      ['Accept', `application/json;v=${text}, application/x-${text}`],
      ['Accept-Language', text],
      ['Accept-Encoding', text],
      ['X-Note', text],
    ];
    const signed = venue.sign(
      { ...request, headers: [...request.headers, ...planted, ...words] },
      asReal(decoy),
      stampAt(1_800_000_000_000, environment),
    );
    const names = signed.headers.map(([name]) => name.toLowerCase());
    for (const [name] of planted) expect(names).not.toContain(name.toLowerCase());
    expect(JSON.stringify(signed.headers)).not.toContain(text);
    expect(names).toContain('user-agent');
    expect(new Set(names).size).toBe(names.length);
  });

  test('no printable form of anything holds a real secret (S2)', () => {
    const values = makeDecoys(venue);
    const real = asReal(values);
    const shown = [
      inspect(real),
      JSON.stringify(real),
      inspect(venue, { depth: 9 }),
      `${real[Object.keys(real)[0]!]}`,
    ];
    for (const text of shown) for (const value of Object.values(values)) expect(text).not.toContain(value);
    for (const { explainMalformed } of venue.credential) {
      for (const value of Object.values(values)) {
        expect(explainMalformed?.(`${value}\n`) ?? '').not.toContain(value);
        expect(explainMalformed?.(`é${value}`) ?? '').not.toContain(value);
      }
    }
  });

  test('decoys are format-valid and differ each time', () => {
    expect(venue.credential.length).toBeGreaterThan(0);
    const made = Array.from({ length: 20 }, () => makeDecoys(venue));
    for (const { name, env, explainMalformed } of venue.credential) {
      expect(new Set(made.map((one) => one[name])).size, name).toBe(made.length);
      expect(
        env.every((one) => /^[A-Z][A-Z0-9_]+$/.test(one)),
        name,
      ).toBe(true);
      for (const one of made) expect(explainMalformed?.(one[name]!), name).toBeUndefined();
    }
  });

  test('a refusal is an answer that carries the message and the request id', () => {
    const answer = venue.refuse({ code: 'DENIED', message: 'no orders in this box', requestId: 'r-77' });
    expect(answer.status).toBeGreaterThanOrEqual(200);
    expect([429, 500, 502, 503, 504]).not.toContain(answer.status);
    expect(answer.body.toString()).toContain('no orders in this box');
    expect(answer.body.toString()).toContain('r-77');
    const hostile = venue
      .refuse({ code: 'DENIED', message: 'a\u001b[2J\nb', requestId: 'r' })
      .body.toString();
    expect(hostile).not.toMatch(/\u001b|\\u001b|\\n/);
  });

  test('nothing an agent sends makes a leaf throw', () => {
    const row = fc.constantFrom(...rows);
    const header = fc.tuple(
      fc.constantFrom(
        'content-type',
        'content-encoding',
        'authorization',
        'x-mbx-apikey',
        'x-bapi-sign',
        'api-key',
      ),
      fc.constantFrom(
        'application/json',
        'application/x-www-form-urlencoded',
        'gzip',
        'Bearer x',
        '',
        '\u00ff',
      ),
    );
    const body = fc.oneof(fc.json(), fc.string(), fc.constant('symbol=A&side=BUY'), fc.webQueryParameters());
    fc.assert(
      fc.property(
        row,
        fc.array(header, { maxLength: 4 }),
        body,
        fc.webQueryParameters(),
        (one, headers, text, query) => {
          const request = { ...bareRequest(venue, one), headers, query, body: Buffer.from(text) };
          venue.classify(request);
          venue.authenticate(request, decoy);
          venue.parseOrders(request, { account: 'a', environment: 'demo' });
        },
      ),
      { numRuns: 150, seed: randomBytes(4).readInt32LE() },
    );
  });
});
