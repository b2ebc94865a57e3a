import { expect, test } from 'vitest';
import { fixedClock } from '../../../src/core/clock.js';
import type { OrderIntent } from '../../../src/core/order.js';
import { parseContext } from '../../../src/sidecar/parse-context.js';
import { binance } from '../../../src/venues/binance/binance.js';
import { ibkr } from '../../../src/venues/ibkr/ibkr.js';

const credential = { id: 'main', real: {} } as never;
const clock = fixedClock(1_800_000_000_000);
const instruments = { listFor: () => new Map([['1', 'A:1']]), learn: () => undefined };
const intents: readonly OrderIntent[] = [];
/** Remembers for the account it is given alone. */
const of = (account: string) => ({
  about: (asked: string, id: string) => (asked === account && id === 'known' ? intents : undefined),
});

test('without an account nothing can be read', () => {
  for (const missing of [{ venue: undefined }, { credential: undefined }, { environment: undefined }])
    expect(
      parseContext({ venue: binance, credential, environment: 'live', ...missing }, { clock }),
    ).toBeUndefined();
});

test('a list is given to the venues that name their instruments by one', () => {
  const read = { credential, environment: 'live' } as const;
  expect(parseContext({ ...read, venue: ibkr }, { clock, instruments })?.instruments?.size).toBe(1);
  expect(parseContext({ ...read, venue: ibkr }, { clock })).not.toHaveProperty('instruments');
  expect(parseContext({ ...read, venue: binance }, { clock, instruments })).not.toHaveProperty('instruments');
});

test('what the venue asked and quoted is remembered for the account alone', () => {
  const read = { venue: binance, credential, environment: 'live' } as const;
  const quotes = { ...of('main'), overhear: () => undefined };
  const context = parseContext(read, { clock, questions: of('main'), quotes });
  expect(context).toMatchObject({ account: 'main', environment: 'live', nowMs: 1_800_000_000_000 });
  expect([context?.questioned?.('known'), context?.quoted?.('known')]).toEqual([intents, intents]);
  expect([context?.questioned?.('other'), context?.quoted?.('other')]).toEqual([undefined, undefined]);
  const others = parseContext(read, {
    clock,
    questions: of('other'),
    quotes: { ...quotes, ...of('other') },
  });
  expect([others?.questioned?.('known'), others?.quoted?.('known')]).toEqual([undefined, undefined]);
});
