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

test('texts that are one number by a polynomial in any odd factor are many numbers', () => {
  // (x^2 - 1)^2 (x^4 - 1)^4 (x^8 - 1)^2: of odd x, its factors hold 2^3, 2^4 and 2^5, so 2^32 divides it.
  const factors = [2, 2, 4, 4, 4, 4, 8, 8];
  const zero = factors.reduce((sums, power) => times(sums, power), [1]);
  const block = (isOn: boolean) => zero.map((sum) => String.fromCharCode(0x50 + (isOn ? sum : 0))).join('');
  const [off, on] = [block(false), block(true)];
  const texts = Array.from({ length: 2_000 }, (_, n) =>
    Array.from({ length: 11 }, (_bit, at) => ((n >> at) & 1 ? on : off)).join(''),
  );
  expect(new Set(texts).size).toBe(2_000);
  for (const factor of [1, 3, 0x7fffffff, drawFactor(), drawFactor()]) {
    const polynomial = (text: string) =>
      [...text].reduce((sum, char) => (Math.imul(sum, factor) + char.charCodeAt(0)) | 0, 0);
    expect(new Set(texts.map(polynomial)).size).toBe(1);
  }
  for (const factor of [drawFactor(), drawFactor(), drawFactor()])
    expect(new Set(texts.map((text) => hashText(text, factor))).size).toBeGreaterThan(1_990);
});

/** The product with x^power - 1; sums lowest power last. */
function times(sums: readonly number[], power: number): number[] {
  const product = [...sums, ...Array<number>(power).fill(0)];
  for (const [at, sum] of sums.entries()) product[at + power] = (product[at + power] ?? 0) - sum;
  return product;
}
