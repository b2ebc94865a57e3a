// The parameters of one call as text, from a query, a form or a JSON object; what cannot be read is a PaperFault.
import { type Decimal, formatDecimal, parseUnsigned } from '../core/decimal.js';
import type { HttpRequest } from '../core/http.js';
import { parseStrictForm } from '../venues/form-strict.js';
import {
  isStrictObject,
  JsonNumber,
  parseStrictJson,
  type StrictJson,
  type StrictObject,
} from '../venues/json-strict.js';
import { PaperFault } from './fault.js';

export class Fields {
  constructor(private readonly values: ReadonlyMap<string, StrictJson>) {}

  /** Undefined when absent or empty; numbers and booleans as they were written. */
  text(name: string): string | undefined {
    const value = this.values.get(name);
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string') return value;
    if (value instanceof JsonNumber) return value.text;
    if (typeof value === 'boolean') return String(value);
    throw new PaperFault('PARAMETER_BAD', name);
  }

  /** Undefined, too, for a list or an object: of a message that is answered whatever it is. */
  peek(name: string): string | undefined {
    const value = this.values.get(name);
    return Array.isArray(value) || isStrictObject(value) ? undefined : this.text(name);
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw new PaperFault('PARAMETER_MISSING', name);
    return value;
  }

  /** A plain decimal above zero. */
  amount(name: string): Decimal | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = parseUnsigned(text);
    if (value === undefined || formatDecimal(value) === '0') throw new PaperFault('PARAMETER_BAD', name);
    return value;
  }

  requiredAmount(name: string): Decimal {
    const value = this.amount(name);
    if (value === undefined) throw new PaperFault('PARAMETER_MISSING', name);
    return value;
  }

  /** A whole number from 1 to `most`; more counts as `most`. */
  count(name: string, otherwise: number, most: number): number {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    if (!/^[1-9]\d{0,5}$/.test(text)) throw new PaperFault('PARAMETER_BAD', name);
    return Math.min(Number(text), most);
  }

  /** One of the given words. */
  oneOf<Word extends string>(name: string, words: readonly Word[]): Word {
    const text = this.required(name);
    const word = words.find((known) => known === text);
    if (word === undefined) throw new PaperFault('PARAMETER_BAD', name);
    return word;
  }

  /** The object of this name. */
  child(name: string): Fields | undefined {
    const value = this.values.get(name);
    return isStrictObject(value) ? new Fields(value) : undefined;
  }

  /** The texts of a list; none when it is absent. */
  texts(name: string): readonly string[] {
    const value = this.values.get(name);
    if (!Array.isArray(value)) return [];
    return (value as readonly StrictJson[]).filter((entry) => typeof entry === 'string');
  }

  /** The objects of a list; none when it is absent or holds anything else. */
  children(name: string): readonly Fields[] {
    const value = this.values.get(name);
    const entries: readonly StrictJson[] = Array.isArray(value) ? value : [];
    return entries.every(isStrictObject) ? entries.map((entry) => new Fields(entry)) : [];
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  /** The same with what all entries of a list share. */
  with(name: string, value: string): Fields {
    return new Fields(new Map([...this.values, [name, value]]));
  }
}

/** One segment of a path as it was meant. Throws PaperFault PARAMETER_BAD for escapes that stand for no text. */
export function segmentOf(escaped: string): string {
  try {
    return decodeURIComponent(escaped);
  } catch {
    throw new PaperFault('PARAMETER_BAD', escaped);
  }
}

export function queryFields(request: HttpRequest): Fields {
  return new Fields(formOf(request.query));
}

/** Query and form body together; a name in both is refused. */
export function formFields(request: HttpRequest): Fields {
  const all = new Map(formOf(request.query));
  for (const [name, value] of formOf(request.body.toString('latin1'))) {
    if (all.has(name)) throw new PaperFault('BODY_UNREADABLE', name);
    all.set(name, value);
  }
  return new Fields(all);
}

/** The body as a JSON object; an empty body has no fields. */
export function jsonFields(request: HttpRequest): Fields {
  if (request.body.length === 0) return new Fields(new Map());
  const parsed = parseStrictJson(request.body);
  if (!parsed.ok || !isStrictObject(parsed.value)) throw new PaperFault('BODY_UNREADABLE');
  return new Fields(parsed.value);
}

/** A JSON object that came as one parameter's text. */
export function textFields(text: string): Fields {
  const parsed = parseStrictJson(Buffer.from(text));
  if (!parsed.ok || !isStrictObject(parsed.value)) throw new PaperFault('BODY_UNREADABLE');
  return new Fields(parsed.value);
}

/** SDKs leave brackets, braces and quotes of JSON lists in a query as they are; here both ways are read. */
function formOf(text: string): ReadonlyMap<string, string> {
  const parsed = parseStrictForm(text.replace(/["{}]/g, encodeURIComponent), { plus: 'space' });
  if (!parsed.ok) throw new PaperFault('BODY_UNREADABLE');
  return parsed.fields;
}

/** The members of a socket's message; none when it is not one JSON object. */
export function frameOf(text: string): StrictObject {
  const parsed = parseStrictJson(Buffer.from(text));
  return parsed.ok && isStrictObject(parsed.value) ? parsed.value : new Map<string, StrictJson>();
}
