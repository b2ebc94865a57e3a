import { expect, test } from 'vitest';
import type { OrderIntent } from '../../../src/core/order.js';
import { needQuoted } from '../../../src/venues/quoted.js';
import { venues } from '../../../src/venues/venues.js';

const intents: readonly OrderIntent[] = [
  { venue: 'v', account: 'a', moneyMode: 'LIVE', action: 'place', instrument: 'A' },
];

test('a quote is accepted for its terms; one that nobody knows is refused by name', () => {
  expect(needQuoted({ quoted: () => intents }, '5')).toBe(intents);
  for (const context of [{}, { quoted: () => undefined }, { quoted: () => [] }])
    expect(() => needQuoted(context, '5')).toThrow(expect.objectContaining({ code: 'QUOTE_UNKNOWN' }));
});

test('what tells quotes is a private row of the table', () => {
  const quoting = venues.filter(({ quotes }) => quotes !== undefined);
  expect(quoting.length).toBeGreaterThan(0);
  for (const { operations, quotes } of quoting) {
    // Some venues name an operation without what all their paths begin with.
    for (const operation of quotes?.operations ?? []) {
      const rows = operations.filter(({ path }) => path.endsWith(`/${operation}`));
      expect(rows, operation).not.toEqual([]);
      expect(rows.filter(({ isPublic }) => isPublic)).toEqual([]);
    }
  }
});

test('no venue reads terms out of bytes that are none of its answers', () => {
  const request = {
    method: 'POST',
    host: '',
    port: 443,
    path: '/',
    query: '%',
    headers: [],
    body: Buffer.of(),
  };
  const context = { account: 'a', environment: 'live' } as const;
  for (const { quotes } of venues)
    for (const body of ['', '{', '[]', '{}', 'null', '{"code":"0","data":[{}]}', '{"result":{"list":[1]}}'])
      expect(quotes?.read(request, Buffer.from(body), context) ?? []).toEqual([]);
});
