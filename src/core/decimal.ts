// S14: exact decimal arithmetic from string to string. The only home of big.js; strict mode refuses every JavaScript number.
import BigConstructor from 'big.js';

const Exact = BigConstructor();
Exact.strict = true;
Exact.DP = 40;
Exact.RM = BigConstructor.roundHalfEven;

/** An exact decimal; made only by `parseDecimal` and arithmetic on its results. */
export type Decimal = InstanceType<typeof Exact>;

// D2: no exponent, sign prefix `+`, space, hex, underscore, locale comma, or absurd length.
const plainDecimal = /^-?(?:0|[1-9]\d{0,29})(?:\.\d{1,30})?$/;
const unsignedDecimal = /^(?:0|[1-9]\d{0,29})(?:\.\d{1,30})?$/;

/** Parses a plain decimal (`-?digits[.digits]`, at most 30 digits either side). Returns undefined for anything else. */
export function parseDecimal(text: string): Decimal | undefined {
  return plainDecimal.test(text) ? new Exact(text) : undefined;
}

/** Parses a plain decimal that is zero or more. Returns undefined for anything else. */
export function parseUnsigned(text: string): Decimal | undefined {
  return unsignedDecimal.test(text) ? new Exact(text) : undefined;
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
  const text = value.toFixed();
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
