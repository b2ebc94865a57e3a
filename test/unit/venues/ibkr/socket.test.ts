// IBKR's socket commands and handshakes, read without a sidecar: those of its documentation and of ibind, and others.
import { expect, test } from 'vitest';
import type { HeaderList } from '../../../../src/core/http.js';
import { ibkr } from '../../../../src/venues/ibkr/ibkr.js';
import { asReal, makeDecoys, stampAt } from '../../../support/venue-requests.js';

const [decoy, real] = [makeDecoys(ibkr), makeDecoys(ibkr)];
const { accessToken = '', sessionToken = '' } = decoy;
const held = 'c'.repeat(32);

const open = (query = '', cookies: readonly string[] = []) =>
  ibkr.socket?.open(
    {
      host: 'api.ibkr.com',
      path: '/v1/api/ws',
      query,
      headers: cookies.map((value) => ['Cookie', value] as const) as HeaderList,
    },
    'live',
  );
const session = open();
const read = (text: string) => session?.read(text);

test.each([
  ['smd+265598+{"fields":["31","83"]}'],
  ['smd+265598@SMART+{"fields":["31"],"tempo":2000,"snapshot":true}'],
  ['smd+265598+{ "fields": [31, 84] }', 'smd+265598+{"fields":[31,84]}'],
  ['umd+265598+{}'],
  [
    'smh+265598+{"exchange":"ISLAND","period":"2h","bar":"5min","outsideRth":false,"source":"t","format":"%h/%l"}',
  ],
  ['umh+341115'],
  ['sbd+DU1234567+265598+NASDAQ'],
  ['sbd+DU1234567+265598'],
  ['ubd+DU1234567'],
  ['sor+{}'],
  ['sor'],
  ['uor+{}'],
  ['str+{"realtimeUpdatesOnly":true,"days":3}'],
  ['utr'],
  ['spl+{}'],
  ['upl{}', 'upl+{}'],
  ['ssd+DU1234567+{"keys":["AccruedCash-S"],"fields":["currency","monetaryValue"]}'],
  ['sld+DU1234567+{"keys":["LedgerListBASE"],"fields":[]}'],
  ['tic'],
  ['ech+hb'],
])('%s passes', (text, written = text) => {
  expect(read(text)).toEqual({ kind: 'read', operation: text.slice(0, 3), text: written });
});

test.each([
  '',
  'smd',
  'smd+AAPL+{"fields":["31"]}',
  'smd+265598+{"fields":["31"],"order":"BUY"}',
  'smd+265598+{"fields":[["31"]]}',
  'smd+265598+{"fields":"31","fields":"32"}',
  'smd+265598+{}x',
  'smd+265598\n+{}',
  'smd+1+2+{}',
  'sor+DU1234567+{}',
  'sor+{"orders":[{"conid":1,"side":"BUY"}]}',
  'ord+{"conid":265598,"side":"BUY","quantity":1}',
  'SMD+265598+{}',
  'ech+hb+hb',
  'tic+{"session":"x"}',
  '[]',
  '{"session":"a","order":1}',
  '{"conid":1}',
  `ssd+../x+{}`,
])('%s is unknown', (text) => {
  expect(read(text)).toMatchObject({ kind: 'unknown' });
});

test('the session in a message is swapped for the one that it stands for', () => {
  const login = read(JSON.stringify({ session: held }));
  if (login?.kind !== 'login') throw new Error('not a login');
  expect(login).toMatchObject({ token: held, operation: 'session' });
  expect(login.authenticate).toBeUndefined();
  expect(login.write(asReal({}), { ...stampAt(1), token: 'real' })).toBe('{"session":"real"}');
});

test.each([
  ['the access token and a session of a tickle', `oauth_token=${accessToken}`, held, true],
  ['a session of a tickle', '', held, true],
  ['the session of the credential', '', sessionToken, false],
  ['the access token alone', `oauth_token=${accessToken}`, undefined, false],
])('a handshake with %s goes out with the real ones', (_what, query, cookie, hasToken) => {
  const shown = open(query, cookie === undefined ? [] : [`api=${cookie}`])?.handshake;
  expect(shown?.authenticate(decoy, hasToken)).toEqual({ kind: 'valid' });
  const stamp = hasToken ? { ...stampAt(1), token: 'r'.repeat(32) } : stampAt(1);
  expect(shown?.write(asReal(real), stamp)).toEqual({
    query: query === '' ? '' : `oauth_token=${real.accessToken}`,
    headers: cookie === undefined ? [] : [['cookie', `api=${hasToken ? 'r'.repeat(32) : real.sessionToken}`]],
  });
});

test('what a handshake must not say', () => {
  const shown = (query: string, cookie: string) => open(query, [cookie])?.handshake;
  expect(shown(`oauth_token=${real.accessToken}`, `api=${held}`)?.authenticate(decoy, true)).toMatchObject({
    kind: 'invalid',
  });
  expect(shown('', `api=${held}`)?.authenticate(decoy, false)).toEqual({ kind: 'none' });
  expect(shown('', `api=${real.sessionToken}`)?.authenticate(decoy, false)).toEqual({ kind: 'none' });
  expect(shown('', `api=${held}`)?.authenticate({}, false)).toEqual({ kind: 'none' });
  expect(open()?.handshake).toBeUndefined();
  for (const query of [
    'oauth_token=',
    'oauth_token=a&b=c',
    'sessionToken=abcdefgh',
    `x=1&oauth_token=${accessToken}`,
  ])
    expect(open(query), query).toBeUndefined();
  for (const cookies of [['x=1'], [`api=${held}; x=1`], [`api=${held}`, `api=${held}`]])
    expect(open('', cookies), cookies.join()).toBeUndefined();
});

test('a refusal is an error that clients log', () => {
  const refusal = { code: 'X', message: 'no', requestId: 'r-1' };
  expect(JSON.parse(session?.refuse('smd', refusal) ?? '')).toEqual({
    topic: 'error',
    error: expect.stringContaining('r-1'),
  });
});
