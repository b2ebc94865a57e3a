// OKX's table: ccxt's whole API through the classifier as a golden file, and every trick to get a request misfiled.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { hosts, restHosts } from '../../../../src/venues/okx/hosts.js';
import { okx } from '../../../../src/venues/okx/okx.js';
import { classify, operations } from '../../../../src/venues/okx/operations.js';
import { readParameters } from '../../../../src/venues/okx/reads.js';
import { ccxtEndpoints, ccxtWire, classifyEndpoints, fundsWords } from '../../../support/ccxt-wire.js';
import { makeDecoys } from '../../../support/venue-requests.js';

const ask = (method: string, target: string, query = '', host = 'www.okx.com') =>
  classify({ host, method, path: `/api/v5/${target}`, query });

// Their words sound like money leaving, but they only tell or change how the account trades.
const innocent = [
  'GET www.okx.com/api/v5/account/max-withdrawal',
  'GET www.okx.com/api/v5/account/max-loan',
  'GET www.okx.com/api/v5/account/vip-loan-order',
  'GET www.okx.com/api/v5/account/move-positions-history',
  'GET www.okx.com/api/v5/account/subaccount/',
  'GET www.okx.com/api/v5/account/fixed-loan/borrowing-',
  'repay-history',
  'GET www.okx.com/api/v5/asset/transfer-state',
  'GET www.okx.com/api/v5/asset/deposit-',
  'GET www.okx.com/api/v5/asset/withdrawal-history',
  'GET www.okx.com/api/v5/asset/subaccount/',
  'GET www.okx.com/api/v5/asset/broker/nd/subaccount-deposit-history',
  'GET www.okx.com/api/v5/asset/broker/nd/subaccount-withdrawal-history',
  'GET www.okx.com/api/v5/asset/convert/',
  'POST www.okx.com/api/v5/asset/convert/estimate-quote',
  'GET www.okx.com/api/v5/fiat/',
  'GET www.okx.com/api/v5/finance/',
  'GET www.okx.com/api/v5/users/subaccount/list',
  'GET www.okx.com/api/v5/users/entrust-subaccount-list',
  'GET www.okx.com/api/v5/broker/',
  'GET www.okx.com/api/v5/public/',
  'GET www.okx.com/api/v5/rubik/stat/margin/loan-ratio',
  'GET www.okx.com/api/v5/trade/easy-convert-',
  'POST www.okx.com/api/v5/trade/easy-convert',
  'POST www.okx.com/api/v5/asset/convert/trade',
  'POST www.okx.com/api/v5/account/set-auto-loan',
  'POST www.okx.com/api/v5/account/set-auto-earn',
];

test('ccxt’s whole API map: the outcomes a reviewer reads, and nothing of funds anywhere else', async () => {
  const { apiKey, secretKey, passphrase } = makeDecoys(okx);
  const { exchange } = ccxtWire('okx', { apiKey, secret: secretKey, password: passphrase });
  const outcome = classifyEndpoints(okx, ccxtEndpoints(exchange));
  expect(outcome.unknown, 'every path of ccxt has a considered class').toEqual([]);
  await expect(`${JSON.stringify(outcome, null, 2)}\n`).toMatchFileSnapshot(
    '../../../golden/venues/okx.json',
  );
  for (const kind of ['public read', 'read', 'order', 'amend', 'cancel', 'risk']) {
    for (const row of outcome[kind] ?? []) {
      if (innocent.some((known) => row.startsWith(known) || row.endsWith(known))) continue;
      expect(row, kind).not.toMatch(fundsWords);
    }
  }
  for (const row of [...(outcome['public read'] ?? []), ...(outcome.read ?? [])]) {
    expect(row).not.toMatch(/api-?key$|signal\/signals$|deposit-lightning|set-auto/);
  }
});

test('every path that okx-api has in its source has a considered class', () => {
  const source = readFileSync(path.resolve('node_modules/okx-api/dist/cjs/rest-client.js'), 'utf8');
  const calls = [...source.matchAll(/\.(get|post)(?:Private)?\(\s*['"`](\/api\/v5\/[\w/-]+)['"`]/g)];
  expect(calls.length).toBeGreaterThan(300);
  const unknown = calls
    .map(([, method = '', target = '']) => ({
      host: 'www.okx.com',
      method: method.toUpperCase(),
      path: target,
      query: '',
    }))
    .filter((request) => classify(request).class === 'unknown');
  expect(unknown.map((request) => `${request.method} ${request.path}`)).toEqual([]);
});

test('the CLI’s and the SDKs’ operations are what they should be', () => {
  expect(ask('GET', 'public/time')).toEqual({ class: 'read', operation: 'public/time', isPublic: true });
  expect(ask('GET', 'account/balance', 'ccy=BTC%2CETH')).toEqual({
    class: 'read',
    operation: 'account/balance',
    isPublic: false,
  });
  expect(ask('POST', 'trade/order').class).toBe('order');
  expect(ask('POST', 'trade/amend-order').class).toBe('amend');
  expect(ask('POST', 'trade/cancel-order').class).toBe('cancel');
  expect(ask('POST', 'account/set-leverage').class).toBe('risk');
  expect(ask('POST', 'trade/order-precheck').class).toBe('read');
});

describe('funds, whoever asks how (S7)', () => {
  test.each([
    'POST asset/transfer',
    'POST asset/withdrawal',
    'POST asset/withdrawal-lightning',
    'POST fiat/create-withdrawal',
    'POST account/move-positions',
    'POST account/borrow-repay',
    'POST users/subaccount/apikey',
    'POST finance/savings/purchase-redempt',
    'POST finance/something-new/purchase',
    'POST users/anything',
    'POST broker/nd/anything/new',
    'GET users/subaccount/apikey',
    'GET broker/nd/subaccount/apikey',
    'GET tradingBot/signal/signals',
    'GET asset/deposit-lightning',
  ])('%s', (row) => {
    const [method = '', target = ''] = row.split(' ');
    expect(ask(method, target).class).toBe('funds');
  });
});

describe('unknown (S4, D7, D8)', () => {
  test.each([
    ['another method', 'DELETE', 'trade/order', ''],
    ['a lower-case method', 'get', 'public/time', ''],
    ['HEAD', 'HEAD', 'public/time', ''],
    ['a read’s path with POST', 'POST', 'account/balance', ''],
    ['a write’s path with GET', 'GET', 'trade/amend-order', ''],
    ['a double slash', 'GET', '/account/balance', ''],
    ['a dot segment', 'GET', './account/balance', ''],
    ['a parent segment', 'GET', 'public/../account/balance', ''],
    ['an escaped letter', 'GET', 'account/%62alance', ''],
    ['an escaped slash', 'GET', 'account%2Fbalance', ''],
    ['a trailing slash', 'GET', 'account/balance/', ''],
    ['another case', 'GET', 'Account/balance', ''],
    ['a matrix parameter', 'GET', 'account/balance;x=1', ''],
    ['a query in the path', 'GET', 'account/balance?ccy=BTC', ''],
    ['a query on an order', 'POST', 'trade/order', 'instId=BTC-USDT'],
    ['an order’s parameter on a read', 'GET', 'account/balance', 'side=buy'],
    ['a withdrawal’s parameter on a read', 'GET', 'account/balance', 'toAddr=x'],
    ['a made-up parameter', 'GET', 'public/time', 'note=c2VjcmV0'],
    ['a parameter twice', 'GET', 'account/balance', 'ccy=BTC&ccy=ETH'],
    ['a method override in the query', 'GET', 'account/balance', '_method=POST'],
    ['a broken escape', 'GET', 'account/balance', 'ccy=%'],
    ['a very long query', 'GET', 'account/balance', `ccy=${'x'.repeat(5000)}`],
  ])('%s', (_, method, target, query) => {
    expect(ask(method, target, query)).toMatchObject({ class: 'unknown', isPublic: false });
  });

  test('what else OKX answers on its hosts: the website, other API versions, sockets', () => {
    for (const target of ['/', '/join/1', '/api/v3/order', '/priapi/v1/order', '/api/v5', '/ws/v5/private']) {
      expect(classify({ host: 'www.okx.com', method: 'GET', path: target, query: '' }).class, target).toBe(
        'unknown',
      );
    }
  });

  test('the reason names no byte of the request', () => {
    const found = ask('GET', 'account/balance', 'zebra=elephant');
    expect(found.reason).toMatch(/account\/balance/);
    expect(found.reason).not.toMatch(/zebra|elephant/);
  });
});

describe('hosts (D9)', () => {
  test.each(restHosts.map(({ host }) => host))('%s serves the whole table', (host) => {
    expect(ask('GET', 'account/balance', '', host).class).toBe('read');
    expect(ask('POST', 'asset/transfer', '', host).class).toBe('funds');
  });

  test('sockets and look-alikes serve none of it', () => {
    const sockets = hosts.filter(({ transport }) => transport === 'websocket').map(({ host }) => host);
    expect(sockets.length).toBeGreaterThan(5);
    for (const host of [
      ...sockets,
      'okx.com',
      'www.okx.com.evil.test',
      'WWW.OKX.COM',
      'www.okx.com.',
      'web3.okx.com',
    ]) {
      expect(ask('GET', 'public/time', '', host).class, host).toBe('unknown');
    }
  });

  test('a socket serves one environment only', () => {
    for (const { transport, environments } of hosts) {
      if (transport === 'websocket') expect(environments.filter((one) => one !== 'paper').length).toBe(1);
    }
  });
});

test('no row stands twice, and no read takes an order’s parameters', () => {
  const rows = operations().map(({ method, path: target }) => `${method} ${target}`);
  expect(new Set(rows).size).toBe(rows.length);
  for (const name of ['side', 'clOrdIds', 'newSz', 'toAddr', 'dest', 'attachAlgoOrds']) {
    expect(readParameters.has(name), name).toBe(false);
  }
});
