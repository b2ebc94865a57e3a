// OAuth 2.0 against a counterpart that checks each JWT with the client's public key, as RFC 7515 and 7523 have it.
// No published vector was found, nor a public reference of IBKR's for OAuth 2.0 (searched November 2026: ibkrcampus.com has OAuth 1.0a; of
// 2.0 only clients such as ibind and ibauth tell, without a key or a signature).
import { createPublicKey, generateKeyPairSync, randomBytes, verify } from 'node:crypto';
import { beforeEach, expect, test } from 'vitest';
import type { Secret } from '../../../../src/core/secret.js';
import type { VenueCall } from '../../../../src/venues/admin.js';
import { ibkr } from '../../../../src/venues/ibkr/ibkr.js';
import { bearerToken, canGrant, sessionPath, tokenPath } from '../../../../src/venues/ibkr/oauth2.js';
import { session } from '../../../../src/venues/ibkr/session.js';
import type { RealCredential } from '../../../../src/venues/venue.js';
import { asReal, makeDecoys, requestOf, stampAt } from '../../../support/venue-requests.js';

const pem = { type: 'pkcs8', format: 'pem' } as const;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const publicKey = createPublicKey(privateKey);
const values = {
  clientId: 'client-1',
  clientKeyId: 'main',
  clientKey: privateKey.export(pem).toString(),
  userName: 'trader01',
  ipAddress: '203.0.113.7',
};
const nowMs = 1_800_000_000_000;
const now = nowMs / 1000;
const said = (body: unknown, status = 200) => ({ status, body: Buffer.from(JSON.stringify(body)) });
/** What the sidecar was told of, in turn. */
const heard: string[] = [];
const onGranted = (token: Secret) => void heard.push(token.reveal());
const own = { ...stampAt(nowMs, 'live'), isOwn: true } as const;
beforeEach(() => void heard.splice(0));
const signed = (real: RealCredential, call: VenueCall<unknown>) => {
  const { headers, body } = ibkr.sign(call.request, real, own);
  return { headers: Object.fromEntries(headers), text: body.toString() };
};

/** Header and claims of a JWT that the client's key signed. */
function opened(jwt: string): [header: unknown, claims: unknown] {
  const [header = '', claims = '', signature = ''] = jwt.split('.');
  const isSigned = verify(
    'sha256',
    Buffer.from(`${header}.${claims}`),
    publicKey,
    Buffer.from(signature, 'base64url'),
  );
  expect(isSigned).toBe(true);
  const [first, second] = [header, claims].map((part) =>
    JSON.parse(Buffer.from(part, 'base64url').toString()),
  );
  return [first, second];
}

test('an access token is asked for, then the session’s, then it is tickled under that', () => {
  const real = asReal(values);
  expect([canGrant(real), bearerToken(real)]).toEqual([true, undefined]);
  const token = session.keep({ environment: 'live' }, real, randomBytes, onGranted);
  expect(token.request).toMatchObject({ method: 'POST', host: 'api.ibkr.com', path: tokenPath });
  const asked = signed(real, token);
  expect(asked.headers).toEqual({ 'content-type': 'application/x-www-form-urlencoded' });
  const form = new URLSearchParams(asked.text);
  expect(Object.fromEntries(form)).toMatchObject({
    grant_type: 'client_credentials',
    scope: 'sso-sessions.write',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  });
  const header = { alg: 'RS256', typ: 'JWT', kid: 'main' };
  const { clientId } = values;
  expect(opened(form.get('client_assertion') ?? '')).toEqual([
    header,
    { iss: clientId, sub: clientId, aud: '/token', exp: now + 60, iat: now - 10 },
  ]);

  const begun = token.follow?.(token.read(said({ access_token: 'access-1', token_type: 'Bearer' }))!);
  expect(begun?.request).toMatchObject({ method: 'POST', path: sessionPath });
  const second = signed(real, begun!);
  expect(second.headers).toEqual({ 'content-type': 'application/jwt', Authorization: 'Bearer access-1' });
  expect(opened(second.text)).toEqual([
    header,
    { ip: '203.0.113.7', credential: 'trader01', iss: clientId, exp: now + 86_400, iat: now },
  ]);

  const tickle = begun?.follow?.(begun.read(said({ access_token: 'bearer-1' }))!);
  expect(tickle?.request.path).toBe('/v1/api/tickle');
  expect(signed(real, tickle!).headers.Authorization).toBe('Bearer bearer-1');
  expect(heard).toEqual(['access-1', 'bearer-1']);
  // Kept from now on; what is no longer taken is opened anew.
  const next = session.keep({ environment: 'live' }, real, randomBytes, onGranted);
  expect(next.request.path).toBe('/v1/api/tickle');
  const anew = next.follow?.(next.read(said({ error: 'unauthorized' }, 401))!);
  expect(anew?.request.path).toBe(tokenPath);
  // The session before serves until there is another: a cancel never waits for the two steps between.
  expect(anew?.read(said({ access_token: 'access-2' }))).toBeDefined();
  expect(signed(real, tickle!).headers.Authorization).toBe('Bearer bearer-1');
});

test('no token, no session: what is asked for meanwhile is not sent', () => {
  const real = asReal(values);
  const token = session.keep({ environment: 'live' }, real, randomBytes, onGranted);
  for (const answer of [
    said({}),
    said({ access_token: '' }),
    said({ access_token: 'short-1' }),
    said({ access_token: 'longer-1' }, 401),
    said([]),
  ])
    expect(token.read(answer)).toBeUndefined();
  expect(heard).toEqual([]);
  const read = requestOf('GET', 'https://api.ibkr.com/v1/api/iserver/accounts');
  expect(() => ibkr.sign(read, real, stampAt(nowMs))).toThrow('not open yet');
  const early = requestOf('POST', `https://api.ibkr.com${sessionPath}`);
  expect(() => ibkr.sign(early, real, own)).toThrow('no access token yet');
});

test.each(['clientId', 'clientKeyId', 'clientKey', 'userName', 'ipAddress'] as const)(
  'without %s no session is opened, and nothing of the others is said (S2)',
  (field) => {
    const { [field]: _left, ...rest } = values;
    const real = asReal({ ...rest, clientKey: field === 'clientKey' ? 'none' : values.clientKey });
    const open = () => {
      const token = session.keep({ environment: 'live' }, real, randomBytes, onGranted);
      signed(real, token);
      signed(real, token.follow!(token.read(said({ access_token: 'access-1' }))!)!);
    };
    expect(open).toThrow(/clientId|clientKeyId|clientKey|userName|ipAddress|stored private key/);
    try {
      open();
    } catch (error) {
      expect(String(error)).not.toContain(values.userName);
    }
  },
);

test('no token is used of which the sidecar has not heard: it would not be masked in answers (S6)', () => {
  const real = asReal(values);
  const deaf = () => {
    throw new Error('not heard');
  };
  const token = session.keep({ environment: 'live' }, real, randomBytes, deaf);
  expect(() => token.read(said({ access_token: 'access-1' }))).toThrow('not heard');
  const early = requestOf('POST', `https://api.ibkr.com${sessionPath}`);
  expect(() => ibkr.sign(early, real, own)).toThrow('no access token yet');
});

test('a bearer token from elsewhere is used as it is; a client shows the decoy for it', () => {
  const real = asReal({ bearerToken: 'b'.repeat(40) });
  expect(canGrant(real)).toBe(false);
  const decoy = makeDecoys(ibkr);
  const url = 'https://api.ibkr.com/v1/api/iserver/accounts';
  const shown = requestOf('GET', url, [['Authorization', `Bearer ${decoy.bearerToken}`]]);
  expect(ibkr.authenticate(shown, decoy)).toEqual({ kind: 'valid' });
  expect(ibkr.authenticate(shown, makeDecoys(ibkr))).toMatchObject({ kind: 'invalid' });
  expect(ibkr.authenticate(shown, {})).toMatchObject({ kind: 'invalid' });
  expect(Object.fromEntries(ibkr.sign(shown, real, stampAt(nowMs)).headers)).toEqual({
    'user-agent': 'tradebox',
    Authorization: `Bearer ${'b'.repeat(40)}`,
  });
});

test('the agent never reaches what grants tokens', () => {
  for (const path of [tokenPath, sessionPath])
    expect(['unknown', 'funds']).toContain(
      ibkr.classify({ host: 'api.ibkr.com', method: 'POST', path, query: '' }).class,
    );
});
