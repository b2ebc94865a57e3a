// Tradier: the documented endpoints and their classes, the token's substitution, refusals, and attempts to slip something past.
// Nothing is signed here, so there is no vector: a bearer token stands in a header.
import { expect, test } from 'vitest';
import type { HttpRequest } from '../../../../src/core/http.js';
import { credential } from '../../../../src/venues/tradier/credential.js';
import { hosts } from '../../../../src/venues/tradier/hosts.js';
import { classify } from '../../../../src/venues/tradier/operations.js';
import { refuse } from '../../../../src/venues/tradier/refusal.js';
import { authenticate, sign } from '../../../../src/venues/tradier/substitution.js';
import { tradier } from '../../../../src/venues/tradier/tradier.js';
import { classifyEndpoints, fundsWords } from '../../../support/ccxt-wire.js';
import { asReal, makeDecoys, requestOf, stampAt } from '../../../support/venue-requests.js';

// documentation.tradier.com/brokerage-api, every page of overview, user, accounts, trading, markets, streaming, watchlists.
const documented = `
  GET /v1/oauth/authorize
  POST /v1/oauth/accesstoken
  POST /v1/oauth/refreshtoken
  GET /v1/user/profile
  GET /v1/accounts/VA000000/balances
  GET /v1/accounts/VA000000/positions
  GET /v1/accounts/VA000000/history
  GET /v1/accounts/VA000000/gainloss
  GET /v1/accounts/VA000000/orders
  GET /v1/accounts/VA000000/orders/1234
  GET /v1/accounts/VA000000/historical-balances
  POST /v1/accounts/VA000000/orders
  PUT /v1/accounts/VA000000/orders/1234
  DELETE /v1/accounts/VA000000/orders/1234
  GET /v1/markets/quotes
  POST /v1/markets/quotes
  GET /v1/markets/options/chains
  GET /v1/markets/options/strikes
  GET /v1/markets/options/expirations
  GET /v1/markets/options/lookup
  GET /v1/markets/history
  GET /v1/markets/timesales
  GET /v1/markets/etb
  GET /v1/markets/clock
  GET /v1/markets/calendar
  GET /v1/markets/search
  GET /v1/markets/lookup
  GET /beta/markets/fundamentals/company
  GET /beta/markets/fundamentals/calendars
  GET /beta/markets/fundamentals/dividends
  GET /beta/markets/fundamentals/corporate_actions
  GET /beta/markets/fundamentals/ratios
  GET /beta/markets/fundamentals/financials
  GET /beta/markets/fundamentals/statistics
  POST /v1/markets/events/session
  POST /v1/accounts/events/session
  GET /v1/watchlists
  GET /v1/watchlists/default
  POST /v1/watchlists
  PUT /v1/watchlists/default
  DELETE /v1/watchlists/default
  POST /v1/watchlists/default/symbols
  DELETE /v1/watchlists/default/symbols/AAPL
`;

const decoy = makeDecoys(tradier);
const account = 'https://api.tradier.com/v1/accounts/VA000000';
const bearer = ['Authorization', `Bearer ${decoy.accessToken}`] as const;
const form = ['Content-Type', 'application/x-www-form-urlencoded'] as const;

test('the classes of every documented endpoint are the committed ones', async () => {
  const endpoints = documented
    .trim()
    .split('\n')
    .map((line) => line.trim().split(' ') as [string, string])
    .map(([method, path]) => ({ method, url: new URL(`https://api.tradier.com${path}`) }));
  const outcome = classifyEndpoints(tradier, endpoints);
  await expect(`${JSON.stringify(outcome, null, 2)}\n`).toMatchFileSnapshot(
    '../../../golden/venues/tradier.json',
  );
  // B12: whatever hands out a session is among what a decoy is put into.
  const sessions = outcome.read!.filter((row) => row.includes('session'));
  expect(sessions.map((row) => row.replace('POST api.tradier.com/', '')).sort()).toEqual(
    [...(tradier.sessionTokens?.operations ?? [])].sort(),
  );
  for (const kind of ['public read', 'read', 'order', 'amend', 'cancel', 'risk']) {
    for (const row of outcome[kind]!) {
      const words = row.replace('calendar', '');
      expect(words, kind).not.toMatch(new RegExp(`${fundsWords.source}|oauth`, 'i'));
    }
  }
});

test("the documentation's requests are accepted with the decoy and go up with the real token", () => {
  // place-equity-order, change-order and get-quotes, as their curl examples send them.
  const requests = [
    requestOf(
      'POST',
      `${account}/orders`,
      [bearer, form, ['Accept', 'application/json']],
      'class=equity&symbol=SPY&side=buy&quantity=10&type=market&duration=day&price=1.00&stop=1.00&tag=my-tag-example-1',
    ),
    requestOf('PUT', `${account}/orders/1`, [bearer, form], 'type=limit&duration=&price=1.00&stop=1.00'),
    requestOf(
      'GET',
      'https://api.tradier.com/v1/markets/quotes?symbols=AAPL,VXX190517P00016000&greeks=false',
      [bearer],
    ),
    requestOf('DELETE', `${account}/orders/1`, [bearer]),
  ];
  const real = makeDecoys(tradier);
  for (const request of requests) {
    expect(authenticate(request, decoy), request.path).toEqual({ kind: 'valid' });
    const signed = sign(request, asReal(real), stampAt(1));
    expect(signed.headers).toContainEqual(['Authorization', `Bearer ${real.accessToken}`]);
    expect([signed.path, signed.query, signed.body.toString()]).toEqual([
      request.path,
      request.query,
      request.body.toString(),
    ]);
    expect(JSON.stringify(signed.headers)).not.toContain(decoy.accessToken);
  }
});

test('another token, another scheme or another place is refused', () => {
  const url = `${account}/balances`;
  const bad: Record<string, HttpRequest> = {
    'another token': requestOf('GET', url, [['Authorization', `Bearer ${makeDecoys(tradier).accessToken}`]]),
    'the token bare': requestOf('GET', url, [['Authorization', decoy.accessToken!]]),
    Basic: requestOf('GET', url, [
      ['Authorization', `Basic ${Buffer.from(`:${decoy.accessToken}`).toString('base64')}`],
    ]),
    'lower-case bearer': requestOf('GET', url, [['Authorization', `bearer ${decoy.accessToken}`]]),
    'a token twice': requestOf('GET', url, [bearer, ['authorization', 'Bearer x']]),
    'a body on a GET': requestOf('GET', url, [bearer, form], 'a=1'),
    'a body on a DELETE': requestOf('DELETE', `${account}/orders/1`, [bearer, form], 'a=1'),
    'a compressed body': requestOf(
      'POST',
      `${account}/orders`,
      [bearer, form, ['Content-Encoding', 'gzip']],
      'x',
    ),
  };
  for (const [name, request] of Object.entries(bad)) {
    expect(authenticate(request, decoy), name).toMatchObject({ kind: 'invalid' });
  }
  const inQuery = requestOf('GET', `${url}?access_token=${decoy.accessToken}`);
  expect(authenticate(inQuery, decoy)).toEqual({ kind: 'none' });
  expect(authenticate(requestOf('GET', url, [bearer]), {})).toMatchObject({ kind: 'invalid' });
});

test('nothing real goes to another host or environment (S5, D9)', () => {
  const attempt = (url: string, environment: 'live' | 'demo') => () =>
    sign(requestOf('GET', url), asReal(decoy), stampAt(1, environment));
  expect(attempt(`${account}/balances`, 'live')).not.toThrow();
  expect(attempt('https://sandbox.tradier.com/v1/accounts/VA000000/balances', 'demo')).not.toThrow();
  expect(attempt(`${account}/balances`, 'demo')).toThrow('host');
  expect(attempt('https://sandbox.tradier.com/v1/accounts/VA000000/balances', 'live')).toThrow('host');
  expect(attempt('https://api.tradier.com.evil.example/v1/user/profile', 'live')).toThrow('host');
  expect(attempt('https://api.tradier.com/v1/oauth/accesstoken', 'live')).toThrow('unknown');
});

test('an order takes no query, and what is sent is what was parsed', () => {
  const of = (method: string, path: string, query: string) =>
    classify({ host: 'api.tradier.com', method, path, query }).class;
  expect(of('POST', '/v1/accounts/VA000000/orders', 'quantity=9')).toBe('unknown');
  expect(of('GET', '/v1/markets/quotes', 'symbols=AAPL')).toBe('read');
  expect(of('GET', '/v1/markets/quotes', 'a=1&a=2')).toBe('unknown');
  const legs = 'class=multileg&side%5B0%5D=buy_to_open&tag=a+b';
  const signed = sign(
    requestOf('POST', `${account}/orders`, [bearer, form], legs),
    asReal(decoy),
    stampAt(1),
  );
  expect(signed.body.toString()).toBe('class=multileg&side%5B0%5D=buy_to_open&tag=a%20b');
  expect(() =>
    sign(requestOf('POST', `${account}/orders`, [bearer, form], 'a=1&a=2'), asReal(decoy), stampAt(1)),
  ).toThrow();
});

test('a refusal is a 400 with the documented errors property', () => {
  const answer = refuse({ code: 'DENIED', message: 'no orders in this box', requestId: 'r-1' });
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.body.toString())).toEqual({
    errors: { error: ['tradebox: no orders in this box (request r-1)'] },
  });
});

test('the decoy has the form of a token, and no host serves live and demo', () => {
  expect(decoy.accessToken).toMatch(/^[A-Za-z0-9]{28}$/);
  expect(credential[0]?.explainMalformed?.(decoy.accessToken!)).toBeUndefined();
  for (const { host, environments } of hosts) {
    expect(environments.includes('live'), host).toBe(!host.startsWith('sandbox'));
    expect(environments.includes('live') && environments.includes('demo'), host).toBe(false);
  }
});
