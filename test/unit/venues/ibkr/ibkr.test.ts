// Interactive Brokers: OAuth with or without the query in the signature, a session cookie, and nothing else.
import { expect, test } from 'vitest';
import type { HttpRequest } from '../../../../src/core/http.js';
import { ibkr } from '../../../../src/venues/ibkr/ibkr.js';
import {
  baseString,
  formatOauthHeader,
  oauthSignature,
  queryParameters,
  readOauthHeader,
} from '../../../../src/venues/ibkr/oauth.js';
import { classifyEndpoints } from '../../../support/ccxt-wire.js';
import { asReal, makeDecoys, requestOf, stampAt } from '../../../support/venue-requests.js';

const decoy = makeDecoys(ibkr);
const url = 'https://api.ibkr.com/v1/api/iserver/marketdata/snapshot?conids=265598&fields=31%2C84';

/** A request as ibind signs it (query left out), or as RFC 5849 would (query signed). */
function signedBy(
  keys: Record<string, string>,
  { withQuery = false, target = url, method = 'GET', body = '', scheme = 'HMAC-SHA256' } = {},
): HttpRequest {
  const request = requestOf(method, target, body === '' ? [] : [['Content-Type', 'application/json']], body);
  const oauth = new Map([
    ['oauth_consumer_key', keys.consumerKey!],
    ['oauth_nonce', 'abcDEF0123456789'],
    ['oauth_signature_method', scheme],
    ['oauth_timestamp', '1800000000'],
    ['oauth_token', keys.accessToken!],
  ]);
  const text = baseString(request, oauth, withQuery ? queryParameters(request.query) : undefined);
  oauth.set('oauth_signature', oauthSignature(keys.liveSessionToken!, text));
  return {
    ...request,
    headers: [...request.headers, ['Authorization', formatOauthHeader('limited_poa', oauth)]],
  };
}

test('both readings of OAuth pass with the decoy', () => {
  expect(ibkr.authenticate(signedBy(decoy), decoy)).toEqual({ kind: 'valid' });
  expect(ibkr.authenticate(signedBy(decoy, { withQuery: true }), decoy)).toEqual({ kind: 'valid' });
});

test('the real signature is fresh, complete, and of the real token', () => {
  const real = makeDecoys(ibkr);
  const signed = ibkr.sign(signedBy(decoy), asReal(real), stampAt(1_800_000_000_999));
  const header = Object.fromEntries(signed.headers).Authorization!;
  const oauth = readOauthHeader(header)!;
  expect(header).toContain('realm="limited_poa"');
  expect(oauth.get('oauth_timestamp')).toBe('1800000000');
  expect(oauth.get('oauth_consumer_key')).toBe(real.consumerKey);
  expect(oauth.get('oauth_token')).toBe(real.accessToken);
  const text = baseString(
    { method: 'GET', host: 'api.ibkr.com', path: '/v1/api/iserver/marketdata/snapshot' },
    oauth,
  );
  expect(oauth.get('oauth_signature')).toBe(oauthSignature(real.liveSessionToken!, text));
  expect(ibkr.authenticate({ ...signedBy(decoy), headers: signed.headers }, real)).toEqual({ kind: 'valid' });
  const again = Object.fromEntries(
    ibkr.sign(signedBy(decoy), asReal(real), stampAt(1_800_000_000_999)).headers,
  ).Authorization!;
  expect(readOauthHeader(again)!.get('oauth_nonce')).not.toBe(oauth.get('oauth_nonce'));
  const testConsumer = { ...real, consumerKey: 'TESTCONS' };
  expect(
    Object.fromEntries(ibkr.sign(signedBy(decoy), asReal(testConsumer), stampAt(1)).headers).Authorization,
  ).toContain('realm="test_realm"');
});

test('a session cookie is swapped, and travels alone', () => {
  const withCookie = (value: string) => requestOf('GET', url, [['Cookie', value]]);
  expect(ibkr.authenticate(withCookie(`api=${decoy.sessionToken}`), decoy)).toEqual({ kind: 'valid' });
  for (const value of [
    `api=${decoy.sessionToken}; x=1`,
    `x=1; api=${decoy.sessionToken}`,
    'api=other',
    'x=1',
    '',
  ]) {
    expect(ibkr.authenticate(withCookie(value), decoy), value).toMatchObject({ kind: 'invalid' });
  }
  const { sessionToken } = makeDecoys(ibkr);
  const signed = ibkr.sign(
    withCookie(`api=${decoy.sessionToken}`),
    asReal({ sessionToken: sessionToken! }),
    stampAt(1),
  );
  expect(signed.headers).toEqual([
    ['user-agent', 'tradebox'],
    ['Cookie', `api=${sessionToken}`],
  ]);
  expect(() => ibkr.sign(withCookie('api=x'), asReal({ sessionToken: 'a;b' }), stampAt(1))).toThrow(
    'cannot be a cookie',
  );
  expect(() => ibkr.sign(withCookie('api=x'), asReal({}), stampAt(1))).toThrow('neither');
});

test('what the decoy did not sign is refused', () => {
  const sent = signedBy(decoy);
  const authorization = Object.fromEntries(sent.headers).Authorization!;
  const withHeader = (value: string): HttpRequest => ({ ...sent, headers: [['Authorization', value]] });
  const bad: Record<string, HttpRequest> = {
    'another path': { ...sent, path: '/v1/api/iserver/account/DU1/orders' },
    'another method': { ...sent, method: 'POST' },
    'another host': { ...sent, host: '1.api.ibkr.com' },
    'a query twice': { ...sent, query: 'a=1&a=2' },
    'another key': signedBy(makeDecoys(ibkr)),
    'another nonce': withHeader(authorization.replace('abcDEF', 'abcDEG')),
    'another scheme’s name': signedBy(decoy, { scheme: 'RSA-SHA256' }),
    'a parameter twice': withHeader(`${authorization}, oauth_nonce="x"`),
    'a cookie beside it': { ...sent, headers: [...sent.headers, ['Cookie', `api=${decoy.sessionToken}`]] },
    'two headers': { ...sent, headers: [...sent.headers, ...sent.headers] },
    'a compressed body': { ...sent, headers: [...sent.headers, ['Content-Encoding', 'gzip']] },
  };
  for (const [name, request] of Object.entries(bad)) {
    expect(ibkr.authenticate(request, decoy), name).toMatchObject({ kind: 'invalid' });
  }
  expect(ibkr.authenticate({ ...sent, headers: [] }, decoy)).toEqual({ kind: 'none' });
});

test('nothing is signed elsewhere, and a body only as it was read', () => {
  expect(() => ibkr.sign({ ...signedBy(decoy), host: 'localhost' }, asReal(decoy), stampAt(1))).toThrow(
    'host',
  );
  expect(() => ibkr.sign(signedBy(decoy), undefined, stampAt(1))).toThrow('public');
  const post = signedBy(decoy, {
    method: 'POST',
    target: 'https://api.ibkr.com/v1/api/tickle',
    body: '{ "a": 1.0 }',
  });
  expect(ibkr.sign(post, asReal(decoy), stampAt(1)).body.toString()).toBe('{"a":1.0}');
  expect(() =>
    ibkr.sign({ ...post, body: Buffer.from('{"a":1,"a":2}') }, asReal(decoy), stampAt(1)),
  ).toThrow();
});

// Every endpoint of ibind a3d8fe1's client mixins, and the neighbours that move money or authority.
const endpoints = `
  GET sso/validate iserver/accounts acesws/DU1/signatures-and-owners iserver/account/search/DU iserver/account/DU1/summary
  GET iserver/account/pnl/partitioned iserver/account/orders iserver/account/order/status/5 iserver/account/trades/
  GET iserver/currency/pairs iserver/exchangerate iserver/secdef/bond-filters iserver/secdef/info iserver/secdef/search
  GET iserver/secdef/strikes trsrv/all-conids trsrv/futures trsrv/secdef trsrv/secdef/schedule trsrv/stocks
  GET iserver/contract/1/algos iserver/contract/1/info iserver/contract/1/info-and-rules hmds/history
  GET iserver/marketdata/history iserver/marketdata/snapshot iserver/marketdata/unsubscribeall md/regsnapshot
  GET portfolio/accounts portfolio/allocation portfolio/subaccounts portfolio/subaccounts2 portfolio/DU1/position/1
  GET portfolio/positions/1 portfolio/DU1/allocation portfolio/DU1/combo/positions portfolio/DU1/ledger portfolio/DU1/meta
  GET portfolio/DU1/positions/0 portfolio/DU1/summary portfolio2/DU1/positions hmds/scanner/params iserver/scanner/params
  GET iserver/watchlist iserver/watchlists oauth/access_token
  POST iserver/dynaccount iserver/account iserver/contract/rules fa/fa-preset/get fa/fa-preset/save fa/model/list
  POST fa/model/accounts-details fa/model/invest-divest fa/model/invest-divest-positions fa/model/positions fa/model/save
  POST fa/model/submit-transfers fa/model/summary iserver/questions/suppress iserver/questions/suppress/reset
  POST iserver/account/DU1/order/5 iserver/account/DU1/orders iserver/account/DU1/orders/whatif iserver/reply/a1-b2
  POST pa/allperiods pa/performance pa/transactions portfolio/DU1/positions/invalidate hmds/scanner/run iserver/scanner/run
  POST iserver/auth/ssodh/init iserver/auth/status iserver/reauthenticate logout tickle iserver/watchlist
  POST oauth/live_session_token oauth/request_token iserver/account/DU1/alert
  DELETE iserver/account/DU1/order/5 iserver/account/DU1/order/-1 iserver/watchlist
`;

test('the classes of every endpoint are the committed ones', async () => {
  const list = endpoints
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [method = '', ...paths] = line.trim().split(' ');
      return paths.map((path) => ({ method, url: new URL(`https://api.ibkr.com/v1/api/${path}`) }));
    });
  for (const path of [
    'external-cash-transfers',
    'internal-asset-transfers',
    'bank-instructions',
    'accounts',
    'sso-sessions',
  ]) {
    list.push({ method: 'POST', url: new URL(`https://api.ibkr.com/gw/api/v1/${path}`) });
  }
  const outcome = classifyEndpoints(ibkr, list);
  await expect(`${JSON.stringify(outcome, null, 2)}\n`).toMatchFileSnapshot(
    '../../../golden/venues/ibkr.json',
  );
  for (const kind of ['public read', 'read', 'order', 'amend', 'cancel', 'risk']) {
    for (const row of outcome[kind]!)
      expect(row, kind).not.toMatch(/transfer|\/gw\/|oauth|invest|bank|watchlist|logout/);
  }
});

test('what hands out a session token is a read whose answer gets a decoy', () => {
  const tickle = { host: 'api.ibkr.com', path: '/v1/api/tickle', query: '' };
  const found = ibkr.classify({ ...tickle, method: 'POST' });
  expect(found).toMatchObject({ class: 'read', operation: 'v1/api/tickle' });
  expect(ibkr.sessionTokens?.operations).toContain(found.operation);
  expect(ibkr.classify({ ...tickle, method: 'GET' }).class).toBe('unknown');
});

test('decoys are well-formed and fresh; the refusal says what it is', () => {
  const other = makeDecoys(ibkr);
  expect(decoy.consumerKey).toMatch(/^[A-Z]{9}$/);
  for (const field of ibkr.credential) {
    expect(field.explainMalformed?.(decoy[field.name]!), field.name).toBeUndefined();
    expect(other[field.name]).not.toBe(decoy[field.name]);
  }
  expect(ibkr.credential[3]).toMatchObject({
    isOptional: true,
    insteadOf: ['consumerKey', 'accessToken', 'liveSessionToken'],
  });
  expect(ibkr.credential[2]!.explainMalformed?.('AAAA')).toContain('20');
  const answer = ibkr.refuse({ code: 'DENIED', message: 'no orders here', requestId: 'r-9' });
  expect(answer.status).toBe(403);
  expect(JSON.parse(answer.body.toString())).toEqual({
    error: 'tradebox: no orders here (request r-9)',
    statusCode: 403,
  });
});
