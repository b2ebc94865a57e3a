// All that a request asks for, in one form however its members are ordered and spelled; and what of it a human is shown beside an intent.
import type { AskedMembers, OrderIntent } from '../core/order.js';
import { JsonNumber, type StrictJson, type StrictObject } from './json-strict.js';

/**
 * Members whose meaning other fields of an intent carry, by name without an index: `true` whatever they say, else only these words.
 * What stands here is not shown twice; an approval binds it all the same.
 */
export type Represented = Readonly<Record<string, true | readonly string[]>>;

/** Names of several members that are represented whatever they say. */
export function representedAll(names: string): Represented {
  return Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name) => [name, true] as const),
  );
}

/** The members of one object or form, as an approval binds them. */
export class RequestMembers {
  readonly #given: StrictObject;
  readonly #left: ReadonlyMap<string, StrictJson>;
  /** What stands for a member; undefined: nothing does. */
  readonly #instead = new Map<string, string | undefined>();
  readonly #nested = new Map<string, RequestMembers | readonly RequestMembers[]>();
  /** Shown, though it is represented elsewhere. */
  readonly #unsaid = new Set<string>();
  readonly #parent: RequestMembers | undefined;
  /** An intent of its own says what these ask for. */
  #isSealed = false;

  /** `left`: those that were not read yet. */
  constructor(
    given: StrictObject,
    left: ReadonlyMap<string, StrictJson>,
    readonly represented: Represented,
    parent?: RequestMembers,
  ) {
    this.#given = given;
    this.#left = left;
    this.#parent = parent;
  }

  /** It differs with each attempt, and asks for nothing. */
  leaveOut(name: string): void {
    this.#instead.set(name, undefined);
  }

  tellAs(name: string, text: string): void {
    this.#instead.set(name, text);
  }

  show(name: string): void {
    this.#unsaid.add(name);
  }

  nest(name: string, members: RequestMembers | readonly RequestMembers[]): void {
    this.#nested.set(name, members);
  }

  /** The intents that were read from these: the first that is no mere cancel has all that they ask for. */
  seal(intents: readonly OrderIntent[]): readonly OrderIntent[] {
    const asks = this.#asks();
    const told: [string, string][] = [];
    this.#parent?.tell(told, '', false);
    this.tell(told, '', true);
    this.#isSealed = true;
    const found = intents.findIndex(({ action }) => action !== 'cancel');
    const bearer = found === -1 ? 0 : found;
    return intents.map((intent, index) => (index === bearer ? withAsked(intent, asks, told) : intent));
  }

  /** Adds what no field of an intent says, by the member's name and where it stands; `isDeep`: of nested ones, too. */
  tell(told: [string, string][], prefix: string, isDeep: boolean): void {
    if (this.#isSealed) return;
    for (const [name, value] of this.#given) {
      const nested = this.#nested.get(name);
      if (nested instanceof RequestMembers) {
        if (isDeep) nested.tell(told, `${prefix}${name}.`, true);
      } else if (nested !== undefined) {
        if (isDeep)
          for (const [index, each] of nested.entries()) each.tell(told, `${prefix}${name}[${index}].`, true);
      } else if (!this.#left.has(name)) {
        const text = this.#instead.has(name) ? this.#instead.get(name) : shownText(value);
        if (text !== undefined && !this.#isSaid(name, text)) told.push([prefix + name, text]);
      }
    }
  }

  #isSaid(name: string, text: string): boolean {
    return !this.#unsaid.has(name) && isRepresented(this.represented, name, text);
  }

  #asks(): AskedMembers {
    return askedObject(this.#given, (name, value) => {
      if (this.#instead.has(name)) return this.#instead.get(name);
      const nested = this.#nested.get(name);
      if (nested === undefined) return askedIn(value);
      return nested instanceof RequestMembers
        ? nested.#asked()
        : ['[', ...nested.map((each) => each.#asked())];
    });
  }

  #asked(): AskedMembers | null {
    return this.#isSealed ? null : this.#asks();
  }
}

/** Quoted terms say what they ask for already, as do orders of a batch. */
function withAsked(
  intent: OrderIntent,
  asks: AskedMembers,
  told: readonly (readonly [string, string])[],
): OrderIntent {
  const terms = told.length === 0 ? intent.terms : { ...intent.terms, ...Object.fromEntries(told) };
  return {
    ...intent,
    ...(terms === undefined ? {} : { terms }),
    asks: intent.asks === undefined ? asks : ['+', intent.asks, asks],
  };
}

/** A value as text or as members: numbers and words are alike, as venues read them, and members of an object have one order. */
function askedIn(value: StrictJson): string | AskedMembers {
  if (typeof value === 'string') return value;
  if (value instanceof JsonNumber) return value.text;
  if (value === null || typeof value !== 'object') return String(value);
  if (value instanceof Map) return askedObject(value, (_, member) => askedIn(member));
  return ['[', ...(value as readonly StrictJson[]).map(askedIn)];
}

/** An object's members by name; `read` gives undefined for what is left out. */
function askedObject(
  members: StrictObject,
  read: (name: string, value: StrictJson) => string | null | AskedMembers | undefined,
): AskedMembers {
  const asked: (string | null | AskedMembers)[] = ['{'];
  for (const name of [...members.keys()].sort()) {
    const value = read(name, members.get(name) ?? null);
    if (value !== undefined) asked.push(name, value);
  }
  return asked;
}

/** `1.50` and `1.5` are one amount. */
export function plainAmount(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function isRepresented(represented: Represented, name: string, text: string): boolean {
  const plain = name.endsWith(']') ? name.replace(/\[\d+\]$/, '') : name;
  if (!Object.hasOwn(represented, plain)) return false;
  const rule = represented[plain];
  return rule === true || rule?.includes(text) === true;
}

/** Longest value that is shown, in characters; the approval binds all of it. */
const mostShown = 100;

function shownText(value: StrictJson): string {
  const asked = askedIn(value);
  const text = typeof asked === 'string' ? asked : JSON.stringify(asked);
  return text.length > mostShown ? `${text.slice(0, mostShown)}… (${text.length} characters)` : text;
}
