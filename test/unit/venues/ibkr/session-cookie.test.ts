// IBKR's session: as a cookie, alone; and taken out of the answer to a tickle.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { sessionCookie, sessionIn, sessionTokens } from '../../../../src/venues/ibkr/session-cookie.js';
import { asReal } from '../../../support/venue-requests.js';

test('the session stands alone in the cookie, of the credential or of a tickle', () => {
  expect(sessionIn('api=aeccc9d7515398c5')).toBe('aeccc9d7515398c5');
  for (const cookie of [
    '',
    'api=',
    'api=short',
    'x=aeccc9d7515398c5',
    'api=aeccc9d7515398c5; x=1',
    'api="aeccc9d7515"',
  ])
    expect(sessionIn(cookie), cookie).toBeUndefined();
  const real = asReal({ sessionToken: 'a'.repeat(32) });
  expect(sessionCookie(real)).toBe(`api=${'a'.repeat(32)}`);
  expect(sessionCookie(real, 'b'.repeat(32))).toBe(`api=${'b'.repeat(32)}`);
  expect(() => sessionCookie(real, 'a;b')).toThrow('cookie');
  expect(() => sessionCookie(asReal({}))).toThrow('sessionToken');
});

test('a tickle’s session is taken out, and everything else stays', () => {
  const answer = {
    session: 'real-session',
    ssoExpires: 600,
    iserver: { authStatus: { authenticated: true } },
  };
  const found = sessionTokens.read(Buffer.from(JSON.stringify(answer)));
  if (found?.kind !== 'token') throw new Error('no token');
  expect(found.token).toBe('real-session');
  expect(JSON.parse(String(found.withToken('decoy')))).toEqual({ ...answer, session: 'decoy' });
  expect(sessionTokens.read(Buffer.from('{"error":"unauthorized"}'))).toEqual({ kind: 'none' });
  expect(sessionTokens.read(Buffer.from('{"session":7}'))).toEqual({ kind: 'none' });
  for (const text of ['', '[]', 'session', '{"session":"a","session":"b"}'])
    expect(sessionTokens.read(Buffer.from(text)), text).toBeUndefined();
  expect(sessionTokens.makeDecoy(randomBytes)).toMatch(/^[0-9a-f]{32}$/);
});
