// S2: a secret whose every printable form is `[redacted]`; only reveal() gives the value.
import { inspect } from 'node:util';

const redacted = '[redacted]';

/** A value that must never be printed. `reveal()` belongs only where a request is signed or a value is injected or stored encrypted. */
export class Secret<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [Symbol.toPrimitive](): string {
    return redacted;
  }

  [inspect.custom](): string {
    return redacted;
  }
}
