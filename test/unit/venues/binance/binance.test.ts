// Binance's table against ccxt's whole API map, and its refusals against ccxt and the `binance` SDK.

import { MainClient } from 'binance';
import ccxt from 'ccxt';
import { expect, test } from 'vitest';
import { binance } from '../../../../src/venues/binance/binance.js';
import { credential } from '../../../../src/venues/binance/credential.js';
import { hosts } from '../../../../src/venues/binance/hosts.js';
import { refuse } from '../../../../src/venues/binance/refusal.js';
import { axiosWire } from '../../../support/axios-wire.js';
import {
  type CcxtCall,
  ccxtEndpoints,
  ccxtWire,
  classifyEndpoints,
  fundsWords,
  isRetryable,
  raisedBy,
} from '../../../support/ccxt-wire.js';
import { makeDecoys } from '../../../support/venue-requests.js';

const decoy = makeDecoys(binance);
const config = { apiKey: decoy.apiKey, secret: decoy.secretKey };

// Rows whose path holds a word of funds and which are none: each with the reason.
const innocent = [
  '/sapi/v1/capital/config/getall', // coins and networks; ccxt loads its markets with it
  '/sapi/v1/convert/', // trades of one coin for another: orders, and refused by the parser
  '/fapi/v1/convert/',
  '/sapi/v1/simple-earn/', // what stands in products; the moves are funds
  '/sapi/v1/eth-staking/eth/history/rateHistory', // published rates
  '/sapi/v1/sol-staking/sol/history/rateHistory',
];

test("the classes of ccxt's whole API map are the committed ones, and no funds endpoint is allowed (S7)", async () => {
  const outcome = classifyEndpoints(binance, ccxtEndpoints(ccxtWire('binance', config).exchange));
  await expect(`${JSON.stringify(outcome, null, 2)}\n`).toMatchFileSnapshot(
    '../../../golden/venues/binance.json',
  );
  for (const kind of ['public read', 'read', 'order', 'amend', 'cancel', 'risk']) {
    for (const row of outcome[kind]!) {
      if (innocent.some((path) => row.includes(path))) continue;
      expect(row, kind).not.toMatch(fundsWords);
      // What hands out a session is not there, but for the answers whose token is swapped.
      const isSwapped = /\/[fd]api\/v1\/listenKey$/.test(row);
      expect(isSwapped || !/listenKey|userDataStream|listenToken/i.test(row), `${kind} ${row}`).toBe(true);
    }
  }
});

test('what a user audits has every API and no row twice', () => {
  const rows = binance.operations.map(({ method, path, api }) => `${api} ${method} ${path}`);
  expect(new Set(rows).size).toBe(rows.length);
  expect(new Set(binance.operations.map(({ api }) => api))).toEqual(
    new Set(['spot', 'sapi', 'data', 'usdm', 'coinm', 'options', 'portfolio']),
  );
});

test('a path counts only on hosts of its API, and market data hosts serve no account', () => {
  const classify = (host: string, method: string, path: string) =>
    binance.classify({ host, method, path, query: '' }).class;
  expect(classify('api.binance.com', 'POST', '/api/v3/order')).toBe('order');
  expect(classify('api.binance.com', 'POST', '/fapi/v1/order')).toBe('unknown');
  expect(classify('fapi.binance.com', 'POST', '/fapi/v1/order')).toBe('order');
  expect(classify('testnet.binancefuture.com', 'POST', '/dapi/v1/order')).toBe('order');
  expect(classify('data-api.binance.vision', 'GET', '/api/v3/depth')).toBe('read');
  expect(classify('data-api.binance.vision', 'GET', '/api/v3/account')).toBe('unknown');
  expect(classify('demo-api.binance.com', 'GET', '/sapi/v1/account/info')).toBe('unknown');
  expect(
    binance.classify({ host: 'api.binance.com', method: 'GET', path: '/api/v3/depth', query: 'a=1&a=2' }),
  ).toMatchObject({
    class: 'unknown',
    reason: 'the form names a parameter twice',
  });
});

const refusal = { code: 'DENIED', message: 'no orders in this box', requestId: 'r-1' };

test.each<[string, CcxtCall]>([
  ['spot', (x) => x.privatePostOrder({})],
  ['wallet', (x) => x.sapiPostMarginOrder({})],
  ['USDⓈ-M', (x) => x.fapiPrivatePostOrder({})],
  ['COIN-M', (x) => x.dapiPrivatePostOrder({})],
  ['options', (x) => x.eapiPrivatePostOrder({})],
  ['portfolio margin', (x) => x.papiPostUmOrder({})],
])('ccxt raises a refusal on %s as an error that nobody retries', async (_, call) => {
  const raised = await raisedBy('binance', config, refuse(refusal), call);
  expect(raised).toBeInstanceOf(ccxt.InvalidOrder);
  expect(isRetryable(raised)).toBe(false);
  expect(raised.message).toContain('no orders in this box');
});

test('the binance SDK rejects with the code and the message', async () => {
  const { adapter } = axiosWire(refuse(refusal));
  const client = new MainClient(
    { api_key: decoy.apiKey!, api_secret: decoy.secretKey! },
    { adapter: adapter as never },
  );
  await expect(client.getAccountInformation()).rejects.toMatchObject({
    code: -2010,
    message: expect.stringContaining('no orders in this box') as string,
  });
});

test('decoys have the form of real values and differ every time', () => {
  const other = makeDecoys(binance);
  for (const { name, explainMalformed } of credential) {
    expect(decoy[name], name).toMatch(/^[A-Za-z0-9]{64}$/);
    expect(explainMalformed?.(decoy[name]!), name).toBeUndefined();
    expect(other[name], name).not.toBe(decoy[name]);
    expect(explainMalformed?.(`${decoy[name]}\n`), name).toContain('line break');
  }
});

test('no host serves live and demo, but for public market data', () => {
  const both = hosts.filter(
    ({ environments }) => environments.includes('live') && environments.includes('demo'),
  );
  expect(both.map(({ host }) => host)).toEqual(['data-api.binance.vision', 'data-stream.binance.vision']);
  const demo = hosts.filter(({ environments }) => environments.includes('demo')).map(({ host }) => host);
  for (const host of demo) expect(host).toMatch(/^demo-|testnet|binancefuture|^data-/);
});
