import { expect, test } from 'vitest';
import { editDistance, nearest } from '../../../src/core/nearest.js';

test('counts insertions, deletions, substitutions and swaps as one each', () => {
  expect(editDistance('', 'abc')).toBe(3);
  expect(editDistance('abc', 'abc')).toBe(0);
  expect(editDistance('acounts', 'accounts')).toBe(1);
  expect(editDistance('hotss', 'hosts')).toBe(1);
  expect(editDistance('limit', 'lamits')).toBe(2);
});

test('finds the word that was meant, whatever its case', () => {
  const words = ['accounts', 'credentials', 'hosts', 'pins', 'limits'];
  expect(nearest('acounts', words)).toBe('accounts');
  expect(nearest('HOST', words)).toBe('hosts');
  expect(nearest('pnis', words)).toBe('pins');
});

test('finds nothing where no word is near', () => {
  expect(nearest('withdraw', ['accounts', 'hosts'])).toBeUndefined();
  expect(nearest('x', [])).toBeUndefined();
});
