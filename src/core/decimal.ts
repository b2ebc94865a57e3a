// S14: exact decimal arithmetic from string to string. The only home of big.js; strict mode refuses every JavaScript number.
import BigConstructor, { type BigSource } from 'big.js';

const Exact = BigConstructor();
Exact.strict = true;
Exact.DP = 40;
Exact.RM = BigConstructor.roundHalfEven;

/** An exact decimal; made only by `parseDecimal` and arithmetic on its results. */
export type Decimal = InstanceType<typeof Exact>;

// big.js copies the other side of each step first. Decimals never change, so most of what rules and ledgers ask takes no copy.
const { cmp: compareCopied, plus: plusCopied, minus: minusCopied } = Exact.prototype;
Exact.prototype.cmp = function cmp(this: Decimal, other: BigSource) {
  return other instanceof Exact ? compare(this, other) : compareCopied.call(this, other);
};
Exact.prototype.plus = function plus(this: Decimal, other: BigSource) {
  if (!(other instanceof Exact) || isZero(this) === isZero(other)) return plusCopied.call(this, other);
  return isZero(other) ? this : other;
};
Exact.prototype.minus = function minus(this: Decimal, other: BigSource) {
  return other instanceof Exact && isZero(other) && !isZero(this) ? this : minusCopied.call(this, other);
};

function isZero({ c: digits }: Decimal): boolean {
  return digits[0] === 0;
}

function compare(one: Decimal, other: Decimal): -1 | 0 | 1 {
  const [isNothing, isOtherNothing] = [isZero(one), isZero(other)];
  if (isNothing && isOtherNothing) return 0;
  if (isNothing) return other.s > 0 ? -1 : 1;
  if (isOtherNothing || one.s !== other.s) return one.s > 0 ? 1 : -1;
  const larger = one.s > 0 ? 1 : -1;
  const smaller = one.s > 0 ? -1 : 1;
  if (one.e !== other.e) return one.e > other.e ? larger : smaller;
  const [digits, others] = [one.c, other.c];
  const shared = Math.min(digits.length, others.length);
  for (let index = 0; index < shared; index += 1) {
    const difference = (digits[index] ?? 0) - (others[index] ?? 0);
    if (difference !== 0) return difference > 0 ? larger : smaller;
  }
  if (digits.length === others.length) return 0;
  return digits.length > others.length ? larger : smaller;
}

// D2: no exponent, sign prefix `+`, space, hex, underscore, locale comma, or absurd length.
const plainDecimal = /^-?(?:0|[1-9]\d{0,29})(?:\.\d{1,30})?$/;
const unsignedDecimal = /^(?:0|[1-9]\d{0,29})(?:\.\d{1,30})?$/;

/** Parses a plain decimal (`-?digits[.digits]`, at most 30 digits either side). Returns undefined for anything else. */
export function parseDecimal(text: string | undefined): Decimal | undefined {
  return text !== undefined && plainDecimal.test(text) ? new Exact(text) : undefined;
}

/** Parses a plain decimal that is zero or more. Returns undefined for anything else. */
export function parseUnsigned(text: string | undefined): Decimal | undefined {
  return text !== undefined && unsignedDecimal.test(text) ? new Exact(text) : undefined;
}

export function isDecimal(value: unknown): value is Decimal {
  return value instanceof Exact;
}

/** A decimal from a literal in our own code. Throws a plain Error when the literal is malformed: a bug. */
export function decimal(literal: string): Decimal {
  const parsed = parseDecimal(literal);
  if (parsed === undefined) throw new Error(`not a plain decimal: ${literal}`);
  return parsed;
}

/** The plain decimal text, without exponent or trailing zeros. */
export function formatDecimal(value: Decimal): string {
  return value.toFixed(); // big.js keeps no trailing zeros
}

/** Powers of ten, by exponent. */
const powers: bigint[] = [];

/**
 * What big.js's `div` gives, digit for digit, in a tenth of its time: for ledgers, which divide with every fill.
 * @throws RangeError where the divisor is zero.
 */
export function quotient(dividend: Decimal, divisor: Decimal): Decimal {
  const shift = lastPlace(dividend) - lastPlace(divisor) + Exact.DP;
  const upper = BigInt(dividend.c.join('')) * (shift > 0 ? powerOfTen(shift) : 1n);
  const lower = BigInt(divisor.c.join('')) * (shift < 0 ? powerOfTen(-shift) : 1n);
  let whole = upper / lower;
  const twice = 2n * (upper - whole * lower);
  if (twice > lower || (twice === lower && (whole & 1n) === 1n)) whole += 1n; // half to even
  const result = new Exact(String(whole));
  if (whole !== 0n) result.e -= Exact.DP;
  result.s = dividend.s * divisor.s;
  return result;
}

/** The exponent of its last digit. */
const lastPlace = ({ c: digits, e: exponent }: Decimal): number => exponent - digits.length + 1;

function powerOfTen(exponent: number): bigint {
  let power = powers[exponent];
  if (power === undefined) {
    power = 10n ** BigInt(exponent);
    powers[exponent] = power;
  }
  return power;
}

/** Digits after the point of a scaled amount. */
const scaledDigits = 8;
/** Sixteen of them add up exactly. */
const maxScaled = 2 ** 49;

/**
 * The amount times 10^8, for sums over many: undefined unless that is a whole number of which sixteen add up exactly in a JavaScript
 * number.
 */
export function scaledOf({ c: digits, e: exponent, s: sign }: Decimal): number | undefined {
  const zeros = scaledDigits + exponent + 1 - digits.length;
  if (zeros < 0 || exponent > scaledDigits) return undefined;
  let scaled = 0;
  for (const digit of digits) scaled = scaled * 10 + digit;
  scaled *= 10 ** zeros;
  return scaled <= maxScaled ? sign * scaled : undefined;
}

/** Back again, from one or the sum of at most sixteen. */
export function ofScaled(scaled: number): Decimal {
  const amount = new Exact(String(scaled));
  if (scaled !== 0) amount.e -= scaledDigits;
  return amount;
}
