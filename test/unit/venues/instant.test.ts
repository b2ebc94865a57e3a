import { expect, test } from 'vitest';
import { readInstant } from '../../../src/venues/instant.js';

test.each([
  ['1800000000', 1_800_000_000_000],
  ['1800000000.123', 1_800_000_000_000],
  ['1800000000123', 1_800_000_000_123],
  ['1800000000123456', 1_800_000_000_123],
  ['2027-01-15T08:00:00.000Z', 1_800_000_000_000],
  ['', undefined],
  ['12', undefined],
  ['18000000001', 18_000_000_001_000],
  ['1.8e9', undefined],
  ['tomorrow', undefined],
  ['2027-01-15Tsoon', undefined],
  [undefined, undefined],
])('%s', (text, expected) => {
  expect(readInstant(text)).toBe(expected);
});
