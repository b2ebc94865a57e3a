// Reads an order's fields strictly: each one understood and consumed, or the order is refused (D1, D2).
import { type Decimal, decimal, parseUnsigned } from '../core/decimal.js';
import type { OrderIntent } from '../core/order.js';
import { plainAmount, type Represented, RequestMembers } from './asked-members.js';
import { isStrictObject, JsonNumber, type StrictJson, type StrictObject } from './json-strict.js';
import type { ParsedOrders } from './venue.js';

/** Stable codes of refusals that parsing an order can end with. */
export type OrderFault =
  | 'BODY_UNREADABLE'
  | 'FIELD_UNKNOWN'
  | 'FIELD_MISSING'
  | 'FIELD_INVALID'
  | 'FIELD_CONFLICT'
  | 'NUMBER_INVALID'
  | 'PRICE_RELATIVE'
  | 'PRICE_AMBIGUOUS'
  | 'ORDER_TYPE_UNSUPPORTED'
  | 'PRODUCT_UNSUPPORTED'
  | 'QUANTITY_AMBIGUOUS'
  | 'DEAD_MAN_DISARM'
  | 'SYMBOL_UNKNOWN'
  | 'QUOTE_UNKNOWN'
  | 'FEE_TO_THIRD_PARTY'
  | 'NOT_AN_ORDER';

/** Ends the parsing of one request; `parsing` turns it into a value. */
export class RefusedOrder extends Error {
  constructor(
    readonly code: OrderFault,
    message: string,
  ) {
    super(message);
  }
}

export function refuseOrder(code: OrderFault, message: string): never {
  throw new RefusedOrder(code, message);
}

/** Longest time of a dead-man switch, seconds: the sidecar's own is never longer. */
const longestSwitch = 120;

/** A dead-man switch set to nothing, or to a time that never comes, is disarmed, and it may be the operator's. `perSecond`: of the unit of `time`. */
export function refuseDisarm(field: string, time: string | undefined, perSecond = 1): void {
  if (time === undefined) return;
  if (/^0+$/.test(time)) refuseOrder('DEAD_MAN_DISARM', `${field} 0 would disarm the dead-man switch`);
  if (Number(time) > longestSwitch * perSecond) {
    refuseOrder(
      'DEAD_MAN_DISARM',
      `${field} above ${longestSwitch * perSecond} would put off the dead-man switch`,
    );
  }
}

/** The same of a switch that is set to a moment, milliseconds since the epoch: how far off that is, nobody can say without a clock. */
export function refusePutOff(field: string, time: string | undefined, nowMs: number | undefined): void {
  if (time === undefined) refuseOrder('DEAD_MAN_DISARM', `no ${field} would disarm the dead-man switch`);
  if (nowMs === undefined || Number(time) - nowMs > longestSwitch * 1_000)
    refuseOrder(
      'DEAD_MAN_DISARM',
      `${field} more than ${longestSwitch} seconds from now would put off the dead-man switch`,
    );
}

/** Runs a parser whose refusals are thrown. Faults of our own pass through. */
export function parsing(run: () => Extract<ParsedOrders, { ok: true }>): ParsedOrders {
  try {
    return run();
  } catch (thrown) {
    if (thrown instanceof RefusedOrder) return { ok: false, code: thrown.code, message: thrown.message };
    throw thrown;
  }
}

/** The value without its undefined members, so that an intent holds only what the request said. */
export function dropUndefined<T extends object>(value: T): T {
  const kept: Partial<T> = {};
  for (const key in value) if (value[key] !== undefined) kept[key] = value[key];
  return kept as T;
}

const zero = decimal('0');

/** Characters of a value that no rule reads. */
const longestKept = 64;

/**
 * The members of one object or form. Every read consumes its field; `done` refuses what nobody read. All that is read an approval binds,
 * but for what is read as a stamp or as an id of the order's own.
 */
export class OrderFields {
  readonly #members: Map<string, StrictJson>;
  readonly #asked: RequestMembers;

  constructor(
    members: StrictObject,
    /** What a human is not shown twice. */
    represented: Represented = {},
    /** Where the fields stand, for messages: `orders[2]`. */
    private readonly place: string = 'the order',
    parent?: OrderFields,
  ) {
    this.#members = new Map(members);
    const around = parent === undefined ? undefined : parent.#asked;
    this.#asked = new RequestMembers(members, this.#members, represented, around);
  }

  has(name: string): boolean {
    return this.#members.has(name);
  }

  /** The field as text, without consuming it; undefined where it is none. */
  peek(name: string): string | undefined {
    const value = this.#members.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  /** Whether the field is this very string; consumes it then, and only then. */
  takes(name: string, text: string): boolean {
    return this.#members.get(name) === text && this.#members.delete(name);
  }

  /** A string; undefined when absent. */
  text(name: string): string | undefined {
    const value = this.#take(name);
    if (value === undefined || typeof value === 'string') return value;
    return this.refuse('FIELD_INVALID', name, 'is not a string');
  }

  /** A string of the given form; undefined when absent. */
  match(name: string, form: RegExp): string | undefined {
    const value = this.text(name);
    if (value !== undefined && !form.test(value))
      this.refuse('FIELD_INVALID', name, 'has an unexpected form');
    return value;
  }

  /** A required string of the given form. */
  need(name: string, form: RegExp): string {
    return this.match(name, form) ?? this.refuse('FIELD_MISSING', name, 'is missing');
  }

  /** A string or whole number, as text: an identifier. */
  id(name: string, form: RegExp): string | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    const text = value instanceof JsonNumber ? value.text : value;
    if (typeof text !== 'string' || !form.test(text))
      this.refuse('FIELD_INVALID', name, 'has an unexpected form');
    return text as string;
  }

  /** As `match`, the client's own id for the order: clients draw a new one for each attempt, so no approval binds it. */
  ownId(name: string, form: RegExp): string | undefined {
    this.#asked.leaveOut(name);
    return this.match(name, form);
  }

  /** As `match`, a moment after which the venue is not to take the request: it differs with each attempt, so no approval binds it. */
  stamp(name: string, form: RegExp): void {
    this.ownId(name, form);
  }

  /** What the member asks for, where its own text differs with each attempt: it names another order of the request. */
  tellAs(name: string, text: string): void {
    this.#asked.tellAs(name, text);
  }

  /** A human is shown the member: here no field of the intent says it. */
  show(name: string): void {
    this.#asked.show(name);
  }

  /** A plain decimal above zero, as a string or JSON number; undefined when absent. */
  positive(name: string): Decimal | undefined {
    const value = this.unsigned(name);
    if (value?.eq(zero)) this.refuse('NUMBER_INVALID', name, 'is zero');
    return value;
  }

  /** A plain decimal above zero, as a string only: for venues that would read a JSON number as a float. */
  positiveText(name: string): Decimal | undefined {
    if (this.#members.get(name) instanceof JsonNumber)
      this.refuse('NUMBER_INVALID', name, 'is not sent as a string');
    return this.positive(name);
  }

  /** A plain decimal of zero or more, as a string or JSON number; undefined when absent. */
  unsigned(name: string): Decimal | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    const text = value instanceof JsonNumber ? value.text : value;
    const parsed = typeof text === 'string' ? parseUnsigned(text) : undefined;
    if (parsed !== undefined) {
      if ((text as string).endsWith('0')) this.#asked.tellAs(name, plainAmount(text as string));
      return parsed;
    }
    if (typeof value === 'string' && /^[+#].*\d%?$|%$/.test(value)) {
      this.refuse('PRICE_RELATIVE', name, 'is relative to a price that no rule knows');
    }
    return this.refuse('NUMBER_INVALID', name, 'is not a plain decimal number');
  }

  /** `true` or `false`, as JSON or as these exact words; undefined when absent. */
  flag(name: string): boolean | undefined {
    const value = this.#take(name);
    if (value === undefined || typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    return this.refuse('FIELD_INVALID', name, 'is neither true nor false');
  }

  /** One of the table's keys, translated; undefined when absent. */
  choice<T>(
    name: string,
    table: Readonly<Record<string, T>>,
    code: OrderFault = 'FIELD_INVALID',
  ): T | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!Object.hasOwn(table, value)) this.refuse(code, name, 'has a value that is not understood');
    return table[value];
  }

  /** A nested object; undefined when absent. */
  object(name: string): OrderFields | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    return isStrictObject(value)
      ? this.within(name, value)
      : this.refuse('FIELD_INVALID', name, 'is not an object');
  }

  /** An object that stands in a member of this one, perhaps as text. */
  within(name: string, value: StrictObject): OrderFields {
    const fields = new OrderFields(value, this.#asked.represented, this.#name(name), this);
    this.#asked.nest(name, fields.#asked);
    return fields;
  }

  /** A non-empty array of at most `max` elements; undefined when absent. */
  list(name: string, max: number): readonly StrictJson[] | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return this.refuse('FIELD_INVALID', name, 'is not a list');
    if (value.length === 0 || value.length > max) {
      this.refuse('FIELD_INVALID', name, `has ${value.length} elements, not 1 to ${max}`);
    }
    return value as readonly StrictJson[];
  }

  /** A non-empty array of words, or one string of them with commas between; undefined when absent. */
  listOrWords(name: string, max: number): readonly string[] | undefined {
    const value = this.#members.get(name);
    if (typeof value === 'string') {
      this.#members.delete(name);
      const words = value.split(',');
      if (words.length > max) this.refuse('FIELD_INVALID', name, `names ${words.length}, not 1 to ${max}`);
      return words;
    }
    return this.list(name, max)?.map((each) =>
      typeof each === 'string' ? each : this.refuse('FIELD_INVALID', name, 'holds something else than words'),
    );
  }

  /** A non-empty array of objects; undefined when absent. */
  objects(name: string, max: number): readonly OrderFields[] | undefined {
    const elements = this.list(name, max);
    return elements === undefined ? undefined : this.listed(name, elements);
  }

  /** The objects of a list that stands in a member of this one, perhaps as text. */
  listed(name: string, elements: readonly StrictJson[]): readonly OrderFields[] {
    const fields = elements.map((element, index) =>
      isStrictObject(element)
        ? new OrderFields(element, this.#asked.represented, `${this.#name(name)}[${index}]`, this)
        : this.refuse('FIELD_INVALID', name, 'holds something else than objects'),
    );
    this.#asked.nest(
      name,
      fields.map((each) => each.#asked),
    );
    return fields;
  }

  /** Consumes fields that no rule reads, each of one short value: an approval binds them, and a human is shown them. */
  keep(...names: string[]): void {
    for (const name of names) {
      const value = this.#take(name);
      const text = value instanceof JsonNumber ? value.text : (value ?? '');
      if (typeof text === 'object' || (typeof text === 'string' && text.length > longestKept))
        this.refuse('FIELD_INVALID', name, 'is no short value');
    }
  }

  /** Consumes fields that differ with each attempt and ask for nothing: no approval binds them. */
  ignore(...names: string[]): void {
    for (const name of names) {
      this.#members.delete(name);
      this.#asked.leaveOut(name);
    }
  }

  /** Refuses the order when a field was not read. */
  done(): void {
    for (const name of this.#members.keys()) this.refuse('FIELD_UNKNOWN', name, 'is not understood');
  }

  /** As `done`; gives the intents that were read from these fields, with all that the fields ask for. */
  seal(intents: readonly OrderIntent[]): readonly OrderIntent[] {
    this.done();
    return this.#asked.seal(intents);
  }

  /** The same of one. */
  sealOne(intent: OrderIntent): OrderIntent {
    return this.seal([intent])[0] ?? intent;
  }

  refuse(code: OrderFault, name: string, problem: string): never {
    return refuseOrder(code, `${this.#name(name)} ${problem}`);
  }

  #take(name: string): StrictJson | undefined {
    const value = this.#members.get(name);
    this.#members.delete(name);
    return value;
  }

  /** D19: the agent's spelling, cut and escaped. */
  #name(name: string): string {
    return `${JSON.stringify(name.slice(0, 40))} of ${this.place}`;
  }
}
