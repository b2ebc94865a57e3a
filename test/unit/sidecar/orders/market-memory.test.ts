import { expect, test, vi } from 'vitest';
import { decimal, formatDecimal } from '../../../../src/core/decimal.js';
import { MarketMemory } from '../../../../src/sidecar/orders/market-memory.js';
import type { AskVenue, CallAccount } from '../../../../src/sidecar/venue-calls.js';

type Answer = { isUnderstood: boolean; value?: unknown; status?: number; members?: readonly string[] };

/** A venue whose calls are names, each answered when the test says so. */
function start() {
  let nowMs = 0;
  let limitedMs = 0;
  const asked: { name: string; answer(value?: unknown): void; deny(...members: string[]): void }[] = [];
  const call =
    (name: string) =>
    (_at: unknown, of = '') =>
      `${name} ${of}`.trim();
  const admin = {
    referencePrice: call('price'),
    contractTerms: call('terms'),
    positions: call('positions'),
    equity: call('equity'),
    orderBook: call('book'),
    priceRange: call('range'),
    termsMembers: ['code'],
  };
  const ask = (_account: unknown, name: string) =>
    new Promise<Answer>((resolve) => {
      const answer = (value?: unknown) =>
        resolve(value === undefined ? { isUnderstood: false } : { isUnderstood: true, value });
      const deny = (...members: string[]) => resolve({ isUnderstood: false, status: 200, members });
      asked.push({ name, answer, deny });
    });
  const memory = new MarketMemory({
    account: { venue: { admin }, environment: 'demo' } as unknown as CallAccount,
    ask: ask as unknown as AskVenue,
    nowMs: () => nowMs,
    waitMs: () => limitedMs,
  });
  const held = (size: string) => [{ instrument: 'X', quantity: decimal(size) }];
  const shown = () => {
    const position = memory.position({ instrument: 'X' }, 1_000);
    return position && formatDecimal(position);
  };
  return {
    memory,
    asked,
    held,
    shown,
    names: () => asked.map(({ name }) => name),
    at: (ms: number) => (nowMs = ms),
    limit: (ms: number) => (limitedMs = ms),
  };
}

test('two judges of one request ask the venue once, and both wait for the answer', async () => {
  const { memory, asked, names, held, shown } = start();
  const both = [1, 2].map(() => memory.learn({ instruments: ['X'], positions: 'now' }));
  expect(names()).toEqual(['terms X', 'price X', 'positions']);
  for (const { name, answer } of asked) answer(name === 'positions' ? held('2') : { last: decimal('10') });
  await Promise.all(both);
  expect(shown()).toBe('2');
  expect(memory.price('X', 0)?.last.toString()).toBe('10');
});

test('positions of an earlier request do not serve a later one, and an overtaken answer counts no more', async () => {
  const { memory, asked, names, held, shown } = start();
  const early = memory.learn({ instruments: [], positions: 'now' });
  await Promise.resolve();
  const late = memory.learn({ instruments: [], positions: 'now' });
  await vi.waitFor(() => expect(names()).toEqual(['positions', 'positions']));
  asked[1]?.answer(held('0'));
  await late;
  asked[0]?.answer(held('2'));
  await early;
  expect(shown()).toBe('0');
});

test('orders that come while positions are asked for share the next question, which is asked when that one is answered', async () => {
  const { memory, asked, names, held, shown } = start();
  const first = memory.learn({ instruments: [], positions: 'now' });
  await Promise.resolve();
  let isLearned = false;
  const more = [1, 2, 3].map(async () => {
    await Promise.resolve();
    await memory.learn({ instruments: [], positions: 'now' });
    isLearned = true;
  });
  await Promise.resolve();
  asked[0]?.answer(held('2'));
  await first;
  expect([isLearned, shown()]).toEqual([false, '2']);
  await vi.waitFor(() => expect(names()).toEqual(['positions', 'positions']));
  // Asked by now: who comes from here on may not share it.
  const last = memory.learn({ instruments: [], positions: 'now' });
  asked[1]?.answer(held('3'));
  await Promise.all(more);
  expect(shown()).toBe('3');
  await vi.waitFor(() => expect(names()).toHaveLength(3));
  asked[2]?.answer(held('4'));
  await last;
  expect(shown()).toBe('4');
});

test('what is too old, or not told, is not known', async () => {
  const { memory, asked, held, shown, at } = start();
  const learned = memory.learn({ instruments: ['X'], positions: 'now' });
  for (const { name, answer } of asked) answer(name === 'positions' ? held('-3') : { last: decimal('10') });
  await learned;
  at(1_001);
  expect(memory.price('X', 1_000)).toBeUndefined();
  expect(shown()).toBeUndefined();
  at(0);
  const again = memory.learn({ instruments: [], positions: 'now' });
  asked.at(-1)?.answer();
  await again;
  expect(shown()).toBeUndefined();
});

test('equity is asked for where it is wanted, not again within a second, and gone when too old', async () => {
  const { memory, asked, names, at } = start();
  const wanted = { instruments: [], positions: 'none' } as const;
  await memory.learn(wanted);
  expect(names()).toEqual([]);
  const learned = memory.learn({ ...wanted, equity: true });
  asked[0]?.answer(decimal('1000.5'));
  await learned;
  at(900);
  await memory.learn({ ...wanted, equity: true });
  expect(names()).toEqual(['equity']);
  const known = memory.equity(1_000);
  expect(known && formatDecimal(known)).toBe('1000.5');
  expect(memory.equity(899)).toBeUndefined();
});

test('books and ranges are asked for where they are wanted, of that window only', async () => {
  const { memory, asked, names, at } = start();
  const book1 = { instrument: 'X', isDerivative: true };
  const wanted = { instruments: ['X'], positions: 'none', books: [book1], rangeMinutes: 5 } as const;
  const learned = memory.learn(wanted);
  expect(names()).toEqual(['terms X', 'price X', 'range X', 'book X']);
  const [terms, price, range, book] = asked;
  price?.answer({ last: decimal('10') });
  terms?.answer();
  range?.answer({ low: decimal('9'), high: decimal('11') });
  book?.answer({ bids: [], asks: [] });
  await learned;
  at(240);
  expect(memory.book(book1, 1_000)).toMatchObject({ bids: [], ageMs: 240 });
  expect(memory.book(book1, 239)).toBeUndefined();
  // Spot may share the spelling, never the book.
  expect(memory.book({ ...book1, isDerivative: false }, 1_000)).toBeUndefined();
  expect(memory.range('X', 5, 1_000)).toBeDefined();
  expect(memory.range('X', 6, 1_000)).toBeUndefined();
  await memory.learn({ ...wanted, instruments: [] });
  expect(names().length).toBe(4);
});

test('after the clock was set back nothing that was learned before counts as known, and it is asked again', async () => {
  const { memory, asked, names, held, at } = start();
  at(10_000);
  const learning = memory.learn({ instruments: ['X'], positions: 'recent', equity: true });
  for (const { name, answer } of asked)
    answer(
      name === 'positions' ? held('2') : name.startsWith('price') ? { last: decimal('10') } : decimal('5'),
    );
  await learning;
  expect([memory.price('X', 1_000)?.ageMs, memory.equity(1_000)?.toString()]).toEqual([0, '5']);
  at(9_000);
  const long = 60_000;
  expect([memory.price('X', long), memory.position({ instrument: 'X' }, long), memory.equity(long)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  const before = asked.length;
  void memory.learn({ instruments: ['X'], positions: 'recent', equity: true });
  expect(names().slice(before).sort()).toEqual(['equity', 'positions', 'price X', 'terms X']);
});

test('of a symbol on no list, of one too many, and while the venue wants to be left alone nothing else is asked', async () => {
  const { memory, asked, names, limit, at } = start();
  const wanted = (instrument: string) => ({
    instruments: [instrument],
    positions: 'none' as const,
    books: [{ instrument, isDerivative: true }],
    rangeMinutes: 5,
  });
  const learn = async (instrument: string, ...members: string[]) => {
    const from = asked.length;
    const learned = memory.learn(wanted(instrument));
    for (const { name, answer, deny } of asked.slice(from)) {
      if (name.startsWith('terms')) members.length > 0 ? deny(...members) : answer({ multiplier: 1 });
      else answer({ last: decimal('10') });
    }
    await learned;
    return names()
      .slice(from)
      .map((name) => name.split(' ')[0]);
  };
  const all = ['terms', 'price', 'range', 'book'];
  expect(await learn('LISTED')).toEqual(all);
  expect(await learn('NONE', 'code')).toEqual(all);
  expect([memory.isUnlisted('NONE'), memory.isUnlisted('LISTED')]).toEqual([true, false]);
  expect(await learn('NONE')).toEqual([]);
  limit(1);
  expect(await learn('NEW')).toEqual([]);
  at(600);
  expect(await learn('LISTED')).toEqual(['price', 'book']);
  limit(0);
  // What is not the venue's own answer says nothing; prices may be told all the same.
  expect(await learn('NEW', 'fault')).toEqual(all);
  at(1_200);
  expect(await learn('NEW')).toEqual(['price', 'book']);
  expect(memory.isUnlisted('NEW')).toBe(false);
  for (let n = 0; n < 56; n += 1) await learn(`N${n}`, 'code');
  expect([await learn('LAST'), await learn('MORE')]).toEqual([all, []]);
  expect([memory.isCapped('LAST'), memory.isCapped('MORE')]).toEqual([false, true]);
  // What it lists is asked about again at any time.
  at(3_599_000);
  for (let n = 0; n < 60; n += 1) await learn(`O${n}`, 'code');
  at(3_600_500);
  expect(await learn('LISTED')).toEqual(all);
  expect(await learn('MORE')).toEqual([]);
  at(3_659_000);
  expect(await learn('MORE')).toEqual(all);
  expect(memory.isCapped('MORE')).toBe(false);
});

test('what is held is asked about, however many new symbols came before', async () => {
  const { memory, asked, names, held } = start();
  const learning = memory.learn({ instruments: [], positions: 'now' });
  asked[0]?.answer(held('2'));
  await learning;
  for (let at = 0; at < 61; at += 1)
    void memory.learn({ instruments: [], terms: [`N${at}`], positions: 'none' });
  expect(names().slice(1)).toHaveLength(60);
  void memory.learn({ instruments: [], terms: ['X'], positions: 'none' });
  expect(names().at(-1)).toBe('terms X');
});
