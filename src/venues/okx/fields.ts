// Reads an order object field by field; what nobody asked for by name is refused at the end (D1: unknown fields).
import { type Decimal, decimal, parseUnsigned } from '../../core/decimal.js';
import { isStrictObject, type StrictJson, type StrictObject } from '../json-strict.js';

/** A request that is not understood in full; caught in orders.ts, never leaves the leaf. */
export class NotUnderstood extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

const zero = decimal('0');

export class Fields {
  readonly #seen = new Set<string>();

  constructor(private readonly object: StrictObject) {}

  /** The field's text, or undefined when absent. */
  text(name: string, pattern = /^[\x20-\x7e]{1,100}$/): string | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (typeof value !== 'string' || !pattern.test(value)) throw malformed(name);
    return value;
  }

  required(name: string, pattern?: RegExp): string {
    return this.text(name, pattern) ?? missing(name);
  }

  oneOf<const T extends string>(name: string, values: readonly T[]): T | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const found = values.find((known) => known === value);
    if (found === undefined)
      throw new NotUnderstood('VALUE_UNKNOWN', `${name} has a value that is not understood`);
    return found;
  }

  requiredOneOf<const T extends string>(name: string, values: readonly T[]): T {
    return this.oneOf(name, values) ?? missing(name);
  }

  /** A decimal above zero, sent as a string (S14, D2). */
  amount(name: string): Decimal | undefined {
    const value = this.#take(name);
    return value === undefined ? undefined : amountOf(name, value);
  }

  requiredAmount(name: string): Decimal {
    return this.amount(name) ?? missing(name);
  }

  /** A price, or `market` where OKX writes -1. */
  priceOrMarket(name: string): Decimal | 'market' | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    return value === '-1' ? 'market' : amountOf(name, value);
  }

  /** `true`, `false`, or the same as strings, as the okx CLI sends them. */
  flag(name: string): boolean | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    throw malformed(name);
  }

  objects(name: string, most: number): readonly Fields[] {
    const value = this.#take(name);
    return value === undefined ? [] : objectsOf(name, value, most);
  }

  /** Fields whose value has no bearing on what is traded: any short text or flag. */
  ignore(...names: readonly string[]): void {
    for (const name of names) {
      const value = this.#take(name);
      if (value === undefined || typeof value === 'boolean') continue;
      if (typeof value !== 'string' || !/^[\x20-\x7e]{0,100}$/.test(value)) throw malformed(name);
    }
  }

  /** Fields that change the order's meaning in a way an intent cannot say. */
  refuse(code: string, ...names: readonly string[]): void {
    for (const name of names) {
      if (this.object.has(name)) throw new NotUnderstood(code, `${name} is not supported`);
    }
  }

  /** Refuses whatever was not asked for. */
  finish(): void {
    for (const name of this.object.keys()) {
      if (!this.#seen.has(name))
        throw new NotUnderstood('FIELD_UNKNOWN', 'the order has a field that is not understood');
    }
  }

  #take(name: string): StrictJson | undefined {
    this.#seen.add(name);
    return this.object.get(name);
  }
}

/** The elements of a JSON array of objects, at least one and at most `most`. */
export function objectsOf(name: string, value: StrictJson, most: number): readonly Fields[] {
  if (!Array.isArray(value)) throw malformed(name);
  if (value.length === 0 || value.length > most) {
    throw new NotUnderstood('BATCH_SIZE', `${name} holds ${value.length} entries, not 1 to ${most}`);
  }
  return value.map((element: StrictJson) => objectOf(name, element));
}

export function objectOf(name: string, value: StrictJson): Fields {
  if (!isStrictObject(value)) throw malformed(name);
  return new Fields(value);
}

function amountOf(name: string, value: StrictJson): Decimal {
  const parsed = typeof value === 'string' ? parseUnsigned(value) : undefined;
  if (parsed === undefined || parsed.lte(zero)) {
    throw new NotUnderstood(
      'NUMBER_MALFORMED',
      `${name} is not a plain decimal above zero, written as a string`,
    );
  }
  return parsed;
}

function missing(name: string): never {
  throw new NotUnderstood('FIELD_MISSING', `${name} is missing`);
}

function malformed(name: string): NotUnderstood {
  return new NotUnderstood('FIELD_MALFORMED', `${name} is malformed`);
}
