// Coinbase's JWTs: what a client signed with the decoy is checked, what Coinbase gets is minted with the real key.
// Sources: docs.cdp.coinbase.com (API key authentication; WebSocket overview), coinbase-api 1.2.6 jwtNode.js, ccxt 4.5.84 coinbase.
import { randomBytes } from 'node:crypto';
import { TradeboxError } from '../../core/errors.js';
import type { Secret } from '../../core/secret.js';
import { isSameText, revealHeader } from '../client-headers.js';
import { readInstant } from '../instant.js';
import { JsonNumber } from '../json-strict.js';
import { invalid } from '../socket-frames.js';
import type { Authentication, DecoyCredential, RealCredential, Stamp } from '../venue.js';
import { type CdpKey, claimsOf, isSeconds, type JwtParts, openJwt, readCdpKey, signJwt } from './cdp-key.js';

const lifetimeSeconds = 120;
const issuers: readonly unknown[] = ['cdp', 'coinbase-cloud'];

const decoyKeys = new WeakMap<DecoyCredential, CdpKey>();
const realKeys = new WeakMap<Secret, CdpKey>();

/** `uri` is `METHOD host/path` of a request; undefined for a socket's message, whose token must name none. */
export function checkJwt(token: string, decoy: DecoyCredential, uri: string | undefined): Authentication {
  const key = decoyKeys.get(decoy) ?? readCdpKey(decoy.privateKey ?? '');
  if (key === undefined || decoy.apiKey === undefined) return invalid('this box holds no Coinbase decoy');
  decoyKeys.set(decoy, key);
  const jwt = openJwt(key, token);
  if (jwt === undefined) return invalid('the JWT is not signed with the decoy key');
  const problem = problemOf(jwt, decoy.apiKey, uri);
  return problem === undefined ? { kind: 'valid' } : invalid(problem);
}

/** The moment from which a Bearer token counts, milliseconds since the epoch; the signature is not looked at. */
export function mintedAtMs(authorization: string): number | undefined {
  const nbf = claimsOf(authorization.replace(/^Bearer /, ''))?.get('nbf');
  return nbf instanceof JsonNumber ? readInstant(nbf.text) : undefined;
}

/** ccxt, coinbase-api and Coinbase's own SDKs differ in issuer and audience, and in `uri` or `uris`; freshness is asked of orders alone, elsewhere. */
function problemOf(
  { header, claims }: JwtParts,
  apiKey: string,
  uri: string | undefined,
): string | undefined {
  const names = [header.get('kid'), claims.get('sub')];
  if (!names.every((name) => typeof name === 'string' && isSameText(name, apiKey)))
    return 'kid or sub is not the decoy';
  if (!issuers.includes(claims.get('iss'))) return 'iss is not one that Coinbase names';
  if (!isSeconds(claims.get('nbf')) || !isSeconds(claims.get('exp'))) return 'nbf or exp is no time';
  const uris = [claims.get('uri'), ...listOf(claims.get('uris'))].filter((one) => one !== undefined);
  if (uri === undefined) return uris.length === 0 ? undefined : 'the JWT is of a request';
  return uris.length > 0 && uris.every((one) => one === uri) ? undefined : 'uri is not that of the request';
}

function listOf(claim: unknown): readonly unknown[] {
  if (claim === undefined) return [];
  return Array.isArray(claim) ? claim : [claim];
}

/**
 * ES256 keys carry `uri`, as Coinbase's SDKs do; Ed25519 keys carry `aud` and `uris`, as CDP documents for them. Without
 * `uri` the token is for a socket. Throws SECRET_INVALID on an unusable key.
 */
export function mintJwt(real: RealCredential, uri: string | undefined, { nowMs }: Stamp): string {
  const apiKey = revealHeader(real, 'apiKey', 'Coinbase');
  const key = realKeyOf(real);
  const nowSeconds = Math.floor(nowMs / 1000);
  const claims = { sub: apiKey, iss: 'cdp', nbf: nowSeconds, exp: nowSeconds + lifetimeSeconds };
  const audience = key.algorithm === 'ES256' ? {} : { aud: ['cdp_service'] };
  const target = uri === undefined ? {} : key.algorithm === 'ES256' ? { uri } : { uris: [uri] };
  const header = { kid: apiKey, nonce: randomBytes(16).toString('hex') };
  return signJwt(key, header, { ...claims, ...audience, ...target });
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
