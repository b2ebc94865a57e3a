// Kraken Futures: HMAC-SHA512 over parameters and path; demo is a host of its own.
import { type HttpRequest, jsonAnswer } from '../../core/http.js';
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
  CredentialField,
  DecoyCredential,
  RealCredential,
  SignedRequest,
  Stamp,
  Venue,
  VenueHost,
} from '../venue.js';
import { admin } from './admin.js';
import { operations, segments } from './operations.js';
import { parseFuturesOrders } from './orders.js';
import { authent, explainUnsignable } from './signature.js';
import { socket } from './socket.js';

const title = 'Kraken Futures';

const host = (name: string, environments: VenueHost['environments']): VenueHost => ({
  host: name,
  ports: [443],
  transport: 'rest',
  hasSockets: true,
  environments,
});
const hosts = [host('futures.kraken.com', ['live', 'paper']), host('demo-futures.kraken.com', ['demo'])];

const credential: readonly CredentialField[] = [
  {
    name: 'apiKey',
    env: ['KRAKEN_FUTURES_API_KEY', 'KRAKENFUTURES_API_KEY', 'KRAKENFUTURES_APIKEY'],
    makeDecoy: (randomBytes) => randomBytes(42).toString('base64'),
    explainMalformed: (value) => explainText(value, 16, 128),
  },
  {
    name: 'secret',
    env: ['KRAKEN_FUTURES_API_SECRET', 'KRAKENFUTURES_API_SECRET', 'KRAKENFUTURES_SECRET'],
    makeDecoy: (randomBytes) => randomBytes(64).toString('base64'),
    explainMalformed: (value) => explainBase64(value, 32, 128),
  },
];

const authenticationHeaders: ReadonlySet<string> = new Set(['apikey', 'authent', 'nonce']);

const classify = compileTable(operations, hosts, segments);

function authenticate(request: HttpRequest, decoy: DecoyCredential): Authentication {
  const headers = headersOnce(request.headers, authenticationHeaders);
  if (!headers.ok) return invalid(`${headers.twice} is sent twice`);
  if (headers.sent.size === 0) return { kind: 'none' };
  const { apiKey, secret } = decoy;
  if (apiKey === undefined || secret === undefined) return invalid(`this box holds no ${title} decoy`);
  if (!isSameText(headers.sent.get('apikey') ?? '', apiKey)) return invalid('APIKey is not the decoy');
  const nonce = headers.sent.get('nonce') ?? '';
  if (!/^\d{0,20}$/.test(nonce)) return invalid('Nonce is no number');
  const problem = explainUnsignable(request);
  if (problem !== undefined) return invalid(problem);
  return isSameText(headers.sent.get('authent') ?? '', authent(secret, nonce, request))
    ? { kind: 'valid' }
    : invalid('Authent does not match the bytes of the request');
}

function invalid(reason: string): Authentication {
  return { kind: 'invalid', reason };
}

/** Parameters stay where and as the client sent them; a nonce, which is optional, is replaced when the client sent one. */
function sign(request: HttpRequest, real: RealCredential | undefined, stamp: Stamp): SignedRequest {
  const { method, path, query, body } = request;
  const headers: (readonly [string, string])[] = [...venueHeaders(request.headers)];
  if (real !== undefined) assertServes(hosts, request.host, stamp.environment);
  assertSignable(title, classify(request), stamp);
  if (explainUnsignable(request) !== undefined)
    throw new Error(`a ${title} call reached signing unauthenticated`);
  if (method !== 'GET') headers.push(['content-type', 'application/x-www-form-urlencoded']);
  if (real === undefined) return { method, path, query, headers, body };
  const sent = headersOnce(request.headers, new Set(['nonce']));
  const nonce = sent.ok && sent.sent.size > 0 ? String(stamp.nonce) : '';
  if (nonce !== '') headers.push(['Nonce', nonce]);
  headers.push(
    ['APIKey', revealHeader(real, 'apiKey', title)],
    ['Authent', authent(revealSigningSecret(real, 'secret', title), nonce, request)],
  );
  return { method, path, query, headers, body };
}

export const krakenFutures: Venue = {
  id: 'kraken-futures',
  title,
  hosts,
  get operations() {
    return operations();
  },
  credential,
  classify,
  authenticate,
  sign,
  parseOrders: parseFuturesOrders,
  refuse: (refusal) => jsonAnswer(403, { result: 'error', error: refusalText(refusal) }),
  rateLimits: rateLimitsOf({
    // docs.kraken.com/exchange/guides/futures/ratelimits: costs of 500 every ten seconds under /derivatives; the error comes with
    // HTTP 200, too.
    statuses: { 429: { windowMs: 10_000 } },
    codes: [{ pattern: /"error"\s*:\s*"(apiLimitExceeded)"/, windowMs: 10_000 }],
    marks: ['apiLimitExceeded'],
    refusal: {
      status: 429,
      body: (text) => ({ result: 'error', error: 'apiLimitExceeded', errors: [text] }),
    },
  }),
  socket,
  admin,
};
