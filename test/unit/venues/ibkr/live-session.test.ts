// A live session token agreed with a counterpart made of OpenSSL's own Diffie-Hellman, RSA and HMAC: both come to the same.
import {
  constants,
  createDiffieHellman,
  createHmac,
  generateKeyPairSync,
  getDiffieHellman,
  publicEncrypt,
  randomBytes,
  verify,
} from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Secret } from '../../../../src/core/secret.js';
import type { VenueCall } from '../../../../src/venues/admin.js';
import { ibkr } from '../../../../src/venues/ibkr/ibkr.js';
import {
  canOpen,
  challengeOf,
  liveSessionToken,
  openSession,
} from '../../../../src/venues/ibkr/live-session.js';
import { session } from '../../../../src/venues/ibkr/session.js';
import type { RealCredential } from '../../../../src/venues/venue.js';
import { asReal, stampAt } from '../../../support/venue-requests.js';

const prime = getDiffieHellman('modp14').getPrime('hex');
const pem = { type: 'pkcs8', format: 'pem' } as const;
const said = (body: unknown, status = 200) => ({ status, body: Buffer.from(JSON.stringify(body)) });

function makePortal() {
  const encryption = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signature = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const accessSecret = randomBytes(32);
  const sealed = publicEncrypt(
    { key: encryption.publicKey, padding: constants.RSA_PKCS1_PADDING },
    accessSecret,
  );
  const values = {
    consumerKey: 'TESTINGCO',
    accessToken: randomBytes(10).toString('hex'),
    accessTokenSecret: sealed.toString('base64'),
    encryptionKey: encryption.privateKey.export(pem).toString(),
    signatureKey: signature.privateKey.export(pem).toString(),
    dhPrime: prime,
  };

  /** IBKR's side: the request's signature is checked, the answer proves the token. */
  function answer(header: string) {
    const sent = new Map([...header.matchAll(/([a-z_]+)="([^"]*)"/g)].map((match) => [match[1]!, match[2]!]));
    const list = [...sent]
      .filter(([name]) => name !== 'realm' && name !== 'oauth_signature')
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map((pair) => pair.join('='))
      .join('&');
    const url = 'https://api.ibkr.com/v1/api/oauth/live_session_token';
    const text = `${accessSecret.toString('hex')}POST&${encodeURIComponent(url)}&${encodeURIComponent(list)}`;
    const given = Buffer.from(decodeURIComponent(sent.get('oauth_signature')!), 'base64');
    const isSigned = verify('sha256', Buffer.from(text), signature.publicKey, given);
    const own = createDiffieHellman(prime, 'hex', 2);
    own.generateKeys();
    const challenge = sent.get('diffie_hellman_challenge')!;
    const shared = own
      .computeSecret(challenge.padStart(prime.length, '0'), 'hex', 'hex')
      .replace(/^(?:00)+/, '');
    const key = Buffer.from(/^[89a-f]/.test(shared) ? `00${shared}` : shared, 'hex');
    const token = createHmac('sha1', key).update(accessSecret).digest();
    const proof = createHmac('sha1', token).update(values.consumerKey).digest('hex');
    const told = {
      diffie_hellman_response: own.getPublicKey('hex'),
      live_session_token_signature: proof,
      live_session_token_expiration: 1_900_000_000_000,
    };
    return { isSigned, token: token.toString('base64'), told };
  }
  return { values, answer };
}

/** What the sidecar was told of last. */
let heard: string | undefined;
const onGranted = (token: Secret) => {
  heard = token.reveal();
};
let portal: ReturnType<typeof makePortal>;
beforeAll(() => {
  portal = makePortal();
});

const fresh = (): RealCredential => asReal(portal.values);
const authorizationOf = (real: RealCredential, call: VenueCall<unknown>) =>
  Object.fromEntries(
    ibkr.sign(call.request, real, { ...stampAt(1_800_000_000_000, 'live'), isOwn: true }).headers,
  ).Authorization ?? '';

describe('a session opened by the operator’s keys', () => {
  test('both sides come to the same token, again and again', () => {
    // Shared secrets with and without a highest bit: each is written otherwise.
    for (let round = 0; round < 12; round += 1) {
      const real = fresh();
      const call = session.keep({ environment: 'live' }, real, randomBytes, onGranted);
      expect(call.request.path).toBe('/v1/api/oauth/live_session_token');
      expect(() =>
        authorizationOf(real, { ...call, request: { ...call.request, path: '/v1/api/tickle' } }),
      ).toThrow('not open yet');
      const { isSigned, token, told } = portal.answer(authorizationOf(real, call));
      expect(isSigned).toBe(true);
      expect(call.read(said(told))).toEqual({ isOpen: false });
      expect(liveSessionToken(real)?.reveal()).toBe(token);
      expect(heard).toBe(token);
    }
  });

  test('then the brokerage session is opened and the session is tickled, each signed by the token', () => {
    const real = fresh();
    const opening = session.keep({ environment: 'live' }, real, randomBytes, onGranted);
    const value = opening.read(said(portal.answer(authorizationOf(real, opening)).told));
    const tickle = opening.follow?.(value!);
    expect(tickle?.request.path).toBe('/v1/api/tickle');
    expect(authorizationOf(real, tickle!)).toContain('HMAC-SHA256');
    const status = (authenticated: boolean) =>
      said({ session: 's', iserver: { authStatus: { authenticated } } });
    const init = tickle?.follow?.(tickle.read(status(false))!);
    expect(init?.request).toMatchObject({ path: '/v1/api/iserver/auth/ssodh/init' });
    expect(JSON.parse(String(init?.request.body))).toEqual({ publish: true, compete: false });
    const last = init?.follow?.(init.read(said({}))!);
    expect(last?.delayMs).toBeGreaterThan(0);
    expect(last?.read(status(true))).toEqual({ isOpen: true });
    expect(last?.follow?.({ isOpen: true })).toBeUndefined();
    // Open now: nothing but a tickle, and what is no longer taken is opened anew.
    const next = session.keep({ environment: 'live' }, real, randomBytes, onGranted);
    expect(next.request.path).toBe('/v1/api/tickle');
    expect(next.follow?.(next.read(said({ error: 'unauthorized' }, 401))!)?.request.path).toContain(
      'live_session_token',
    );
  });

  test('a token whose proof is another’s is not taken', () => {
    const real = fresh();
    const call = session.keep({ environment: 'live' }, real, randomBytes, onGranted);
    const { told } = portal.answer(authorizationOf(real, call));
    const forged = { ...told, live_session_token_signature: 'ab'.repeat(20) };
    for (const body of [forged, { ...told, diffie_hellman_response: 'zz' }, {}, []]) {
      expect(call.read(said(body))).toBeUndefined();
      expect(liveSessionToken(real)).toBeUndefined();
    }
    expect(openSession(real, randomBytes(32), said(told, 500), onGranted)).toBe(false);
  });
});

test('a token from elsewhere is used as it is, and keys that cannot open say which, never what (S2)', () => {
  const stored = asReal({ ...portal.values, liveSessionToken: randomBytes(20).toString('base64') });
  expect(canOpen(stored)).toBe(false);
  expect(session.keep({ environment: 'live' }, stored, randomBytes, onGranted).request.path).toBe(
    '/v1/api/tickle',
  );
  const broken = (field: string, value: string) => asReal({ ...portal.values, [field]: value });
  const open = (real: RealCredential) => {
    const call = session.keep({ environment: 'live' }, real, randomBytes, onGranted);
    return authorizationOf(real, call);
  };
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pem).toString();
  expect(() => open(broken('encryptionKey', other))).toThrow(
    'accessTokenSecret was not encrypted for encryptionKey',
  );
  expect(() => open(broken('signatureKey', 'no key'))).toThrow('signatureKey is missing or no RSA key');
  expect(() => challengeOf(broken('dhPrime', 'abc'), randomBytes(32))).toThrow('dhPrime');
});
