// Interactive Brokers Web API on api.ibkr.com: OAuth 1.0a under a live session token, OAuth 2.0, a session cookie, or a gateway of
// the user's own behind that name. The TWS and IB Gateway socket protocols are raw TCP and cannot pass.
import { randomUUID, randomBytes as systemRandomBytes } from 'node:crypto';
import { TradeboxError } from '../../core/errors.js';
import { type HttpRequest, headerOf, jsonAnswer } from '../../core/http.js';
import {
  headersOnce,
  isSameText,
  revealHeader,
  revealSigningSecret,
  venueHeaders,
} from '../client-headers.js';
import { explainBase64, explainText } from '../credential-form.js';
import { decoyText } from '../decoy-text.js';
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
import { instrumentSource } from './contracts.js';
import { gateway, gatewayFields } from './gateway.js';
import {
  authorizeOpening,
  canOpen,
  challengeHeader,
  liveSessionToken,
  openingPath,
  realmOf,
} from './live-session.js';
import {
  baseString,
  formatOauthHeader,
  type OauthParameters,
  oauthSignature,
  queryParameters,
  readOauthHeader,
} from './oauth.js';
import {
  bearerHeader,
  bearerToken,
  canGrant,
  isDecoyBearer,
  oauth2Fields,
  sessionPath,
  tokenPath,
  writeGrant,
} from './oauth2.js';
import { operations, segments } from './operations.js';
import { parseIbkrOrders } from './orders.js';
import { privateKeyField } from './private-key.js';
import { sessionCookie, sessionIn, sessionTokens } from './session-cookie.js';
import { socket } from './socket.js';

const title = 'Interactive Brokers';
const signatureMethod = 'HMAC-SHA256';

// Live and paper accounts share the hosts; orders.ts tells them apart by the account's name.
const hosts: readonly VenueHost[] = ['api.ibkr.com', '1.api.ibkr.com', '2.api.ibkr.com'].map((host) => ({
  host,
  ports: [443],
  transport: 'rest',
  hasSockets: true,
  environments: ['live', 'demo', 'paper'],
}));

/**
 * The first three, the session cookie alone, a gateway and its certificate, what OAuth 2.0 takes, or the first two with what opens
 * a session (a live session token is valid for 24 hours). The agent signs with its decoy of a live session token; what opens one never has a variable.
 */
const credential: readonly CredentialField[] = [
  {
    name: 'consumerKey',
    env: ['IBIND_OAUTH1A_CONSUMER_KEY', 'IBKR_CONSUMER_KEY'],
    makeDecoy: decoyText(9, { alphabet: /[A-Z]/ }),
    explainMalformed: (value) => explainText(value, 8, 32),
  },
  {
    name: 'accessToken',
    env: ['IBIND_OAUTH1A_ACCESS_TOKEN', 'IBKR_ACCESS_TOKEN'],
    makeDecoy: (randomBytes) => randomBytes(10).toString('hex'),
    explainMalformed: (value) => explainText(value, 8, 64),
  },
  {
    name: 'liveSessionToken',
    env: ['IBKR_LIVE_SESSION_TOKEN'],
    makeDecoy: (randomBytes) => randomBytes(20).toString('base64'),
    explainMalformed: (value) => explainBase64(value, 20, 20),
  },
  {
    name: 'sessionToken',
    env: ['IBKR_SESSION_TOKEN'],
    isOptional: true,
    insteadOf: ['consumerKey', 'accessToken', 'liveSessionToken'],
    makeDecoy: (randomBytes) => randomBytes(16).toString('hex'),
    explainMalformed: (value) => explainText(value, 8, 256),
  },
  {
    name: 'accessTokenSecret',
    env: [],
    isOptional: true,
    insteadOf: ['liveSessionToken'],
    makeDecoy: (randomBytes) => randomBytes(256).toString('base64'),
    explainMalformed: (value) => explainBase64(value, 256, 512),
  },
  privateKeyField('encryptionKey'),
  privateKeyField('signatureKey'),
  {
    name: 'dhPrime',
    env: [],
    isOptional: true,
    makeDecoy: (randomBytes) => randomBytes(256).toString('hex'),
    explainMalformed: (value) =>
      /^[0-9a-f\s:]{256,2048}$/i.test(value) ? undefined : 'is no prime of 1024 bits or more in hex',
  },
  ...gatewayFields,
  ...oauth2Fields,
];

const authenticationHeaders: ReadonlySet<string> = new Set(['authorization', 'cookie']);

const classify = compileTable(operations, hosts, segments);

function authenticate(request: HttpRequest, decoy: DecoyCredential): Authentication {
  const headers = headersOnce(request.headers, authenticationHeaders);
  if (!headers.ok) return invalid(`${headers.twice} is sent twice`);
  const authorization = headers.sent.get('authorization');
  const cookie = headers.sent.get('cookie');
  if (authorization === undefined && cookie === undefined) return { kind: 'none' };
  if (headerOf(request.headers, 'content-encoding') !== undefined) return invalid('the body is compressed');
  if (authorization === undefined) return checkCookie(cookie ?? '', decoy);
  if (cookie !== undefined) return invalid('the request carries OAuth and a cookie');
  const isBearer = isDecoyBearer(authorization, decoy);
  if (isBearer !== undefined)
    return isBearer ? { kind: 'valid' } : invalid('the bearer token is not the decoy');
  return checkOauth(request, authorization, decoy);
}

function checkCookie(cookie: string, { sessionToken }: DecoyCredential): Authentication {
  const given = sessionIn(cookie);
  return given !== undefined && sessionToken !== undefined && isSameText(given, sessionToken)
    ? { kind: 'valid' }
    : invalid('the cookie is not the decoy session alone');
}

function checkOauth(request: HttpRequest, authorization: string, decoy: DecoyCredential): Authentication {
  const { consumerKey, accessToken, liveSessionToken } = decoy;
  if (consumerKey === undefined || accessToken === undefined || liveSessionToken === undefined) {
    return invalid(`this box holds no ${title} decoy`);
  }
  const oauth = readOauthHeader(authorization);
  const query = queryParameters(request.query);
  if (oauth === undefined || query === undefined)
    return invalid('Authorization or the query has no single reading');
  if (!isSameText(oauth.get('oauth_consumer_key') ?? '', consumerKey))
    return invalid('oauth_consumer_key is not the decoy');
  if (!isSameText(oauth.get('oauth_token') ?? '', accessToken))
    return invalid('oauth_token is not the decoy');
  if (oauth.get('oauth_signature_method') !== signatureMethod)
    return invalid('the signature method is not HMAC-SHA256');
  // ibind leaves the query out of the base string, RFC 5849 and IBKR's own samples have it in.
  const given = oauth.get('oauth_signature') ?? '';
  const isOver = (parameters?: OauthParameters) =>
    isSameText(given, oauthSignature(liveSessionToken, baseString(request, oauth, parameters)));
  const isSigned = isOver() || (query.size > 0 && isOver(query));
  return isSigned ? { kind: 'valid' } : invalid('oauth_signature does not match the request');
}

function signedAtMs({ headers }: HttpRequest): number | undefined {
  return readInstant(readOauthHeader(headerOf(headers, 'authorization') ?? '')?.get('oauth_timestamp'));
}

function invalid(reason: string): Authentication {
  return { kind: 'invalid', reason };
}

function sign(request: HttpRequest, real: RealCredential | undefined, stamp: Stamp): SignedRequest {
  const { method, path, query } = request;
  if (real === undefined) throw new Error(`no operation of ${title} is public`);
  assertServes(hosts, request.host, stamp.environment);
  // What opens a session is the sidecar's own, and nobody else has it signed.
  const isOpening = path === openingPath || path === tokenPath || path === sessionPath;
  assertSignable(title, isOpening ? { class: 'unknown' } : classify(request), stamp);
  if (path === tokenPath || path === sessionPath)
    return { method, path, query, ...writeGrant(path, real, stamp) };
  const body = method === 'GET' ? Buffer.alloc(0) : rewriteJson(request);
  const bearer = bearerToken(real);
  const headers: (readonly [string, string])[] = [...venueHeaders(request.headers)];
  if (body.length > 0) headers.push(['content-type', 'application/json']);
  if (path === openingPath) headers.push(['Authorization', authorizeOpening(real, opening(request, stamp))]);
  else if (liveSessionToken(real) !== undefined)
    headers.push(['Authorization', authorize(request, real, stamp)]);
  else if (bearer !== undefined) headers.push(['Authorization', bearerHeader(bearer)]);
  else if (real.sessionToken !== undefined) headers.push(['Cookie', sessionCookie(real)]);
  else if (!gateway.isUsed(real)) throw withoutSession(real);
  return { method, path, query, headers, body };
}

function opening({ method, host, path, headers }: HttpRequest, { nowMs }: Stamp) {
  const challenge = headerOf(headers, challengeHeader) ?? '';
  return { method, host, path, challenge, nonce: systemRandomBytes(16).toString('hex'), nowMs };
}

function withoutSession(real: RealCredential): TradeboxError {
  if (canOpen(real) || canGrant(real))
    return new TradeboxError('SECRET_INVALID', `The session at ${title} is not open yet.`, {
      remedy: 'Wait a moment; if it stays so, `tradebox diagnose` says what the venue answers.',
    });
  return new TradeboxError(
    'SECRET_INVALID',
    `The ${title} credential has neither liveSessionToken nor sessionToken.`,
    {
      remedy:
        'Store consumerKey and accessToken with accessTokenSecret, encryptionKey, signatureKey and dhPrime, or with liveSessionToken; or clientKey, clientId, clientKeyId, userName and ipAddress; or gateway and gatewayCertificate; or sessionToken alone.',
    },
  );
}

function authorize(request: HttpRequest, real: RealCredential, stamp: Stamp): string {
  const consumerKey = revealHeader(real, 'consumerKey', title);
  const oauth = new Map([
    ['oauth_consumer_key', consumerKey],
    // Its chance is drawn for many at once, which sixteen bytes of their own are not.
    ['oauth_nonce', randomUUID().replaceAll('-', '')],
    ['oauth_signature_method', signatureMethod],
    ['oauth_timestamp', String(Math.floor(stamp.nowMs / 1000))],
    ['oauth_token', revealHeader(real, 'accessToken', title)],
  ]);
  const token = liveSessionToken(real);
  const signing = token === undefined ? real : { liveSessionToken: token };
  const secret = revealSigningSecret(signing, 'liveSessionToken', title);
  oauth.set('oauth_signature', oauthSignature(secret, baseString(request, oauth)));
  return formatOauthHeader(realmOf(consumerKey), oauth);
}

export const ibkr: Venue = {
  id: 'ibkr',
  title,
  hosts,
  get operations() {
    return operations();
  },
  credential,
  classify,
  authenticate,
  gateway,
  signedAtMs,
  sign,
  parseOrders: parseIbkrOrders,
  instrumentSource,
  sessionTokens,
  socket,
  admin,
  refuse: (refusal) => jsonAnswer(403, { error: refusalText(refusal), statusCode: 403 }),
  // www.interactivebrokers.com/campus/ibkr-api-page/cpapi-v1 "Pacing limitations" (July 2026): 429, and the address is in a penalty box
  // for fifteen minutes; for good if that happens again and again. No header says so.
  rateLimits: rateLimitsOf({
    statuses: { 429: { windowMs: 900_000, isBan: true } },
    refusal: { status: 429, body: (text) => ({ error: text, statusCode: 429 }) },
  }),
};
