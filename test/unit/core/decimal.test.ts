import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Decimal,
  decimal,
  formatDecimal,
  ofScaled,
  parseDecimal,
  parseUnsigned,
  quotient,
  scaledOf,
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

test('S14: a scaled amount is the amount, and so is the sum of sixteen', () => {
  const amount = fc
    .tuple(fc.integer({ min: -6_000_000_000, max: 6_000_000_000 }), fc.integer({ min: 0, max: 10 }))
    .map(([digits, places]) => decimal(String(digits)).div(decimal(`1${'0'.repeat(places)}`)));
  fc.assert(
    fc.property(amount, (value) => {
      const scaled = scaledOf(value);
      const isWhole = value
        .times(decimal('100000000'))
        .round(0)
        .eq(value.times(decimal('100000000')));
      expect(scaled !== undefined).toBe(isWhole && value.abs().lte(decimal('5629499.53421312')));
      if (scaled === undefined) return;
      expect(formatDecimal(ofScaled(scaled))).toBe(formatDecimal(value));
      const sixteen = Array.from({ length: 16 }, () => scaled).reduce((sum, one) => sum + one);
      expect(formatDecimal(ofScaled(sixteen))).toBe(formatDecimal(value.times(decimal('16'))));
    }),
  );
});

test("S14: a quotient is big.js's own, to the last of its forty digits", () => {
  const number = fc
    .tuple(fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }), fc.integer({ min: 0, max: 20 }))
    .map(([digits, places]) => decimal(String(digits)).times(decimal(`0.${'0'.repeat(places)}1`)));
  fc.assert(
    fc.property(number, number, (dividend, divisor) => {
      if (divisor.eq(decimal('0'))) return;
      expect(formatDecimal(quotient(dividend, divisor))).toBe(formatDecimal(dividend.div(divisor)));
    }),
  );
  // Halves go to the even digit, at the fortieth.
  const tiny = (digits: string) =>
    decimal('1')
      .times(decimal(`0.${'0'.repeat(29)}1`))
      .times(decimal(digits));
  for (const digits of ['0.0000000001', '0.0000000003', '0.0000000005']) {
    const [value, two] = [tiny(digits), decimal('2')];
    expect(formatDecimal(quotient(value, two))).toBe(formatDecimal(value.div(two)));
  }
  expect(() => quotient(decimal('1'), decimal('0'))).toThrow();
  expect(formatDecimal(quotient(decimal('0'), decimal('-3')))).toBe('0');
});
