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
  for (const parse of [parseDecimal, parseUnsigned]) expect(parse(undefined)).toBeUndefined();
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

test('comparisons, sums and differences are those of big integers, and change neither side', () => {
  const digits = 12n;
  const text = fc
    .tuple(fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n }), fc.nat(6), fc.nat(6))
    .map(([whole, places, zeros]) => {
      const size = (whole < 0n ? -whole : whole) * 10n ** BigInt(zeros);
      const padded = String(size).padStart(places + 1, '0');
      const at = padded.length - places;
      const plain = places === 0 ? padded : `${padded.slice(0, at)}.${padded.slice(at)}`;
      return `${whole < 0n ? '-' : ''}${plain}`;
    });
  const scaled = (plain: string): bigint => {
    const [whole = '', part = ''] = plain.replace('-', '').split('.');
    const size = BigInt(`${whole}${part.padEnd(Number(digits), '0')}`);
    return plain.startsWith('-') ? -size : size;
  };
  const both = fc.oneof(
    fc.tuple(text, text),
    fc.tuple(fc.constant('0'), text),
    text.map((one) => [one, one]),
  );
  fc.assert(
    fc.property(both, fc.boolean(), ([first = '0', second = '0'], isSwapped) => {
      const [one, other] = isSwapped ? [second, first] : [first, second];
      const [a, b] = [decimal(one), decimal(other)];
      const [x, y] = [scaled(one), scaled(other)];
      expect([a.lt(b), a.lte(b), a.eq(b), a.gte(b), a.gt(b)]).toEqual([
        x < y,
        x <= y,
        x === y,
        x >= y,
        x > y,
      ]);
      expect(scaled(formatDecimal(a.plus(b)))).toBe(x + y);
      expect(scaled(formatDecimal(a.minus(b)))).toBe(x - y);
      expect([a.eq(decimal(one)), b.eq(decimal(other))]).toEqual([true, true]);
      expect([scaled(formatDecimal(a)), scaled(formatDecimal(b))]).toEqual([x, y]);
    }),
    { numRuns: 2_000 },
  );
  // A number is refused here as everywhere.
  expect(() => decimal('1').cmp(1 as never)).toThrow();
  expect(() => decimal('1').plus(0 as never)).toThrow();
  expect(() => decimal('1').minus(0 as never)).toThrow();
});
