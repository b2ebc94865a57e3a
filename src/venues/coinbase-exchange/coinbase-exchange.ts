// Coinbase Exchange: HMAC-SHA256 over time, method, target and body, with key, secret and passphrase.
import { type HttpRequest, headerOf, jsonAnswer } from '../../core/http.js';
import {
  headersOnce,
  isSameText,
  revealHeader,
  revealSigningSecret,
  venueHeaders,
} from '../client-headers.js';
import { explainBase64, explainText } from '../credential-form.js';
import { readInstant } from '../instant.js';
import { rewriteJson } from '../json-body.js';
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
import { parseExchangeOrders } from './orders.js';
import { accessSign } from './signature.js';
import { socket } from './socket.js';

const title = 'Coinbase Exchange';

const feed = (host: string, ...environments: VenueHost['environments']): VenueHost => ({
  host,
  ports: [443],
  transport: 'websocket',
  environments,
});
const hosts: readonly VenueHost[] = [
  { host: 'api.exchange.coinbase.com', ports: [443], transport: 'rest', environments: ['live', 'paper'] },
  {
    host: 'api-public.sandbox.exchange.coinbase.com',
    ports: [443],
    transport: 'rest',
    environments: ['demo'],
  },
  feed('ws-feed.exchange.coinbase.com', 'live', 'paper'),
  feed('ws-direct.exchange.coinbase.com', 'live', 'paper'),
  feed('ws-feed-public.sandbox.exchange.coinbase.com', 'demo'),
  feed('ws-direct.sandbox.exchange.coinbase.com', 'demo'),
];

const credential: readonly CredentialField[] = [
  {
    name: 'apiKey',
    env: ['COINBASE_EXCHANGE_API_KEY', 'CB_ACCESS_KEY'],
    makeDecoy: (randomBytes) => randomBytes(16).toString('hex'),
    explainMalformed: (value) => explainText(value, 16, 64),
  },
  {
    name: 'secret',
    env: ['COINBASE_EXCHANGE_API_SECRET', 'COINBASE_EXCHANGE_SECRET', 'CB_ACCESS_SECRET'],
    makeDecoy: (randomBytes) => randomBytes(64).toString('base64'),
    explainMalformed: (value) => explainBase64(value, 32, 128),
  },
  {
    name: 'passphrase',
    env: ['COINBASE_EXCHANGE_API_PASSPHRASE', 'COINBASE_EXCHANGE_PASSPHRASE', 'CB_ACCESS_PASSPHRASE'],
    makeDecoy: (randomBytes) => randomBytes(10).toString('hex'),
    explainMalformed: (value) => explainText(value, 1, 64),
  },
];

const authenticationHeaders: ReadonlySet<string> = new Set([
  'cb-access-key',
  'cb-access-sign',
  'cb-access-timestamp',
  'cb-access-passphrase',
]);

const classify = compileTable(operations, hosts, segments);

function authenticate(request: HttpRequest, decoy: DecoyCredential): Authentication {
  const headers = headersOnce(request.headers, authenticationHeaders);
  if (!headers.ok) return invalid(`${headers.twice} is sent twice`);
  if (headers.sent.size === 0) return { kind: 'none' };
  const { apiKey, secret, passphrase } = decoy;
  if (apiKey === undefined || secret === undefined || passphrase === undefined) {
    return invalid(`this box holds no ${title} decoy`);
  }
  const sent = (name: string) => headers.sent.get(name) ?? '';
  if (!isSameText(sent('cb-access-key'), apiKey)) return invalid('CB-ACCESS-KEY is not the decoy');
  if (!isSameText(sent('cb-access-passphrase'), passphrase))
    return invalid('CB-ACCESS-PASSPHRASE is not the decoy');
  if (!/^\d{9,13}(?:\.\d{1,9})?$/.test(sent('cb-access-timestamp')))
    return invalid('CB-ACCESS-TIMESTAMP is no time');
  if (headerOf(request.headers, 'content-encoding') !== undefined) return invalid('the body is compressed');
  if (request.method === 'GET' && request.body.length > 0) return invalid('a GET carries a body');
  return isSameText(sent('cb-access-sign'), accessSign(secret, sent('cb-access-timestamp'), request))
    ? { kind: 'valid' }
    : invalid('CB-ACCESS-SIGN does not match the bytes of the request');
}

function invalid(reason: string): Authentication {
  return { kind: 'invalid', reason };
}

function sign(request: HttpRequest, real: RealCredential | undefined, stamp: Stamp): SignedRequest {
  const { method, path, query } = request;
  if (real !== undefined) assertServes(hosts, request.host, stamp.environment);
  assertSignable(title, classify(request), stamp);
  const body = method === 'GET' ? Buffer.alloc(0) : rewriteJson(request);
  const headers: (readonly [string, string])[] = [...venueHeaders(request.headers)];
  if (body.length > 0) headers.push(['content-type', 'application/json']);
  if (real === undefined) return { method, path, query, headers, body };
  const timestamp = String(Math.floor(stamp.nowMs / 1000));
  const secret = revealSigningSecret(real, 'secret', title);
  headers.push(
    ['CB-ACCESS-KEY', revealHeader(real, 'apiKey', title)],
    ['CB-ACCESS-SIGN', accessSign(secret, timestamp, { method, path, query, body })],
    ['CB-ACCESS-TIMESTAMP', timestamp],
    ['CB-ACCESS-PASSPHRASE', revealHeader(real, 'passphrase', title)],
  );
  return { method, path, query, headers, body };
}

export const coinbaseExchange: Venue = {
  id: 'coinbase-exchange',
  title,
  hosts,
  get operations() {
    return operations();
  },
  credential,
  classify,
  authenticate,
  signedAtMs: ({ headers }) => readInstant(headerOf(headers, 'cb-access-timestamp')),
  sign,
  parseOrders: parseExchangeOrders,
  // Not 403: ccxt takes that for an exchange that is down, and tries again.
  refuse: (refusal) => jsonAnswer(400, { message: refusalText(refusal) }),
  // docs.cdp.coinbase.com "Exchange rate limits": requests a second, 429.
  rateLimits: rateLimitsOf({
    statuses: { 429: { windowMs: 1_000 } },
    refusal: { status: 429, body: (text) => ({ message: text }) },
  }),
  socket,
  admin,
};
