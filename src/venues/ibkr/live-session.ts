// The live session token of OAuth 1.0a, agreed with IBKR by Diffie-Hellman under the operator's own keys, and kept beside them.
// Sources: ibkrcampus.com oauth-1-0a-extended ("Live Session Token"); Voyz/ibind a3d8fe1 oauth/oauth1a.py.
import {
  constants,
  createHmac,
  createPrivateKey,
  type KeyObject,
  privateDecrypt,
  sign as signWithKey,
} from 'node:crypto';
import { TradeboxError } from '../../core/errors.js';
import { Secret } from '../../core/secret.js';
import type { VenueAnswer } from '../admin.js';
import { isSameText, revealHeader } from '../client-headers.js';
import type { RealCredential } from '../venue.js';
import { objectOf, textIn } from '../venue-answers.js';
import { baseString, formatOauthHeader, quotePlus } from './oauth.js';

export const openingPath = '/v1/api/oauth/live_session_token';
/** Carries the public half of the exchange from the call to its signature; never sent as a header. */
export const challengeHeader = 'diffie-hellman-challenge';

const title = 'Interactive Brokers';
/** Of IBKR's own parameters ("dhparam.pem"). */
const generator = 2n;

/** Live session tokens by the secret that opened them: they live and die with it. */
const opened = new WeakMap<Secret, Secret>();

/** Whether the credential can open sessions by itself. */
export function canOpen(real: RealCredential): boolean {
  return real.liveSessionToken === undefined && real.accessTokenSecret !== undefined;
}

/** The token that signs: stored, or opened from here; undefined before that. */
export function liveSessionToken(real: RealCredential): Secret | undefined {
  const { accessTokenSecret } = real;
  return real.liveSessionToken ?? (accessTokenSecret && opened.get(accessTokenSecret));
}

/** The public half for a private one of 32 random bytes, in hex. Throws SECRET_INVALID like every reader of the credential. */
export function challengeOf(real: RealCredential, random: Buffer): string {
  return power(generator, toNumber(random.toString('hex')), primeOf(real)).toString(16);
}

/** The header that opens a session: signed by RSA over the decrypted access token secret and the request. */
export function authorizeOpening(
  real: RealCredential,
  request: { method: string; host: string; path: string; challenge: string; nonce: string; nowMs: number },
): string {
  const consumerKey = revealHeader(real, 'consumerKey', title);
  const oauth = new Map([
    ['diffie_hellman_challenge', request.challenge],
    ['oauth_consumer_key', consumerKey],
    ['oauth_nonce', request.nonce],
    ['oauth_signature_method', 'RSA-SHA256'],
    ['oauth_timestamp', String(Math.floor(request.nowMs / 1000))],
    ['oauth_token', revealHeader(real, 'accessToken', title)],
  ]);
  const text = accessSecretOf(real).toString('hex') + baseString(request, oauth);
  const signature = signWithKey('sha256', Buffer.from(text), keyOf(real, 'signatureKey')).toString('base64');
  oauth.set('oauth_signature', quotePlus(signature));
  return formatOauthHeader(realmOf(consumerKey), oauth);
}

/** IBKR's public test consumer has a realm of its own. */
export function realmOf(consumerKey: string): string {
  return consumerKey === 'TESTCONS' ? 'test_realm' : 'limited_poa';
}

/** Works the token out and keeps it, once `onGranted` has heard of it. False when IBKR's answer is none, or its proof is not of this token. */
export function openSession(
  real: RealCredential,
  random: Buffer,
  answer: VenueAnswer,
  onGranted: (token: Secret) => void,
): boolean {
  const told = answer.status === 200 ? objectOf(answer) : undefined;
  const response = textIn(told, 'diffie_hellman_response') ?? '';
  const proof = textIn(told, 'live_session_token_signature') ?? '';
  const { accessTokenSecret } = real;
  if (!/^[0-9a-f]{2,1024}$/i.test(response) || accessTokenSecret === undefined) return false;
  const shared = power(toNumber(response), toNumber(random.toString('hex')), primeOf(real));
  const token = createHmac('sha1', signedBytes(shared)).update(accessSecretOf(real)).digest();
  const consumerKey = revealHeader(real, 'consumerKey', title);
  const expected = createHmac('sha1', token).update(consumerKey).digest('hex');
  if (!isSameText(proof.toLowerCase(), expected)) return false;
  const secret = new Secret(token.toString('base64'));
  onGranted(secret);
  opened.set(accessTokenSecret, secret);
  return true;
}

/** RSAES-PKCS1-v1_5 (RFC 8017 section 7.2.2), unpadded here: runtimes refuse to, against attackers who choose the ciphertext. */
function accessSecretOf(real: RealCredential): Buffer {
  const sealed = Buffer.from(revealHeader(real, 'accessTokenSecret', title), 'base64');
  try {
    const key = keyOf(real, 'encryptionKey');
    const block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, sealed);
    const end = block.indexOf(0, 2);
    if (block[0] === 0 && block[1] === 2 && end >= 10) return block.subarray(end + 1);
  } catch {
    // Told below: the text of a fault may quote what was decrypted (S2).
  }
  throw unusable('accessTokenSecret', 'was not encrypted for encryptionKey');
}

function keyOf(real: RealCredential, field: 'encryptionKey' | 'signatureKey'): KeyObject {
  try {
    const key = createPrivateKey((real[field]?.reveal() ?? '').replaceAll('\\n', '\n'));
    if (key.asymmetricKeyType === 'rsa') return key;
  } catch {
    // Told below.
  }
  throw unusable(field, 'is missing or no RSA key in PEM');
}

function primeOf(real: RealCredential): bigint {
  const text = real.dhPrime?.reveal().replace(/[\s:]/g, '') ?? '';
  if (!/^[0-9a-f]{256,1024}$/i.test(text)) throw unusable('dhPrime', 'is missing or no prime in hex');
  return toNumber(text);
}

function unusable(field: string, problem: string): TradeboxError {
  return new TradeboxError('SECRET_INVALID', `The ${title} credential's ${field} ${problem}.`, {
    remedy: 'Store the values of the OAuth self-service portal and of the keys uploaded there.',
  });
}

const toNumber = (hex: string): bigint => BigInt(`0x${hex}`);

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** Big-endian with room for a sign, as Java's BigInteger writes it: a zero first where the highest bit is set. */
function signedBytes(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes;
}
