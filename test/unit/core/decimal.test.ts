import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Decimal,
  decimal,
  formatDecimal,
  parseDecimal,
  parseUnsigned,
} from '../../../src/core/decimal.js';

test('D2: what is not a plain decimal is refused', () => {
  for (const text of [
    '1e3',
    '1E-3',
    '+1',
    ' 1',
    '1 ',
    '0x10',
    '1_000',
    '1,5',
    '.5',
    '5.',
    '',
    '-',
    'NaN',
    'Infinity',
    '٣',
    '00',
    '01.5',
    '--1',
    '1'.repeat(31),
    `0.${'1'.repeat(31)}`,
    '1\n',
  ]) {
    expect(parseDecimal(text), JSON.stringify(text)).toBeUndefined();
  }
  expect(parseUnsigned('-1')).toBeUndefined();
  expect(parseUnsigned('0.000000000000000000000000000001')).toBeDefined();
});

test('arithmetic is exact where floats are not, and refuses JavaScript numbers', () => {
  expect(formatDecimal(decimal('0.1').plus(decimal('0.2')))).toBe('0.3');
  expect(() => decimal('1').plus(0.1 as unknown as Decimal)).toThrow();
});

test('format and parse are inverse', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
      fc.integer({ min: 0, max: 9 }),
      (digits, scale) => {
        const text = formatDecimal(decimal(String(digits)).div(decimal(`1${'0'.repeat(scale)}`)));
        expect(formatDecimal(decimal(text))).toBe(text);
        expect(text).not.toMatch(/e/i);
      },
    ),
  );
});
