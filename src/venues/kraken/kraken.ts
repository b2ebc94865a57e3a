// Kraken spot: HMAC-SHA512 over path, nonce and body; the sidecar owns every nonce of the key.
import { type HeaderList, type HttpRequest, headerOf, jsonAnswer } from '../../core/http.js';
import {
  headersOnce,
  isSameText,
  revealHeader,
  revealSigningSecret,
  venueHeaders,
} from '../client-headers.js';
import { explainBase64, explainText } from '../credential-form.js';
import { compileTable } from '../operation-table.js';
import { assertServes } from '../own-host.js';
import { rateLimitsOf } from '../rate-limit.js';
import { refusalText } from '../refusal-text.js';
import { assertSignable } from '../signable.js';
import type {
  Authentication,
  Classification,
  ClassifiedRequest,
  CredentialField,
  DecoyCredential,
  RealCredential,
  SignedRequest,
  Stamp,
  Venue,
  VenueHost,
} from '../venue.js';
import { admin } from './admin.js';
import { depositAddressesPath, operations } from './operations.js';
import { parseKrakenOrders } from './orders.js';
import { pairSource } from './pairs.js';
import { apiSign, readPrivateBody } from './signature.js';
import { sessionTokens, socket } from './socket.js';

// Kraken spot has no public test environment.
const sockets = [
  'ws.kraken.com',
  'ws-auth.kraken.com',
  'ws-l3.kraken.com',
  'beta-ws.kraken.com',
  'beta-ws-auth.kraken.com',
];
const hosts: readonly VenueHost[] = [
  { host: 'api.kraken.com', ports: [443], transport: 'rest', environments: ['live', 'paper'] },
  ...sockets.map(
    (host): VenueHost => ({ host, ports: [443], transport: 'websocket', environments: ['live', 'paper'] }),
  ),
];

// A Kraken key is 56 characters of base64, a secret 88 (64 bytes).
const credential: readonly CredentialField[] = [
  {
    name: 'apiKey',
    env: ['KRAKEN_API_KEY', 'KRAKEN_APIKEY'],
    makeDecoy: (randomBytes) => randomBytes(42).toString('base64'),
    explainMalformed: (value) => explainText(value, 16, 128),
  },
  {
    name: 'secret',
    env: ['KRAKEN_API_SECRET', 'KRAKEN_SECRET', 'KRAKEN_PRIVATE_KEY'],
    makeDecoy: (randomBytes) => randomBytes(64).toString('base64'),
    explainMalformed: (value) => explainBase64(value, 32, 128),
  },
];

const classifyByTable = compileTable(operations, hosts);
const authenticationHeaders: ReadonlySet<string> = new Set(['api-key', 'api-sign']);

function classify(request: ClassifiedRequest): Classification {
  const row = classifyByTable(request);
  return row.class === 'read' && request.path === depositAddressesPath && makesAddress(request)
    ? { ...row, class: 'funds' }
    : row;
}

/** Without a body the row stands as it is; with one, whatever is not plainly a read of old addresses makes a new one. */
function makesAddress({ headers = [], body }: ClassifiedRequest): boolean {
  if (body === undefined) return false;
  const read = readPrivateBody({ headers, body });
  if ('problem' in read) return true;
  const wanted = read.fields.get('new') ?? false;
  return wanted !== false && wanted !== 'false';
}

function authenticate(request: HttpRequest, decoy: DecoyCredential): Authentication {
  const headers = headersOnce(request.headers, authenticationHeaders);
  if (!headers.ok) return invalid(`${headers.twice} is sent twice`);
  if (headers.sent.size === 0) return { kind: 'none' };
  const { apiKey, secret } = decoy;
  if (apiKey === undefined || secret === undefined) return invalid('this box holds no Kraken decoy');
  if (!isSameText(headers.sent.get('api-key') ?? '', apiKey)) return invalid('API-Key is not the decoy');
  if (request.query !== '') return invalid('a private call carries a query string');
  const body = readPrivateBody(request);
  if ('problem' in body) return invalid(body.problem);
  const expected = apiSign(secret, request.path, body.nonce, request.body);
  return isSameText(headers.sent.get('api-sign') ?? '', expected)
    ? { kind: 'valid' }
    : invalid('API-Sign does not match the bytes of the request');
}

function invalid(reason: string): Authentication {
  return { kind: 'invalid', reason };
}

/** Replaces the client's nonce by the stamp's and signs exactly the bytes returned (C3, C4). */
function sign(request: HttpRequest, real: RealCredential | undefined, stamp: Stamp): SignedRequest {
  const { method, path } = request;
  const headers = venueHeaders(request.headers);
  if (real !== undefined) assertServes(hosts, request.host, stamp.environment);
  assertSignable('Kraken', classify(request), stamp);
  if (real === undefined) return openCall(request, headers);
  const read = readPrivateBody(request);
  if ('problem' in read || request.query !== '')
    throw new Error('a Kraken call reached signing unauthenticated');
  const body = read.withNonce(stamp.nonce);
  return {
    method,
    path,
    query: '',
    headers: [
      ...headers,
      ['content-type', read.contentType],
      ['API-Key', revealHeader(real, 'apiKey', 'Kraken')],
      ['API-Sign', apiSign(revealSigningSecret(real, 'secret', 'Kraken'), path, String(stamp.nonce), body)],
    ],
    body,
  };
}

const bodyTypes: ReadonlySet<string> = new Set(['application/x-www-form-urlencoded', 'application/json']);

/** A public call: a GET, or a form that is posted. */
function openCall(
  { method, path, query, headers: sent, body }: HttpRequest,
  headers: HeaderList,
): SignedRequest {
  if (method === 'GET' || body.length === 0) return { method, path, query, headers, body: Buffer.alloc(0) };
  const type = headerOf(sent, 'content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  return {
    method,
    path,
    query,
    headers: bodyTypes.has(type) ? [...headers, ['content-type', type]] : headers,
    body,
  };
}

export const kraken: Venue = {
  id: 'kraken',
  title: 'Kraken',
  hosts,
  get operations() {
    return operations();
  },
  credential,
  classify,
  authenticate,
  sign,
  hasRisingNonces: true,
  parseOrders: parseKrakenOrders,
  // Kraken answers errors with 200; the first entry is the one that SDKs map to a class, the second is for the reader.
  refuse: (refusal) =>
    jsonAnswer(200, { error: ['EGeneral:Permission denied', refusalText(refusal)], result: null }),
  rateLimits: rateLimitsOf({
    // docs.kraken.com/exchange/guides/rest/ratelimits: a counter of up to 15 or 20 that runs down by 0.33 a second at least, of which a
    // question takes 2 at most; EService: Throttled says when to come back, in seconds. general/ratelimits: of orders by 1 a second
    // at least. general/errors: a lockout lasts a few minutes, and longer for who goes on.
    statuses: { 429: { windowMs: 6_000 } },
    codes: [
      { pattern: /"(EOrder:Rate limit exceeded)/, windowMs: 2_000 },
      {
        pattern: /"(EAPI:Rate limit exceeded|EGeneral:Too many requests|EService: ?Throttled)/,
        windowMs: 6_000,
      },
      { pattern: /"(EGeneral:Temporary lockout)/, windowMs: 60_000 },
    ],
    marks: [':Rate limit exceeded', 'EGeneral:Too many requests', 'Throttled', 'EGeneral:Temporary lockout'],
    resetText: { pattern: /Throttled: ?\[?(\d{10})\b/, unitMs: 1_000 },
    refusal: {
      status: 200,
      body: (text) => ({ error: ['EAPI:Rate limit exceeded', text], result: null }),
    },
  }),
  instrumentSource: pairSource,
  sessionTokens,
  socket,
  admin,
};
