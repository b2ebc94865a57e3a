// Tradier's socket messages, read without a sidecar: those of its documentation, and others.
import { expect, test } from 'vitest';
import { tradier } from '../../../../src/venues/tradier/tradier.js';
import type { SocketMessage } from '../../../../src/venues/venue.js';
import { asReal, stampAt } from '../../../support/venue-requests.js';

const markets = '/v1/markets/events';
const accounts = '/v1/accounts/events';
const open = (path: string) => tradier.socket?.open({ host: 'ws.tradier.com', path, query: '' }, 'live');
const read = (path: string, message: object): SocketMessage | undefined =>
  open(path)?.read(JSON.stringify(message));
const sessionid = 'c8638963-a6d4-4fb9-9bc6-e25fbd8c60c3';
const symbols = ['SPY', 'VXX190517P00016000'];

test.each([
  [markets, { symbols, sessionid, linebreak: true }],
  [markets, { symbols, filter: ['trade', 'timesale'], sessionid, validOnly: 'true', advancedDetails: false }],
  [accounts, { events: ['order'], sessionid, excludeAccounts: [] }],
  [accounts, { events: ['order'], sessionid, excludeAccounts: ['6YA00001'] }],
])('%s %j: the session’s real id is put in', (path, message) => {
  const login = read(path, message);
  if (login?.kind !== 'login') throw new Error('not a login');
  expect(login.token).toBe(sessionid);
  expect(login.authenticate).toBeUndefined();
  const sent = JSON.parse(login.write(asReal({}), { ...stampAt(1), token: 'real' }));
  expect(sent).toEqual({ ...message, sessionid: 'real' });
});

test.each([
  [markets, { symbols }],
  [markets, { sessionid }],
  [markets, { symbols: [], sessionid }],
  [markets, { symbols: ['SPY;DROP'], sessionid }],
  [markets, { symbols: 'SPY', sessionid }],
  [markets, { symbols, sessionid, filter: ['orders'] }],
  [markets, { symbols, sessionid, linebreak: 1 }],
  [markets, { symbols, sessionid, events: ['order'] }],
  [markets, { symbols, sessionid: { $ne: '' } }],
  [accounts, { events: ['withdrawal'], sessionid }],
  [accounts, { events: ['order'], symbols, sessionid }],
  [accounts, { class: 'equity', symbol: 'SPY', side: 'buy', quantity: '1', type: 'market', sessionid }],
])('%s %j is unknown', (path, message) => {
  expect(read(path, message)).toMatchObject({ kind: 'unknown' });
});

test('a refusal is an error with the request’s id', () => {
  const refusal = { code: 'X', message: 'no', requestId: 'r-1' };
  expect(JSON.parse(open(accounts)?.refuse('{', refusal) ?? '')).toEqual({
    error: expect.stringContaining('r-1'),
  });
});
