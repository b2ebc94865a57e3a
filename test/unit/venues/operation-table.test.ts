// The matcher of operation tables: exact, case-sensitive, per API, and unknown for everything else (S4, D8).
import { expect, test } from 'vitest';
import { compileTable, joinTables, readTable } from '../../../src/venues/operation-table.js';
import type { VenueHost } from '../../../src/venues/venue.js';

const hosts: readonly VenueHost[] = [
  { host: 'a.test', ports: [443], transport: 'rest', environments: ['live'], apis: ['spot'] },
  { host: 'b.test', ports: [443], transport: 'rest', environments: ['live'], apis: ['perp'] },
  { host: 'both.test', ports: [443], transport: 'rest', environments: ['demo'], apis: ['perp', 'spot'] },
];

const rows = joinTables(
  readTable({
    api: 'spot',
    public: 'GET /v1/time',
    read: 'GET /v1/ account orders/{id}   # two rows',
    order: 'POST /v1/order',
    cancel: 'DELETE /v1/order',
    funds: '* /v1/sub-account/**\nPOST /v1/withdraw',
  }),
  readTable({ read: 'GET /status' }),
);
const classify = compileTable(rows, hosts, { id: /^[a-z0-9]{1,8}$/ });
const ask = (method: string, path: string, query = '', host = 'a.test') =>
  classify({ host, method, path, query });

test('a row is found by method, path and API', () => {
  expect(ask('GET', '/v1/time')).toEqual({ class: 'read', operation: 'v1/time', isPublic: true });
  expect(ask('GET', '/v1/account', 'a=1&b=%5B%5D')).toMatchObject({ class: 'read', isPublic: false });
  expect(ask('POST', '/v1/order').class).toBe('order');
  expect(ask('DELETE', '/v1/order').class).toBe('cancel');
  expect(ask('GET', '/v1/orders/ab12').operation).toBe('v1/orders/{id}');
  expect(ask('GET', '/status', '', 'b.test').class).toBe('read');
  expect(ask('POST', '/v1/order', '', 'both.test').class).toBe('order');
});

test('a family is funds for every method', () => {
  for (const method of ['GET', 'POST', 'DELETE', 'PUT', 'PATCH']) {
    expect(ask(method, '/v1/sub-account/transfer/list').class).toBe('funds');
    expect(ask(method, '/v1/sub-account').class).toBe('funds');
  }
  expect(ask('GET', '/v1/sub-accounting').class).toBe('unknown');
});

test('everything else is unknown', () => {
  const tricks = [
    ['PUT', '/v1/order'],
    ['post', '/v1/order'],
    ['POST', '/v1/order/'],
    ['POST', '//v1/order'],
    ['POST', '/v1/./order'],
    ['POST', '/v1/x/../order'],
    ['POST', '/v1/%6frder'],
    ['POST', '/V1/order'],
    ['POST', '/v1/order;a=1'],
    ['GET', '/v1/orders/{id}'],
    ['GET', '/v1/orders/..'],
    ['GET', '/v1/orders/'],
    ['GET', '/v1/orders/ABC'],
    ['GET', '/v1/sub-account/../account'],
    ['OPTIONS', '/v1/time'],
  ] as const;
  for (const [method, path] of tricks) expect(ask(method, path).class, `${method} ${path}`).toBe('unknown');
  expect(ask('POST', '/v1/order', '', 'b.test').class).toBe('unknown');
  expect(ask('POST', '/v1/order', '', 'c.test').class).toBe('unknown');
});

test('a query that overrides the method or is not plain ASCII makes the request unknown', () => {
  for (const query of [
    '_method=DELETE',
    'a=1&_METHOD=x',
    'X-HTTP-Method-Override=PUT',
    'a=b c',
    'a=#x',
    'a=\u00e9',
    'a=\n',
  ]) {
    expect(ask('GET', '/v1/account', query).class, query).toBe('unknown');
  }
  expect(ask('GET', '/v1/account', 'my_method=1').class).toBe('read');
});

test('rows are read when first asked for, once, in the order of their tables', () => {
  let reads = 0;
  const counted = readTable(
    {
      get read() {
        reads += 1;
        return 'GET /first';
      },
    },
    { read: 'GET /second' },
  );
  const joined = joinTables(counted, readTable({ read: 'GET /third' }));
  const asks = compileTable(joined, hosts);
  expect(reads).toBe(0);
  expect(joined().map(({ path }) => path)).toEqual(['/first', '/second', '/third']);
  expect(asks({ host: 'a.test', method: 'GET', path: '/first', query: '' }).class).toBe('read');
  expect(joined()).toBe(joined());
  expect(counted()).toHaveLength(2);
  expect(reads).toBe(1);
});

test('a malformed table is a bug: nothing is classified by it, however often it is asked', () => {
  const malformed = readTable({ read: 'FETCH /x' });
  expect(malformed).toThrow('not a row');
  expect(malformed).toThrow('not a row');
  const by = compileTable(joinTables(readTable({ read: 'GET /ok' }), malformed), hosts);
  expect(() => by({ host: 'a.test', method: 'GET', path: '/ok', query: '' })).toThrow('not a row');
  expect(readTable({ read: 'GET x' })).toThrow('not a row');
  expect(readTable({ read: 'GET /x y' })).toThrow('a prefix needs names');
  expect(readTable({ read: 'GET /x/' })).toThrow('a prefix needs names');
  const compile = (read: string) => () =>
    compileTable(readTable({ read }), hosts)({ host: '', method: 'GET', path: '/x', query: '' });
  expect(compile('GET /x/**')).toThrow('not funds');
  expect(compile('GET /x\nGET /x')).toThrow('two rows');
  expect(compile('GET /x/{y}')).toThrow('no pattern');
});
