// Bybit's table against ccxt's whole API map and the SDK's, and its refusals against ccxt and bybit-api.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { RestClientV5 } from 'bybit-api';
import ccxt from 'ccxt';
import { expect, test } from 'vitest';
import { bybit } from '../../../../src/venues/bybit/bybit.js';
import { credential } from '../../../../src/venues/bybit/credential.js';
import { hosts } from '../../../../src/venues/bybit/hosts.js';
import { classify, operations } from '../../../../src/venues/bybit/operations.js';
import { refuse } from '../../../../src/venues/bybit/refusal.js';
import { axiosWire } from '../../../support/axios-wire.js';
import {
  ccxtEndpoints,
  ccxtWire,
  classifyEndpoints,
  fundsWords,
  isRetryable,
  raisedBy,
} from '../../../support/ccxt-wire.js';
import { makeDecoys } from '../../../support/venue-requests.js';

const decoy = makeDecoys(bybit);
const config = { apiKey: decoy.apiKey, secret: decoy.secretKey };
const host = 'api.bybit.com';

// Rows whose path holds a word of funds and which are none: each with the reason.
const innocent = [
  '/v5/user/query-api', // what the key itself may do
  '/v5/asset/exchange/', // trades of one coin for another: orders, and refused by the parser
  '/v5/order/spot-borrow-check', // how much an order could use
];

test("the classes of ccxt's whole API map are the committed ones, and no funds endpoint is allowed (S7)", async () => {
  const outcome = classifyEndpoints(bybit, ccxtEndpoints(ccxtWire('bybit', config).exchange));
  await expect(`${JSON.stringify(outcome, null, 2)}\n`).toMatchFileSnapshot(
    '../../../golden/venues/bybit.json',
  );
  for (const kind of ['public read', 'read', 'order', 'amend', 'cancel', 'risk']) {
    for (const row of outcome[kind]!) {
      if (innocent.some((path) => row.includes(path))) continue;
      expect(row, kind).not.toMatch(fundsWords);
    }
  }
  expect(outcome.funds).toContain('POST api.bybit.com/v5/position/move-positions');
});

test('what the SDK can call and names funds is funds or unknown, too', () => {
  const source = readFileSync(
    createRequire(import.meta.url).resolve('bybit-api/lib/rest-client-v5.js'),
    'utf8',
  );
  const calls = [...source.matchAll(/this\.(get|post)\w*\('(\/?v5\/[^']+)'/g)];
  expect(calls.length).toBeGreaterThan(300);
  for (const [, method = '', path = ''] of calls) {
    const full = path.startsWith('/') ? path : `/${path}`;
    if (!fundsWords.test(full) || innocent.some((one) => full.startsWith(one))) continue;
    const { class: kind } = classify({ host, method: method.toUpperCase(), path: full, query: '' });
    expect(['funds', 'unknown'], `${method} ${full}`).toContain(kind);
  }
});

test('a query counts on reads alone', () => {
  expect(classify({ host, method: 'GET', path: '/v5/order/realtime', query: 'category=spot' }).class).toBe(
    'read',
  );
  expect(classify({ host, method: 'POST', path: '/v5/order/create', query: 'qty=9' })).toMatchObject({
    class: 'unknown',
    reason: 'v5/order/create takes no query',
  });
  expect(classify({ host, method: 'GET', path: '/v5/order/realtime', query: 'a=1&a=2' }).class).toBe(
    'unknown',
  );
  expect(operations().length).toBeGreaterThan(200);
});

const refusal = { code: 'DENIED', message: 'no orders in this box', requestId: 'r-1' };

test('ccxt raises a refusal as PermissionDenied, which nobody retries', async () => {
  const raised = await raisedBy('bybit', config, refuse(refusal), (x) => x.privatePostV5OrderCreate({}));
  expect(raised).toBeInstanceOf(ccxt.PermissionDenied);
  expect(isRetryable(raised)).toBe(false);
  expect(raised.message).toContain('no orders in this box');
});

test('bybit-api rejects, which it does not for the same answer with status 200', async () => {
  const ask = (status: number) => {
    const wire = axiosWire({ ...refuse(refusal), status });
    const client = new RestClientV5(
      { key: decoy.apiKey!, secret: decoy.secretKey! },
      { adapter: wire.adapter as never },
    );
    return client.getWalletBalance({ accountType: 'UNIFIED' });
  };
  await expect(ask(refuse(refusal).status)).rejects.toMatchObject({
    body: { retCode: 10005, retMsg: expect.stringContaining('no orders in this box') as string },
  });
  await expect(ask(200)).resolves.toMatchObject({ retCode: 10005 });
});

test('decoys have the form of real values', () => {
  expect(decoy.apiKey).toMatch(/^[A-Za-z0-9]{18}$/);
  expect(decoy.secretKey).toMatch(/^[A-Za-z0-9]{36}$/);
  expect(
    credential.map(({ explainMalformed }, index) => explainMalformed?.(Object.values(decoy)[index]!)),
  ).toEqual([undefined, undefined]);
});

test('no host serves live and demo, but for public market data', () => {
  for (const { host: name, environments } of hosts.filter(({ host }) => host !== 'stream.bybit.com')) {
    expect(environments.includes('demo'), name).toBe(/demo|testnet/.test(name));
    expect(environments.includes('demo') && environments.includes('live'), name).toBe(false);
  }
});
