// What was approved is what leaves (S8, D11): whatever member of an order that a venue takes is changed, left out or added, the approval
// of the order as it was lets it out no more; but for those that stand in the golden file, stamps and ids of the order's own.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fingerprintOf } from '../../../src/orders/fingerprint.js';
import type { Operation, Venue } from '../../../src/venues/venue.js';
import { venues } from '../../../src/venues/venues.js';
import { nameOf, parseRequest, requestFor, rowsOf } from '../../support/order-requests.js';
import { orderSamples } from '../../support/order-samples.js';
import { orderVariants } from '../../support/order-variants.js';
import { repositoryRoot } from '../../support/repository.js';

type Value = string | number | boolean | Value[] | { [name: string]: Value };
type Members = { [name: string]: Value };

/** The parameters of a row as members, and back as its clients write them. */
interface Given {
  row: Operation;
  members: Value;
  write(members: Value): string | object;
}

/** A form, or one parameter of it, that holds JSON. */
function givenOf(row: Operation, given: string | object): Given {
  if (typeof given !== 'string')
    return { row, members: JSON.parse(JSON.stringify(given)), write: (members) => members as object };
  const pairs = given.split('&').map((pair): [string, Value] => {
    const [name = '', text = ''] = pair.split('=').map(decodeURIComponent);
    return [name, /^[[{]/.test(text) ? JSON.parse(text) : text];
  });
  return {
    row,
    members: Object.fromEntries(given === '' ? [] : pairs),
    write: (members) =>
      Object.entries(members as Members)
        .map(([name, value]) => {
          const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
          return `${encodeURIComponent(name)}=${encodeURIComponent(text)}`;
        })
        .join('&'),
  };
}

/** Every order that is known to be read, but for mere cancels, which need no approval. */
function givensOf(venue: Venue): Given[] {
  const rows = rowsOf(venue).filter(({ class: kind }) => kind !== 'cancel');
  const samples = rows.flatMap((row): [Operation, string | object][] => {
    const own = orderSamples[venue.id]?.samples[nameOf(row)];
    return [
      ...(own === undefined ? [] : [[row, own] as [Operation, string | object]]),
      ...(orderVariants[venue.id] ?? [])
        .filter(([name]) => name === nameOf(row))
        .map(([, given]): [Operation, string | object] => [row, given]),
    ];
  });
  return samples.map(([row, given]) => givenOf(row, given));
}

/** Undefined where it is refused. */
function identity(venue: Venue, { row, write }: Given, members: Value): string | undefined {
  const request = requestFor(venue, row, write(members));
  const parsed = parseRequest(venue, row, request);
  return parsed.ok ? fingerprintOf(venue.classify(request).operation, parsed.intents) : undefined;
}

type Place = readonly (string | number)[];

/** Where objects stand. A signature is none: it is made anew. */
function placesIn(value: Value, place: Place = []): Place[] {
  if (typeof value !== 'object') return [];
  const nested = Object.entries(value).flatMap(([name, each]) =>
    name === 'signature' ? [] : placesIn(each, [...place, Array.isArray(value) ? Number(name) : name]),
  );
  return Array.isArray(value) ? nested : [place, ...nested];
}

const membersAt = (value: Value, place: Place): Members =>
  place.reduce<Value>((each, name) => (each as Members)[name] as Value, value) as Members;

function withMember(value: Value, place: Place, name: string, member: Value | undefined): Value {
  const [first, ...rest] = place;
  const copy: Value = Array.isArray(value) ? [...value] : { ...(value as Members) };
  const members = copy as Members;
  if (first !== undefined) members[first] = withMember(members[first] as Value, rest, name, member);
  else if (member === undefined) delete members[name];
  else members[name] = member;
  return copy;
}

/** What the leaf's sources name: members, and words that they may be. */
function wordsOf(venue: Venue): { names: readonly string[]; words: readonly string[] } {
  const folder = path.join(repositoryRoot, 'src/venues', venue.id);
  const text = readdirSync(folder)
    .map((file) => readFileSync(path.join(folder, file), 'utf8'))
    .filter((source) => source.includes('OrderFields'))
    .join('\n');
  const found = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, word = '']) => word);
  const listed = found(/\[('[^\]]*')\]/g).flatMap((list) =>
    [...list.matchAll(/'([\w ]*)'/g)].map(([, word = '']) => word),
  );
  const spelled = found(/\{name\}|`\$\{\w+\}(\w+)`/g).filter((rest) => rest !== '');
  const names = new Set([
    ...found(/\(\s*'([A-Za-z]\w*)'/g),
    ...found(/[,:] '([A-Za-z]\w*)'/g),
    ...listed,
    ...spelled.flatMap((rest) => ['tp', 'sl', 'newTp', 'newSl'].map((prefix) => prefix + rest)),
    ...['mgnMode', 'expiresAfter', 'vaultAddress'],
  ]);
  const ofLegs = [...names].filter((name) =>
    /^(?:type|side|symbol|option_symbol|quantity|price|stop|duration|timeInForce|stopPrice)$|Qty$|Delta$|^strategy|ClientOrderId$/i.test(
      name,
    ),
  );
  const suffixed = ofLegs.flatMap((name) => {
    if (venue.id === 'tradier') return [`${name}[0]`, `${name}[1]`];
    if (venue.id !== 'binance') return [];
    const rest = name.charAt(0).toUpperCase() + name.slice(1);
    return ['working', 'pending', 'pendingAbove', 'pendingBelow', 'above', 'below'].map(
      (prefix) => prefix + rest,
    );
  });
  return {
    names: [...names, ...suffixed],
    words: [...new Set([...listed, ...found(/(?:^\s*|[{,] )(\w+): /gm)])],
  };
}

const plainValues: readonly Value[] = [
  ...['1', '2', '0.5', '7', '10', '100', '44950', '60500', '-1', '0', 'x1', 'mine2', 'AB', '10s', 'all'],
  ...[
    1,
    2,
    0,
    true,
    false,
    'true',
    'false',
    'TRUE',
    '0.02',
    '0.03',
    '1000000',
    '1893456000000',
    1_893_456_000_000,
  ],
  ...['2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z', '6b6f7d5e-2d0c-4a3b-9a51-0d2a4f6c8e11'],
  ...[
    `0x${'0'.repeat(31)}2`,
    `0x${'0'.repeat(31)}3`,
    `0x${'1'.repeat(40)}`,
    'BTC-USD',
    'PF_ETHUSD',
    'ETHUSD',
    'ETHUSDT',
  ],
];

/** Values that a venue reads alike. */
const alike = (value: Value | undefined): string => {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /^\d+\.\d*0*$/.test(text) ? text.replace(/\.?0+$/, '') : text;
};

/** Of each member that is taken at a place with different values: those that no fingerprint tells apart. */
function unboundIn(
  venue: Venue,
  given: Given,
  { names, words }: ReturnType<typeof wordsOf>,
  known: Map<string, readonly Value[]>,
): string[] {
  const unbound: string[] = [];
  for (const place of placesIn(given.members)) {
    const own = membersAt(given.members, place);
    for (const name of new Set([...names, ...Object.keys(own)])) {
      const member = own[name];
      if (typeof member === 'object' || !isNamed(venue, given, place, name)) continue;
      const identityWith = (value: Value | undefined): string | undefined =>
        identity(venue, given, withMember(given.members, place, name, value));
      // Words that one order takes for a member others take, too.
      const spelled =
        known.get(name) ?? [...plainValues, ...words].filter((value) => identityWith(value) !== undefined);
      if (spelled.length > 0) known.set(name, spelled);
      const taken = new Map<string, string>();
      for (const value of [undefined, member, ...spelled]) {
        const found = identityWith(value);
        if (found === undefined) continue;
        const other = taken.get(found);
        if (other !== undefined && other !== alike(value)) unbound.push(name);
        taken.set(found, alike(value));
      }
    }
  }
  return unbound;
}

/** Whether the member is one that the order may have: refused for its value, if at all. */
function isNamed(venue: Venue, given: Given, place: Place, name: string): boolean {
  const members = withMember(given.members, place, name, 'x1');
  const parsed = parseRequest(venue, given.row, requestFor(venue, given.row, given.write(members)));
  return parsed.ok || parsed.code !== 'FIELD_UNKNOWN' || !parsed.message.startsWith(JSON.stringify(name));
}

const unbound: Record<string, string[]> = {};
for (const venue of venues) {
  const words = wordsOf(venue);
  const known = new Map<string, readonly Value[]>();
  const found = givensOf(venue).flatMap((given) => unboundIn(venue, given, words, known));
  unbound[venue.id] = [...new Set(found)].sort();
}

test('no member is unbound but those of the golden file', async () => {
  const told = `${JSON.stringify(unbound, null, 2)}\n`;
  await expect(told).toMatchFileSnapshot('../../golden/unbound-members.json');
});

describe.each(venues.map((venue) => [venue.id, venue] as const))('%s', (id, venue) => {
  const givens = givensOf(venue);
  const free = new Set(unbound[id]);

  test('each order is read, and a member of each is bound', () => {
    expect(givens.length).toBeGreaterThan(1);
    for (const given of givens)
      expect([nameOf(given.row), identity(venue, given, given.members)]).not.toContain(undefined);
  });

  test('the same order passes however its members are ordered, stamped and named anew', () => {
    for (const given of givens) {
      const usual = identity(venue, given, given.members);
      fc.assert(
        fc.property(fc.infiniteStream(fc.nat(1_000_000)), (numbers) => {
          const shuffled = (value: Value): Value => {
            if (typeof value !== 'object') return value;
            if (Array.isArray(value)) return value.map(shuffled);
            const entries = Object.entries(value).map(
              ([name, each]) => [numbers.next().value, name, shuffled(each)] as const,
            );
            return Object.fromEntries(
              entries.sort(([one], [other]) => one - other).map(([, name, each]) => [name, each]),
            );
          };
          expect(identity(venue, given, shuffled(given.members))).toBe(usual);
        }),
        { numRuns: 10 },
      );
      for (const place of placesIn(given.members))
        for (const [name, member] of Object.entries(membersAt(given.members, place))) {
          const isNumber = typeof member === 'number';
          const other = isNumber ? String(member) : Number(member);
          if (free.has(name) || typeof member === 'object' || typeof member === 'boolean') continue;
          if (!isNumber && (!/^\d+(?:\.\d+)?$/.test(member) || String(other) !== member)) continue;
          const found = identity(venue, given, withMember(given.members, place, name, other));
          if (found !== undefined) expect([name, found]).toEqual([name, usual]);
        }
    }
  });

  test('an order that is given ids of our own is the same one', () => {
    for (const given of givens) {
      const request = requestFor(venue, given.row, given.write(given.members));
      let count = 0;
      const stamped = venue.admin?.withClientOrderIds?.(request, () => {
        count += 1;
        return `tb${'0'.repeat(20)}${count}`;
      });
      if (stamped === undefined) continue;
      const parsed = parseRequest(venue, given.row, stamped);
      if (!parsed.ok) throw new Error(`${nameOf(given.row)}: ${parsed.code} ${parsed.message}`);
      const { operation } = venue.classify(stamped);
      expect([nameOf(given.row), fingerprintOf(operation, parsed.intents)]).toEqual([
        nameOf(given.row),
        identity(venue, given, given.members),
      ]);
    }
  });
});
