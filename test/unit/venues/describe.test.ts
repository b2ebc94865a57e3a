// What a user can audit: summaries, whole tables, and the class of request lines however they spell the host.
import { describe, expect, test } from 'vitest';
import { alpaca } from '../../../src/venues/alpaca/alpaca.js';
import { binance } from '../../../src/venues/binance/binance.js';
import { bybit } from '../../../src/venues/bybit/bybit.js';
import { classifyLines, describeVenue, summarizeVenue } from '../../../src/venues/describe.js';
import { tradier } from '../../../src/venues/tradier/tradier.js';
import type { Venue } from '../../../src/venues/venue.js';
import { findVenue, venues } from '../../../src/venues/venues.js';

test('the summary counts every row of the table', () => {
  for (const venue of venues) {
    const { operations, environments } = summarizeVenue(venue);
    const total = Object.values(operations).reduce((sum, count) => sum + count, 0);
    expect(total, venue.id).toBe(venue.operations.length);
    expect(environments, venue.id).toContain('live');
  }
  expect(summarizeVenue(tradier)).toMatchObject({
    id: 'tradier',
    operations: { order: 1, amend: 1, cancel: 1, funds: 0 },
  });
});

test('the description holds the whole table, reads first and funds last', () => {
  const { table, credential, hosts } = describeVenue(alpaca);
  expect(new Set(table)).toEqual(new Set(alpaca.operations));
  expect(table[0]?.class).toBe('read');
  expect(table.at(-1)?.class).toBe('funds');
  expect(credential.map(({ name, isOptional }) => [name, isOptional])).toEqual([
    ['keyId', false],
    ['secretKey', false],
    ['accessToken', true],
  ]);
  expect(hosts).toBe(alpaca.hosts);
  expect(JSON.stringify(describeVenue(alpaca))).not.toContain('makeDecoy');
});

/** Venue → host, path, message and the row that names it. */
const said: readonly [
  string,
  host: string,
  path: string,
  message: object | string,
  row: string,
  kind: string,
][] = [
  [
    'okx',
    'ws.okx.com',
    '/ws/v5/private',
    { id: '1', op: 'cancel-order', args: [{ instId: 'BTC-USDT' }] },
    'cancel-order',
    'cancel',
  ],
  [
    'okx',
    'ws.okx.com',
    '/ws/v5/public',
    { op: 'subscribe', args: [{ channel: 'tickers', instId: 'X' }] },
    'subscribe tickers',
    'read',
  ],
  [
    'bybit',
    'stream.bybit.com',
    '/v5/trade',
    { reqId: '1', header: {}, op: 'order.amend', args: [{}] },
    'order.amend',
    'amend',
  ],
  ['bybit', 'stream.bybit.com', '/v5/public/spot', { op: 'ping' }, 'ping', 'read'],
  [
    'binance',
    'ws-api.binance.com',
    '/ws-api/v3',
    { id: 1, method: 'order.cancel', params: { symbol: 'X' } },
    'order.cancel',
    'cancel',
  ],
  [
    'binance',
    'stream.binance.com',
    '/ws',
    { id: 1, method: 'SUBSCRIBE', params: ['btcusdt@trade'] },
    'SUBSCRIBE',
    'read',
  ],
  [
    'kraken',
    'ws-auth.kraken.com',
    '/v2',
    { method: 'cancel_all', req_id: 1, params: { token: 'x' } },
    'cancel_all',
    'cancel',
  ],
  [
    'kraken',
    'ws.kraken.com',
    '/v2',
    { method: 'subscribe', params: { channel: 'book' } },
    'subscribe book',
    'read',
  ],
  [
    'kraken-futures',
    'futures.kraken.com',
    '/ws/v1',
    { event: 'subscribe', feed: 'book', product_ids: ['PF_XBTUSD'] },
    'subscribe book',
    'read',
  ],
  [
    'coinbase',
    'advanced-trade-ws.coinbase.com',
    '/',
    { type: 'subscribe', channel: 'level2' },
    'subscribe level2',
    'read',
  ],
  [
    'coinbase-exchange',
    'ws-feed.exchange.coinbase.com',
    '/',
    { type: 'subscribe', channels: ['ticker'] },
    'subscribe ticker',
    'read',
  ],
  [
    'alpaca',
    'api.alpaca.markets',
    '/stream',
    { action: 'listen', data: { streams: ['trade_updates'] } },
    'listen',
    'read',
  ],
  [
    'tradier',
    'ws.tradier.com',
    '/v1/markets/events',
    { sessionid: 'x', symbols: ['SPY'] },
    'markets/events',
    'read',
  ],
  ['ibkr', 'api.ibkr.com', '/v1/api/ws', 'sor', 'sor', 'read'],
  [
    'hyperliquid',
    'api.hyperliquid.xyz',
    '/ws',
    { method: 'post', id: 1, request: { type: 'action', payload: { action: { type: 'modify' } } } },
    'post modify',
    'amend',
  ],
  [
    'hyperliquid',
    'api.hyperliquid.xyz',
    '/ws',
    { method: 'subscribe', subscription: { type: 'allMids' } },
    'subscribe allMids',
    'read',
  ],
];

test('the rows of sockets name what the sockets read, and no other', () => {
  expect(new Set(said.map(([id]) => id))).toEqual(new Set(venues.map(({ id }) => id)));
  for (const [id, host, path, message, row, kind] of said) {
    const venue = findVenue(id)!;
    const session = venue.socket?.open({ host, path, query: '' }, 'live');
    const read = session?.read(typeof message === 'string' ? message : JSON.stringify(message));
    expect(kind === 'read' ? ['read', 'login'] : ['trade'], `${id} ${row}`).toContain(read?.kind);
    expect(row.startsWith(read?.operation ?? 'nothing'), `${id} ${row}`).toBe(true);
    expect(
      describeVenue(venue).sockets.filter((one) => one.operation === row && one.path === path),
      id,
    ).toEqual([{ path, operation: row, class: kind }]);
  }
});

test('what trades on a socket stands for a row of the table, and each row is there once', () => {
  for (const venue of venues) {
    const { sockets } = describeVenue(venue);
    expect(new Set(sockets.map(({ path, operation }) => `${path} ${operation}`)).size, venue.id).toBe(
      sockets.length,
    );
    for (const { path, operation, rest } of venue.socket?.operations ?? []) {
      const row = sockets.find((one) => one.path === path && one.operation === operation);
      if (rest === undefined) expect(row?.class, `${venue.id} ${operation}`).toBe('read');
      else expect(['read', 'unknown', undefined], `${venue.id} ${operation}`).not.toContain(row?.class);
    }
  }
});

describe('classifyLines', () => {
  const classes = (venue: Venue, ...lines: string[]) =>
    classifyLines(venue, lines.join('\n')).map((line) => line.class);

  test('answers per line and in order, with what was asked', () => {
    expect(classifyLines(binance, 'POST /api/v3/order\n\nGET /api/v3/time?x=1\r\nnonsense\n')).toEqual([
      { method: 'POST', path: '/api/v3/order', class: 'order' },
      { method: 'GET', path: '/api/v3/time?x=1', class: 'read' },
      { method: 'nonsense', path: '', class: 'unknown' },
    ]);
    expect(classifyLines(binance, '')).toEqual([]);
  });

  test('finds the host that serves a path, or takes the one given', () => {
    expect(
      classes(
        binance,
        'POST /fapi/v1/order',
        'DELETE /dapi/v1/order',
        'PUT /papi/v1/um/order',
        'POST https://fapi.binance.com/fapi/v1/order',
        'POST https://api.binance.com/fapi/v1/order',
        'POST https://API.binance.com:443/api/v3/order?symbol=BTCUSDT',
        'POST fapi.binance.com/fapi/v1/order',
        'POST https://evil.example/api/v3/order',
        'POST http://api.binance.com/api/v3/order',
        'POST https://api.binance.com:8443/api/v3/order',
        'POST https://user@api.binance.com/api/v3/order',
      ),
    ).toEqual([
      'order',
      'cancel',
      'amend',
      'order',
      'unknown',
      'order',
      'order',
      'unknown',
      'unknown',
      'unknown',
      'unknown',
    ]);
  });

  test('knows funds, risk and dead-man switches', () => {
    expect(
      classes(
        bybit,
        'POST /v5/asset/withdraw/create',
        'POST /v5/position/set-leverage',
        'POST /v5/order/disconnected-cancel-all',
        'POST v5/order/create',
        'GET /v5/user/query-api',
      ),
    ).toEqual(['funds', 'risk', 'cancel', 'order', 'read']);
  });

  test('reads templates where the table has them', () => {
    expect(
      classes(
        alpaca,
        'DELETE /v2/orders/{order_id}',
        'PATCH /v2/orders/{order_id}',
        'DELETE /v2/orders/904837e3-3b76-47ec-b432-046db621571b',
        'DELETE /v2/orders/{order_id}/x',
        'DELETE /v2/{orders}',
        'GET /v1beta3/crypto/{loc}/bars',
      ),
    ).toEqual(['cancel', 'amend', 'cancel', 'unknown', 'unknown', 'read']);
  });

  test('normalises nothing', () => {
    expect(
      classes(
        binance,
        'POST //api/v3/order',
        'POST /api/v3/order/',
        'POST /api/v3/%6frder',
        'POST /api/../api/v3/order',
        'post /api/v3/order',
        'POST /api/v3/order extra',
        'POST https://api.binance.com//api/v3/order',
        'POST /api/v3/order?a=1&a=2',
      ),
    ).toEqual(Array(8).fill('unknown'));
  });

  test('a message on a socket has the class of the request that it stands for', () => {
    expect(classes(binance, 'WS order.place', 'WS  /ws-fapi/v1 order.modify', 'WS order.cancel')).toEqual([
      'order',
      'amend',
      'cancel',
    ]);
    expect(classes(binance, 'WS account.status', 'WS /ws SUBSCRIBE', 'WS depth')).toEqual(
      Array(3).fill('read'),
    );
    expect(
      classes(
        binance,
        ...['WS session.logon', 'WS /ws order.place', 'WS', 'WS /ws-api/v3', 'ws order.place', 'WS order'],
      ),
    ).toEqual(Array(6).fill('unknown'));
    const [kraken, okx, hyperliquid] = ['kraken', 'okx', 'hyperliquid'].map((id) => findVenue(id)!);
    expect(classes(kraken!, 'WS subscribe executions', 'WS subscribe', 'WS subscribe nothing')).toEqual([
      'read',
      'read',
      'unknown',
    ]);
    expect(classes(okx!, 'WS /ws/v5/public order', 'WS /ws/v5/private order', 'WS login')).toEqual([
      'unknown',
      'order',
      'read',
    ]);
    expect(classes(hyperliquid!, 'WS post order', 'WS post updateLeverage', 'WS post withdraw3')).toEqual([
      'order',
      'risk',
      'funds',
    ]);
  });

  const strange = [
    ...[
      'GET',
      'get /',
      'POST',
      '{"op":"order"}',
      'WS nothing',
      '# remark',
      'GET https://',
      'GET http://[::1',
      'GET ?',
    ],
    ...[
      'GET {x}',
      'GET /{x}/{y}',
      '__proto__ /x',
      'GET /__proto__',
      'constructor x',
      'GET /\u0000',
      'GET /%',
    ],
    `GET /${'a'.repeat(100_000)}`,
  ];
  test.each(venues.map((venue) => [venue.id, venue] as const))(
    '%s: a line for each line, in order, whatever stands in it; blank ones are skipped',
    (_, venue) => {
      const row = venue.operations.find((one) => one.class === 'cancel')!;
      const known = `${row.method} ${row.path}`;
      const lines = strange.flatMap((line) => [line, '', ' \t', known]);
      const told = classifyLines(venue, `\uFEFF${lines.join('\r\n')}\n\n`);
      expect(told.map(({ class: kind }) => kind)).toEqual(strange.flatMap(() => ['unknown', 'cancel']));
      expect(told.filter((_line, index) => index % 2 === 1)).toEqual(
        strange.map(() => ({ method: row.method, path: row.path, class: 'cancel' })),
      );
      const host = venue.hosts.find(({ transport }) => transport === 'rest')!;
      const spelt = [known.toLowerCase(), `${row.method} http://${host.host}${row.path}`, `  ${known}  `];
      expect(classifyLines(venue, spelt.join('\n')).map((line) => line.class)).toEqual([
        'unknown',
        'unknown',
        'cancel',
      ]);
    },
  );
});
