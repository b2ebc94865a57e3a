// Coinbase Advanced Trade: a JWT per request, minted fresh by the sidecar whatever variant the client sent. The body is not signed.
import { type HttpRequest, headerOf, jsonAnswer } from '../../core/http.js';
import { headersOnce, venueHeaders } from '../client-headers.js';
import { explainText } from '../credential-form.js';
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
import { makeEcPem, readCdpKey } from './cdp-key.js';
import { checkJwt, mintedAtMs, mintJwt } from './jwt.js';
import { operations, segments } from './operations.js';
import { parseCoinbaseOrders } from './orders.js';
import { socket } from './socket.js';

// The sandbox answers from fixed examples; it is no paper account. WebSocket carries no orders.
const hosts: readonly VenueHost[] = [
  { host: 'api.coinbase.com', ports: [443], transport: 'rest', environments: ['live', 'paper'] },
  { host: 'api-sandbox.coinbase.com', ports: [443], transport: 'rest', environments: ['demo'] },
  ...['advanced-trade-ws.coinbase.com', 'advanced-trade-ws-user.coinbase.com'].map(
    (host): VenueHost => ({ host, ports: [443], transport: 'websocket', environments: ['live', 'paper'] }),
  ),
];

const credential: readonly CredentialField[] = [
  {
    name: 'apiKey',
    env: ['COINBASE_API_KEY', 'CDP_API_KEY_ID', 'CDP_API_KEY_NAME'],
    makeDecoy: (random) => `organizations/${makeUuid(random)}/apiKeys/${makeUuid(random)}`,
    explainMalformed: (value) => explainText(value, 8, 160),
  },
  {
    name: 'privateKey',
    env: ['COINBASE_API_SECRET', 'CDP_API_KEY_SECRET', 'CDP_API_KEY_PRIVATE_KEY'],
    makeDecoy: makeEcPem,
    explainMalformed: (value) =>
      readCdpKey(value) === undefined
        ? 'is neither a P-256 key in PEM nor an Ed25519 key in base64'
        : undefined,
  },
];

// The legacy HMAC headers are known so that they are refused, not overlooked.
const authenticationHeaders: ReadonlySet<string> = new Set([
  'authorization',
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
  const token = /^Bearer ([\w.-]+)$/.exec(headers.sent.get('authorization') ?? '')?.[1];
  if (token === undefined || headers.sent.size > 1)
    return invalid('the request is not authenticated by a JWT alone');
  if (headerOf(request.headers, 'content-encoding') !== undefined) return invalid('the body is compressed');
  return checkJwt(token, decoy, `${request.method} ${request.host}${request.path}`);
}

function invalid(reason: string): Authentication {
  return { kind: 'invalid', reason };
}

function sign(request: HttpRequest, real: RealCredential | undefined, stamp: Stamp): SignedRequest {
  const { method, host, path, query } = request;
  if (real !== undefined) assertServes(hosts, host, stamp.environment);
  assertSignable('Coinbase', classify(request), stamp);
  const body = method === 'GET' ? Buffer.alloc(0) : rewriteJson(request);
  const headers: (readonly [string, string])[] = [...venueHeaders(request.headers)];
  if (body.length > 0) headers.push(['content-type', 'application/json']);
  if (real === undefined) return { method, path, query, headers, body };
  headers.push(['Authorization', `Bearer ${mintJwt(real, `${method} ${host}${path}`, stamp)}`]);
  return { method, path, query, headers, body };
}

/** RFC 9562 version 4. */
function makeUuid(random: (size: number) => Buffer): string {
  const bytes = random(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export const coinbase: Venue = {
  id: 'coinbase',
  title: 'Coinbase Advanced',
  hosts,
  get operations() {
    return operations();
  },
  credential,
  classify,
  authenticate,
  signedAtMs: ({ headers }) => mintedAtMs(headerOf(headers, 'authorization') ?? ''),
  sign,
  parseOrders: parseCoinbaseOrders,
  refuse: (refusal) => jsonAnswer(403, { error: 'PERMISSION_DENIED', message: refusalText(refusal) }),
  // docs.cdp.coinbase.com "Advanced Trade API rate limits": 30 requests a second of an account, 10 of an address, 429.
  rateLimits: rateLimitsOf({
    statuses: { 429: { windowMs: 1_000 } },
    refusal: { status: 429, body: (text) => ({ error: 'rate_limit_exceeded', message: text }) },
  }),
  socket,
  admin,
};
