// The injection engine: finds a placeholder in exactly the place its credential's rule names, and puts another value there.
// A place is read one way only: what two readers could take for different places is reported as twice or foreign. No I/O.
import {
  formatStrictJson,
  parseStrictJson,
  type StrictJson,
  type StrictObject,
} from '../venues/json-strict.js';

/** Where a value stands in a text, as indices. */
export interface Spot {
  start: number;
  end: number;
}

/** `foreign`: the place holds something else than the placeholder; `twice`: it is there more than once. */
export type Found =
  | { kind: 'none' }
  | { kind: 'placed'; spot: Spot }
  | { kind: 'foreign' }
  | { kind: 'twice' };

const none: Found = { kind: 'none' };

/** The parameter `name` of a query or of a form body (URL Standard section 5.1). */
export function findParameter(text: string, name: string, placeholder: string): Found {
  let found = none;
  let start = 0;
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=');
    const key = equals < 0 ? pair : pair.slice(0, equals);
    if (decodeForm(key) === name) {
      if (found.kind !== 'none') return { kind: 'twice' };
      const spot = { start: start + (equals < 0 ? pair.length : equals + 1), end: start + pair.length };
      found =
        decodeForm(text.slice(spot.start, spot.end)) === placeholder
          ? { kind: 'placed', spot }
          : { kind: 'foreign' };
    }
    start += pair.length + 1;
  }
  return found;
}

/** The one path segment that is `prefix` and the placeholder. Other segments are none of its business. */
export function findSegment(path: string, prefix: string, placeholder: string): Found {
  let found = none;
  let start = 0;
  for (const segment of path.split('/')) {
    if (decodePercent(segment) === prefix + placeholder) {
      if (found.kind !== 'none') return { kind: 'twice' };
      found = { kind: 'placed', spot: { start, end: start + segment.length } };
    }
    start += segment.length + 1;
  }
  return found;
}

export function replaceSpot(text: string, { start, end }: Spot, value: string): string {
  return text.slice(0, start) + value + text.slice(end);
}

/** A value as it stands in a query, a form or a path segment: everything but unreserved characters is encoded. */
export function encodeValue(value: string): string {
  return encodeURIComponent(value).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** What a JSON body holds at a place, with a way to write the body with another value there. */
export type FoundInJson = { kind: 'none' | 'foreign' } | { kind: 'placed'; withValue(value: string): Buffer };

/** Larger bodies are not taken apart. */
const jsonLimits = { maxBytes: 1_048_576, maxDepth: 64, maxValues: 100_000 };

/** The member that `keys` lead to, from the outermost object inwards. A body that can be read two ways holds none. */
export function findMember(body: Buffer, keys: readonly string[], placeholder: string): FoundInJson {
  const parsed = parseStrictJson(body, jsonLimits);
  if (!parsed.ok) return { kind: 'none' };
  const value = memberOf(parsed.value, keys);
  if (value === undefined) return { kind: 'none' };
  if (value !== placeholder) return { kind: 'foreign' };
  return {
    kind: 'placed',
    withValue: (other) => Buffer.from(formatStrictJson(withMember(parsed.value, keys, other))),
  };
}

function memberOf(value: StrictJson, keys: readonly string[]): StrictJson | undefined {
  let at: StrictJson | undefined = value;
  for (const key of keys) at = at instanceof Map ? (at as StrictObject).get(key) : undefined;
  return at;
}

function withMember(value: StrictJson, keys: readonly string[], other: string): StrictJson {
  const [key, ...rest] = keys;
  if (key === undefined) return other;
  const members = new Map(value as StrictObject);
  members.set(key, withMember(members.get(key) ?? null, rest, other));
  return members;
}

function decodeForm(text: string): string {
  return decodePercent(text.replaceAll('+', ' '));
}

/** Octets in percent-encoding as UTF-8; what is malformed stays as it is and therefore equals nothing we look for. */
function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
