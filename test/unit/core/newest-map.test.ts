import { expect, test } from 'vitest';
import { NewestMap } from '../../../src/core/newest-map.js';

test('keeps the newest and returns what it forgot', () => {
  const map = new NewestMap<string, number>(2);
  expect([map.set('a', 1), map.set('b', 2), map.set('c', 3)]).toEqual([undefined, undefined, 1]);
  expect([map.get('a'), map.get('b'), map.get('c'), map.size]).toEqual([undefined, 2, 3, 2]);
  expect([...map.newestFirst()]).toEqual([3, 2]);
});

test('a key that is set anew is the newest', () => {
  const map = new NewestMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('a', 3);
  expect(map.set('c', 4)).toBe(2);
  expect([...map.newestFirst()]).toEqual([4, 3]);
});

test('equals a plain list of entries over many random steps', () => {
  const most = 5;
  const map = new NewestMap<number, number>(most);
  let plain: [key: number, value: number][] = [];
  let random = 12345;
  for (let step = 0; step < 20_000; step += 1) {
    random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
    const key = (random >> 8) % 9;
    if ((random >> 16) % 4 === 0) {
      expect(map.delete(key)).toBe(plain.some(([known]) => known === key));
      plain = plain.filter(([known]) => known !== key);
    } else {
      map.set(key, step);
      plain = [...plain.filter(([known]) => known !== key), [key, step] as [number, number]].slice(-most);
    }
    expect([...map.newestFirst()]).toEqual(plain.map(([, value]) => value).reverse());
    expect(map.get(key)).toBe(plain.find(([known]) => known === key)?.[1]);
    expect(map.size).toBe(plain.length);
  }
});
