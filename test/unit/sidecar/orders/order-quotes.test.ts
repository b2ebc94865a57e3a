import { expect, test } from 'vitest';
import { decimal } from '../../../../src/core/decimal.js';
import type { OrderIntent } from '../../../../src/core/order.js';
import { OrderQuotes } from '../../../../src/sidecar/orders/order-quotes.js';
import type { Classification, ParseContext, Venue } from '../../../../src/venues/venue.js';

const terms = (price: string): readonly OrderIntent[] => [
  {
    venue: 'v',
    account: 'one',
    moneyMode: 'DEMO',
    action: 'place',
    instrument: 'A',
    side: 'buy',
    price: decimal(price),
  },
];

function at(startMs = 1_000_000) {
  const clock = { nowMs: startMs };
  return { clock, quotes: new OrderQuotes(() => clock.nowMs) };
}

test('a quote is its account’s own, until the venue or the clock ends it', () => {
  const { clock, quotes } = at();
  const intents = terms('1');
  quotes.note('one', [
    { id: 'short', intents, expiresAtMs: 1_010_000 },
    { id: 'long', intents, expiresAtMs: 9_000_000 },
    { id: 'open', intents },
  ]);
  expect(quotes.about('one', 'short')).toBe(intents);
  expect(quotes.about('two', 'short')).toBeUndefined();
  expect(quotes.about('one', 'other')).toBeUndefined();
  clock.nowMs = 1_009_999;
  expect(quotes.about('one', 'short')).toBe(intents);
  clock.nowMs = 1_010_000;
  expect(quotes.about('one', 'short')).toBeUndefined();
  clock.nowMs = 1_599_999;
  expect(quotes.about('one', 'open')).toBe(intents);
  clock.nowMs = 1_600_000;
  expect(quotes.about('one', 'open')).toBeUndefined();
  expect(quotes.about('one', 'long')).toBeUndefined();
});

test('a quote told again is the same one; told with other terms it is none any more', () => {
  const { clock, quotes } = at();
  quotes.note('one', [{ id: 'q', intents: terms('1') }]);
  clock.nowMs += 500_000;
  quotes.note('one', [{ id: 'q', intents: terms('1.0') }]);
  clock.nowMs += 500_000;
  expect(quotes.about('one', 'q')).toEqual(terms('1'));
  quotes.note('one', [{ id: 'q', intents: terms('2') }]);
  expect(quotes.about('one', 'q')).toBeUndefined();
  quotes.note('one', [{ id: 'q', intents: terms('2') }]);
  expect(quotes.about('one', 'q')).toBeUndefined();
  quotes.note('two', [{ id: 'q', intents: terms('2') }]);
  expect(quotes.about('two', 'q')).toEqual(terms('2'));
});

test('who asks for quotes without end forgets the oldest of its own, and no other account’s', () => {
  const { quotes } = at();
  const intents = terms('1');
  quotes.note('two', [{ id: 'mine', intents }]);
  const ids = Array.from({ length: 600 }, (_, index) => `q${index}`);
  for (const id of ids) quotes.note('one', [{ id, intents }]);
  expect(ids.filter((id) => quotes.about('one', id) !== undefined)).toHaveLength(500);
  expect(quotes.about('one', 'q599')).toBe(intents);
  expect(quotes.about('two', 'mine')).toBe(intents);
});

test('a quote told in two ways stays none, however many others come', () => {
  const { quotes } = at();
  quotes.note('one', [{ id: 'q', intents: terms('1') }]);
  quotes.note('one', [{ id: 'q', intents: terms('2') }]);
  for (let index = 0; index < 600; index += 1) quotes.note('one', [{ id: `q${index}`, intents: terms('1') }]);
  quotes.note('one', [{ id: 'q', intents: terms('2') }]);
  expect(quotes.about('one', 'q')).toBeUndefined();
  expect(quotes.about('one', 'q599')).toEqual(terms('1'));
});

/** A venue that quotes what its answer says, in bytes. */
function listening(more: { classification?: Partial<Classification>; credential?: undefined } = {}) {
  const { quotes } = at();
  const seen: string[] = [];
  const venue = {
    quotes: {
      operations: new Set(['ask']),
      read: (_request: unknown, body: Buffer) => {
        seen.push(String(body.length));
        return [{ id: 'q', intents: terms('1') }];
      },
    },
  } as unknown as Venue;
  const exchange = {
    venue,
    credential: { id: 'one' } as never,
    request: {} as never,
    ...more,
    classification: { class: 'read', operation: 'ask', isPublic: false, ...more.classification } as const,
  };
  const hear = (status: number, ...pieces: string[]) => {
    const context: ParseContext = { account: 'one', environment: 'demo' };
    const heard = quotes.overhear(exchange, { status, fields: { get: () => undefined } }, context);
    for (const piece of pieces) heard?.add(Buffer.from(piece));
    heard?.end();
    return quotes.about('one', 'q');
  };
  return { hear, seen };
}

test('a quote is learned from the whole of a successful answer to a signed request for one', () => {
  const { hear, seen } = listening();
  expect(hear(200, '{"a":', '1}')).toEqual(terms('1'));
  expect(seen).toEqual(['7']);
});

test.each([
  ['an answer that is no success', {}, 201],
  ['a refusal', {}, 400],
  ['another operation', { classification: { operation: 'other' } }, 200],
  ['a public operation', { classification: { isPublic: true } }, 200],
  ['nobody’s account', { credential: undefined }, 200],
])('nothing is learned from %s', (_, more, status) => {
  const { hear, seen } = listening(more);
  expect(hear(status, '{}')).toBeUndefined();
  expect(seen).toEqual([]);
});

test('an answer longer than any list of quotes, and an empty one, tell nothing', () => {
  const { hear, seen } = listening();
  const piece = 'x'.repeat(131_072);
  expect(hear(200, piece, piece, 'x')).toBeUndefined();
  expect(hear(200)).toBeUndefined();
  expect(seen).toEqual([]);
  expect(hear(200, piece, piece)).toBeDefined();
});
