// Coinbase Advanced Trade: a JWT per request, minted fresh by the sidecar whatever variant the client sent. The body is not signed.
import { randomBytes } from 'node:crypto';
import { TradeboxError } from '../../core/errors.js';
import { type HttpRequest, headerOf, jsonAnswer } from '../../core/http.js';
import type { Secret } from '../../core/secret.js';
import { forwardedHeaders, headersOnce, isSameText, revealHeader } from '../client-headers.js';
import { explainText } from '../credential-form.js';
import { rewriteJson } from '../json-body.js';
import { compileTable } from '../operation-table.js';
import { assertServes } from '../own-host.js';
import { refusalText } from '../refusal-text.js';
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
import { type CdpKey, isSeconds, type JwtParts, makeEcPem, openJwt, readCdpKey, signJwt } from './cdp-key.js';
import { operations, segments } from './operations.js';
import { parseCoinbaseOrders } from './orders.js';

// The sandbox answers from fixed examples; it is no paper account. WebSocket carries no orders.
const hosts: readonly VenueHost[] = [
  { host: 'api.coinbase.com', ports: [443], transport: 'rest', environments: ['live', 'paper'] },
  { host: 'api-sandbox.coinbase.com', ports: [443], transport: 'rest', environments: ['demo'] },
  { host: 'advanced-trade-ws.coinbase.com', ports: [443], transport: 'websocket', environments: ['live'] },
  {
    host: 'advanced-trade-ws-user.coinbase.com',
    ports: [443],
    transport: 'websocket',
    environments: ['live'],
  },
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

const lifetimeSeconds = 120;
const issuers: readonly unknown[] = ['cdp', 'coinbase-cloud'];
// The legacy HMAC headers are known so that they are refused, not overlooked.
const authenticationHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'cb-access-key',
  'cb-access-sign',
  'cb-access-timestamp',
  'cb-access-passphrase',
]);

const decoyKeys = new WeakMap<DecoyCredential, CdpKey>();
const realKeys = new WeakMap<Secret, CdpKey>();

function authenticate(request: HttpRequest, decoy: DecoyCredential): Authentication {
  const headers = headersOnce(request.headers, authenticationHeaders);
  if (!headers.ok) return invalid(`${headers.twice} is sent twice`);
  if (headers.sent.size === 0) return { kind: 'none' };
  const token = /^Bearer ([\w.-]+)$/.exec(headers.sent.get('authorization') ?? '')?.[1];
  if (token === undefined || headers.sent.size > 1)
    return invalid('the request is not authenticated by a JWT alone');
  if (headerOf(request.headers, 'content-encoding') !== undefined) return invalid('the body is compressed');
  const key = decoyKeys.get(decoy) ?? readCdpKey(decoy.privateKey ?? '');
  if (key === undefined || decoy.apiKey === undefined) return invalid('this box holds no Coinbase decoy');
  decoyKeys.set(decoy, key);
  const jwt = openJwt(key, token);
  if (jwt === undefined) return invalid('the JWT is not signed with the decoy key');
  const problem = problemOf(jwt, decoy.apiKey, request);
  return problem === undefined ? { kind: 'valid' } : invalid(problem);
}

/** ccxt, coinbase-api and Coinbase's own SDKs differ in issuer and audience, and in `uri` or `uris`; freshness is not asked. */
function problemOf({ header, claims }: JwtParts, apiKey: string, request: HttpRequest): string | undefined {
  const names = [header.get('kid'), claims.get('sub')];
  if (!names.every((name) => typeof name === 'string' && isSameText(name, apiKey)))
    return 'kid or sub is not the decoy';
  if (!issuers.includes(claims.get('iss'))) return 'iss is not one that Coinbase names';
  if (!isSeconds(claims.get('nbf')) || !isSeconds(claims.get('exp'))) return 'nbf or exp is no time';
  const uris = [claims.get('uri'), ...listOf(claims.get('uris'))].filter((uri) => uri !== undefined);
  const expected = `${request.method} ${request.host}${request.path}`;
  return uris.length > 0 && uris.every((uri) => uri === expected)
    ? undefined
    : 'uri is not that of the request';
}

function listOf(claim: unknown): readonly unknown[] {
  if (claim === undefined) return [];
  return Array.isArray(claim) ? claim : [claim];
}

function invalid(reason: string): Authentication {
  return { kind: 'invalid', reason };
}

function sign(request: HttpRequest, real: RealCredential | undefined, stamp: Stamp): SignedRequest {
  const { method, host, path, query } = request;
  const body = method === 'GET' ? Buffer.alloc(0) : rewriteJson(request);
  const headers: (readonly [string, string])[] = [...forwardedHeaders(request.headers)];
  if (body.length > 0) headers.push(['content-type', 'application/json']);
  if (real === undefined) return { method, path, query, headers, body };
  assertServes(hosts, host, stamp.environment);
  headers.push(['Authorization', `Bearer ${mint(real, `${method} ${host}${path}`, stamp)}`]);
  return { method, path, query, headers, body };
}

/** ES256 keys carry `uri`, as Coinbase's SDKs do; Ed25519 keys carry `aud` and `uris`, as CDP documents for them. */
function mint(real: RealCredential, uri: string, stamp: Stamp): string {
  const apiKey = revealHeader(real, 'apiKey', 'Coinbase');
  const key = realKeyOf(real);
  const nowSeconds = Math.floor(stamp.nowMs / 1000);
  const claims = { sub: apiKey, iss: 'cdp', nbf: nowSeconds, exp: nowSeconds + lifetimeSeconds };
  const target = key.algorithm === 'ES256' ? { uri } : { aud: ['cdp_service'], uris: [uri] };
  return signJwt(key, { kid: apiKey, nonce: randomBytes(16).toString('hex') }, { ...claims, ...target });
}

function realKeyOf(real: RealCredential): CdpKey {
  const secret = real.privateKey;
  const known = secret === undefined ? undefined : realKeys.get(secret);
  if (known !== undefined) return known;
  const key = secret === undefined ? undefined : readCdpKey(secret.reveal());
  if (secret === undefined || key === undefined) {
    throw new TradeboxError(
      'SECRET_INVALID',
      "The Coinbase credential's privateKey is missing or not readable.",
      {
        remedy: 'Store the P-256 PEM or the base64 Ed25519 key that Coinbase showed again.',
      },
    );
  }
  realKeys.set(secret, key);
  return key;
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
  operations,
  credential,
  classify: compileTable(operations, hosts, segments),
  authenticate,
  sign,
  parseOrders: parseCoinbaseOrders,
  refuse: (refusal) => jsonAnswer(403, { error: 'PERMISSION_DENIED', message: refusalText(refusal) }),
  admin,
};
