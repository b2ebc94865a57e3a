// What a user can audit: summaries, whole tables, and the class of request lines however they spell the host.
import { describe, expect, test } from 'vitest';
import { alpaca } from '../../../src/venues/alpaca/alpaca.js';
import { binance } from '../../../src/venues/binance/binance.js';
import { bybit } from '../../../src/venues/bybit/bybit.js';
import { classifyLines, describeVenue, summarizeVenue } from '../../../src/venues/describe.js';
import { tradier } from '../../../src/venues/tradier/tradier.js';
import type { Venue } from '../../../src/venues/venue.js';
import { venues } from '../../../src/venues/venues.js';

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

  const strange = [
    ...[
      'GET',
      'get /',
      'POST',
      '{"op":"order"}',
      'WS order',
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
