import { expect, test } from 'vitest';
import { drawFactor, hashText } from '../../../src/core/text-hash.js';

test('a text has one number by a factor, another by another, and few texts share one', () => {
  const [one, other] = [drawFactor(), drawFactor()];
  expect([one % 2, other % 2]).toEqual([1, 1]);
  const texts = Array.from({ length: 20_000 }, (_, n) => `tbx${n}`);
  const numbers = texts.map((text) => hashText(text, one));
  expect(texts.map((text) => hashText(text, one))).toEqual(numbers);
  expect(hashText('tbx1', one === other ? one + 2 : other)).not.toBe(numbers[1]);
  expect(new Set(numbers).size).toBeGreaterThan(19_990);
  // The lowest bits choose the place in a table.
  const places = new Set(numbers.map((number) => number & 0xffff));
  expect(places.size).toBeGreaterThan(15_000);
});
