// Binance's listenKeys of futures: found in answers, replaced, and known in the places where streams are opened with them.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { binance } from '../../../../src/venues/binance/binance.js';
import { isListenKey, listenKeyIn, sessionTokens } from '../../../../src/venues/binance/session-tokens.js';
import { asReal, makeDecoys, requestOf, stampAt } from '../../../support/venue-requests.js';

const key = sessionTokens.makeDecoy(randomBytes);

test('found in an answer and replaced there; errors and garbage are told apart', () => {
  const found = sessionTokens.read(Buffer.from('{"listenKey":"real","x":1}'));
  if (found?.kind !== 'token') throw new Error('no token');
  expect([found.token, String(found.withToken('d'))]).toEqual(['real', '{"listenKey":"d","x":1}']);
  for (const text of ['{}', '{"code":-1,"msg":"no"}'])
    expect(sessionTokens.read(Buffer.from(text))).toEqual({ kind: 'none' });
  for (const text of ['', '[]', 'listenKey=real'])
    expect(sessionTokens.read(Buffer.from(text))).toBeUndefined();
});

test('opens a stream of futures, last in the path or in the query, and none of spot', () => {
  expect(key).toMatch(/^[A-Za-z0-9]{64}$/);
  expect(listenKeyIn(`/ws/${key}`, '')).toBe(key);
  expect(listenKeyIn('/private/ws', `listenKey=${key}`)).toBe(key);
  for (const [path, query] of [
    [`/ws/${key}/x`, ''],
    [`/ws/${key}`, 'a=b'],
    ['/private/ws', `listenKey=${key}&x=1`],
    ['/ws', `listenKey=${key}`],
    ['/ws/7', ''],
  ] as const)
    expect(listenKeyIn(path, query), path).toBeUndefined();
  const open = (host: string) => binance.socket?.open({ host, path: `/ws/${key}`, query: '' }, 'live');
  expect(open('fstream.binance.com')?.token).toBe(key);
  expect(open('stream.binance.com')).toBeUndefined();
});

test('asked for with the key alone; a decoy beside it stays behind', () => {
  expect(sessionTokens.operations.has('fapi/v1/listenKey')).toBe(true);
  expect(isListenKey('papi/v1/listenKey')).toBe(false);
  const [decoy, real] = [makeDecoys(binance), makeDecoys(binance)];
  const url = `https://fapi.binance.com/fapi/v1/listenKey?listenKey=${key}`;
  const request = requestOf('PUT', url, [['X-MBX-APIKEY', decoy.apiKey ?? '']]);
  expect(binance.classify(request)).toMatchObject({
    class: 'read',
    operation: 'fapi/v1/listenKey',
    isPublic: false,
  });
  expect(binance.authenticate(request, decoy)).toEqual({ kind: 'valid' });
  expect(binance.authenticate(request, real)).toMatchObject({ kind: 'invalid' });
  const signed = binance.sign(request, asReal(real), stampAt(1_800_000_000_000));
  expect(`${signed.query}${signed.body}`).toBe('');
  expect(signed.headers).toContainEqual(['X-MBX-APIKEY', real.apiKey]);
});
