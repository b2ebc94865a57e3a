import { expect, test } from 'vitest';
import { NewestMap } from '../../../src/core/newest-map.js';

test('keeps the newest and returns what it forgot', () => {
  const map = new NewestMap<number>(2);
  expect([map.set('a', 1), map.set('b', 2), map.set('c', 3)]).toEqual([undefined, undefined, 1]);
  expect([map.get('a'), map.get('b'), map.get('c'), map.size]).toEqual([undefined, 2, 3, 2]);
  expect([...map.newestFirst()]).toEqual([3, 2]);
});

test('a key that is set anew is the newest', () => {
  const map = new NewestMap<number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('a', 3);
  expect(map.set('c', 4)).toBe(2);
  expect([...map.newestFirst()]).toEqual([4, 3]);
});

test('without a bound all are kept, oldest first, and what is cleared is gone', () => {
  const map = new NewestMap<number>();
  for (let n = 0; n < 1_000; n += 1) map.set(`key ${n}`, n);
  expect([map.size, map.get('key 0'), map.has('key 999'), map.has('key 1000')]).toEqual([
    1_000,
    0,
    true,
    false,
  ]);
  expect(map.oldestFirst()).toEqual(Array.from({ length: 1_000 }, (_, n) => n));
  map.clear();
  expect([map.size, map.has('key 5'), map.oldestFirst(), [...map.newestFirst()]]).toEqual([0, false, [], []]);
  map.set('key 5', 5);
  expect(map.oldestFirst()).toEqual([5]);
});

test.each([5, 40])('with room for %i it equals a plain list of entries over many random steps', (most) => {
  const map = new NewestMap<number>(most);
  let plain: [key: string, value: number][] = [];
  let random = 12345;
  for (let step = 0; step < 6_000; step += 1) {
    random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
    const key = `order ${(random >> 8) % (2 * most)}`;
    if ((random >> 16) % 4 === 0) {
      expect(map.delete(key)).toBe(plain.some(([known]) => known === key));
      plain = plain.filter(([known]) => known !== key);
    } else {
      const isKnown = plain.some(([known]) => known === key);
      const forgotten = !isKnown && plain.length === most ? plain[0]?.[1] : undefined;
      expect(map.set(key, step)).toBe(forgotten);
      plain = [...plain.filter(([known]) => known !== key), [key, step] as [string, number]].slice(-most);
    }
    expect(map.oldestFirst()).toEqual(plain.map(([, value]) => value));
    expect([...map.newestFirst()]).toEqual(plain.map(([, value]) => value).reverse());
    expect(map.get(key)).toBe(plain.find(([known]) => known === key)?.[1]);
    expect(map.has(key)).toBe(map.get(key) !== undefined);
    expect(map.size).toBe(plain.length);
  }
});
