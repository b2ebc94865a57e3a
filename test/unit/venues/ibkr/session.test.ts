import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { session } from '../../../../src/venues/ibkr/session.js';
import { asReal } from '../../../support/venue-requests.js';

const said = (body: unknown, status = 200) => ({ status, body: Buffer.from(JSON.stringify(body)) });
const onGranted = () => expect.unreachable('nothing is granted');
const real = asReal({ sessionToken: 'a'.repeat(32) });

test('a session that nothing here can open is tickled only, and its end is told', () => {
  const call = session.keep({ environment: 'demo' }, real, randomBytes, onGranted);
  expect(call.request).toMatchObject({ method: 'POST', path: '/v1/api/tickle' });
  expect(call.read(said({ error: 'unauthorized' }, 401))).toBeUndefined();
  expect(call.read(said({ iserver: {} }))).toBeUndefined();
  expect(call.read(said({ iserver: { authStatus: { authenticated: true } } }))).toEqual({ isOpen: true });
  expect(session.everyMs).toBeLessThanOrEqual(60_000);
});
