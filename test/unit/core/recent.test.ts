import { expect, test } from 'vitest';
import { Recent } from '../../../src/core/recent.js';

test('the oldest is forgotten, and what is set again is the newest', () => {
  const recent = new Recent<number>(3);
  const held = () => ['a', 'b', 'c', 'd', 'e', 'f'].filter((key) => recent.get(key) !== undefined).join('');
  for (const key of ['a', 'b', 'c']) recent.set(key, 1);
  recent.set('a', 2); // from the end
  recent.set('d', 1);
  expect(held()).toBe('acd');
  recent.set('a', 3); // from the middle
  recent.set('a', 4); // the newest itself
  recent.set('e', 1);
  expect(held()).toBe('ade');
  recent.set('f', 1);
  expect(held()).toBe('aef');
  expect(recent.get('a')).toBe(4);
});

test('it holds what a list in order of use would', () => {
  const limit = 5;
  const recent = new Recent<number>(limit);
  let list: [string, number][] = [];
  for (let step = 0; step < 500; step += 1) {
    const key = String((step * step * 7 + step) % 11);
    recent.set(key, step);
    list = [...list.filter(([other]) => other !== key), [key, step] as [string, number]].slice(-limit);
    for (let name = 0; name < 11; name += 1)
      expect(recent.get(String(name)), `step ${step}`).toBe(new Map(list).get(String(name)));
  }
});
