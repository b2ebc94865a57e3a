// D1, D2: JSON read one way only (RFC 8259), or refused: duplicate keys, other encodings, extra bytes, depth. Numbers stay text (S14).
import { isAscii } from 'node:buffer';

/** A number as it was written; nobody turns it into a float. */
export class JsonNumber {
  constructor(readonly text: string) {}
}

export type StrictObject = ReadonlyMap<string, StrictJson>;
export type StrictJson = string | boolean | null | JsonNumber | readonly StrictJson[] | StrictObject;

export type JsonFault =
  | 'JSON_TOO_LARGE'
  | 'JSON_NOT_UTF8'
  | 'JSON_SYNTAX'
  | 'JSON_TOO_DEEP'
  | 'JSON_TOO_MANY'
  | 'JSON_DUPLICATE_KEY';

export type StrictJsonResult =
  | { ok: true; value: StrictJson }
  | { ok: false; code: JsonFault; message: string };

export interface JsonLimits {
  maxBytes: number;
  /** Deepest nesting of arrays and objects. */
  maxDepth: number;
  /** Most values, counting every member and element. */
  maxValues: number;
}

const defaultLimits: JsonLimits = { maxBytes: 262_144, maxDepth: 8, maxValues: 20_000 };

/** Parses a whole JSON text. Never throws on its input. */
export function parseStrictJson(body: Buffer, limits: Partial<JsonLimits> = {}): StrictJsonResult {
  const bounds = { ...defaultLimits, ...limits };
  if (body.length > bounds.maxBytes) return fault('JSON_TOO_LARGE', `larger than ${bounds.maxBytes} bytes`);
  let text: string;
  try {
    text = isAscii(body)
      ? body.toString('latin1')
      : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return fault('JSON_NOT_UTF8', 'not UTF-8');
  }
  try {
    return { ok: true, value: new Reader(text, bounds).readAll() };
  } catch (thrown) {
    if (thrown instanceof Refused) return fault(thrown.code, thrown.message);
    throw thrown;
  }
}

/** The compact JSON text of a parsed value: same members, same order, numbers as they were written. */
export function formatStrictJson(value: StrictJson): string {
  if (typeof value === 'string') return formatText(value);
  if (value instanceof JsonNumber) return value.text;
  if (value === null || typeof value !== 'object') return String(value);
  let text = '';
  if (value instanceof Map) {
    for (const [key, member] of value)
      text += `${text === '' ? '' : ','}${formatText(key)}:${formatStrictJson(member)}`;
    return `{${text}}`;
  }
  for (const element of value as readonly StrictJson[])
    text += `${text === '' ? '' : ','}${formatStrictJson(element)}`;
  return `[${text}]`;
}

/** Visible text without quote and backslash: what JSON leaves as it is. */
const plain = /^[ !#-[\]-~]*$/;

function formatText(text: string): string {
  return plain.test(text) ? `"${text}"` : JSON.stringify(text);
}

export function isStrictObject(value: StrictJson | undefined): value is StrictObject {
  return value instanceof Map;
}

class Refused extends Error {
  constructor(
    readonly code: JsonFault,
    message: string,
  ) {
    super(message);
  }
}

// Every pattern is sticky: it matches at the reader's position or not at all. What most of a text is made of, spaces, names and plain
// strings, is read without one.
const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const string = /"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"/y;
const words: readonly (readonly [string, boolean | null])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];
const quote = 0x22;
const backslash = 0x5c;
const loneSurrogate = /\p{Surrogate}/u;

class Reader {
  #at = 0;
  #values = 0;

  constructor(
    private readonly text: string,
    private readonly limits: JsonLimits,
  ) {}

  readAll(): StrictJson {
    const value = this.#readValue(0);
    this.#skipSpaces();
    if (this.#at !== this.text.length) throw this.#syntax('text after the value');
    return value;
  }

  #readValue(depth: number): StrictJson {
    this.#values += 1;
    if (this.#values > this.limits.maxValues) {
      throw new Refused('JSON_TOO_MANY', `more than ${this.limits.maxValues} values`);
    }
    this.#skipSpaces();
    const first = this.text[this.#at];
    if (first === '{') return this.#readObject(depth + 1);
    if (first === '[') return this.#readArray(depth + 1);
    if (first === '"') return this.#readString();
    const digits = this.#take(number);
    if (digits !== '') return new JsonNumber(digits);
    for (const [word, value] of words) {
      if (!this.text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    throw this.#syntax('no value');
  }

  #readObject(depth: number): StrictObject {
    this.#enter(depth);
    const members = new Map<string, StrictJson>();
    if (this.#closes('}')) return members;
    do {
      this.#skipSpaces();
      const key = this.#readString();
      if (members.has(key)) throw new Refused('JSON_DUPLICATE_KEY', 'an object names a key twice');
      this.#skipSpaces();
      if (this.text[this.#at] !== ':') throw this.#syntax('no colon after a key');
      this.#at += 1;
      members.set(key, this.#readValue(depth));
    } while (this.#continues('}'));
    return members;
  }

  #readArray(depth: number): readonly StrictJson[] {
    this.#enter(depth);
    const elements: StrictJson[] = [];
    if (this.#closes(']')) return elements;
    do elements.push(this.#readValue(depth));
    while (this.#continues(']'));
    return elements;
  }

  #readString(): string {
    const { text } = this;
    if (text.charCodeAt(this.#at) === quote) {
      const start = this.#at + 1;
      let end = start;
      let unit = text.charCodeAt(end);
      // Past the end it is NaN.
      while (unit >= 0x20 && unit !== quote && unit !== backslash) {
        end += 1;
        unit = text.charCodeAt(end);
      }
      if (unit === quote) {
        this.#at = end + 1;
        return text.slice(start, end);
      }
    }
    const quoted = this.#take(string);
    if (quoted === '') throw this.#syntax('no string');
    const value = JSON.parse(quoted) as string;
    if (loneSurrogate.test(value)) throw this.#syntax('half a surrogate pair');
    return value;
  }

  #enter(depth: number): void {
    if (depth > this.limits.maxDepth) {
      throw new Refused('JSON_TOO_DEEP', `nested deeper than ${this.limits.maxDepth}`);
    }
    this.#at += 1;
  }

  #closes(bracket: string): boolean {
    this.#skipSpaces();
    if (this.text[this.#at] !== bracket) return false;
    this.#at += 1;
    return true;
  }

  /** True after a comma, false after the closing bracket. */
  #continues(bracket: string): boolean {
    if (this.#closes(bracket)) return false;
    if (this.text[this.#at] !== ',') throw this.#syntax(`neither comma nor ${bracket}`);
    this.#at += 1;
    return true;
  }

  #skipSpaces(): void {
    for (;;) {
      const unit = this.text.charCodeAt(this.#at);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      this.#at += 1;
    }
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const taken = pattern.exec(this.text)?.[0] ?? '';
    this.#at += taken.length;
    return taken;
  }

  #syntax(what: string): Refused {
    return new Refused('JSON_SYNTAX', `${what} at character ${this.#at}`);
  }
}

function fault(code: JsonFault, message: string): StrictJsonResult {
  return { ok: false, code, message: `the body is refused: ${message}` };
}
