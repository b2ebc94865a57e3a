// The box's credentials: decoys the agent holds, the real values wrapped in Secret from the first moment (S2). No I/O.
import type { Pattern } from '../core/matcher.js';
import { encodingsOf, isHunted } from '../core/needles.js';
import { Secret } from '../core/secret.js';
import type { DecoyCredential, Environment, RealCredential } from '../venues/venue.js';
import type { Fields } from './http1/fields.js';
import {
  encodeValue,
  type Found,
  findMember,
  findParameter,
  findSegment,
  replaceSpot,
  type Spot,
} from './placements.js';
import type { CredentialSetting, PlainCredentialSetting, Settings } from './settings.js';

export interface PlainCredential {
  kind: 'plain';
  id: string;
  hosts: ReadonlySet<string>;
  placement: PlainCredentialSetting['placement'];
  /** Lower-case name of the header the placement uses; empty for placements elsewhere. */
  header: string;
  secret: Secret;
  decoy: string;
  isLlm: boolean;
}

export interface VenueCredential {
  kind: 'venue';
  id: string;
  venue: string;
  environment: Environment;
  real: RealCredential;
  decoys: DecoyCredential;
}

export interface CredentialBook {
  plainFor(host: string): readonly PlainCredential[];
  venueCredentials(venue: string): readonly VenueCredential[];
  /** True for hosts that read chat history: foreign decoys pass literally in bodies there (B8). */
  isLlm(host: string): boolean;
  /** Every decoy with the id of its credential. */
  decoys: readonly { id: string; value: string }[];
  /** Every real value with the id of its credential: what answers are scrubbed of (S6). */
  secrets: readonly { id: string; value: Secret }[];
}

/** Id of the canary among the decoys; no credential may have it. */
export const canaryId = 'canary';

/** What of a box's settings a book needs besides its credentials. */
type BookSettings = Pick<Settings, 'canary'> & Partial<Pick<Settings, 'pins'>>;

/** What is in force until now: a setting that stays keeps its credential, and the session that a venue opened for it. */
interface FormerCredentials {
  settings: readonly CredentialSetting[];
  book: Pick<CredentialBook, 'venueCredentials'>;
}

export function createCredentialBook(
  settings: readonly CredentialSetting[],
  { canary, pins = [] }: BookSettings = {},
  former?: FormerCredentials,
): CredentialBook {
  const plain = new Map<string, PlainCredential[]>();
  const venue = new Map<string, VenueCredential[]>();
  const decoys: { id: string; value: string }[] = [];
  const secrets: { id: string; value: Secret }[] = [];
  const models = new Set(pins.flatMap(({ host, isLlm }) => (isLlm === true ? [host] : [])));
  if (canary !== undefined) decoys.push({ id: canaryId, value: canary });
  for (const setting of settings) {
    if (setting.kind === 'plain') {
      const credential = plainCredential(setting);
      for (const host of credential.hosts) {
        plain.set(host, [...(plain.get(host) ?? []), credential]);
        if (credential.isLlm) models.add(host);
      }
      decoys.push({ id: setting.id, value: setting.decoy });
      secrets.push({ id: setting.id, value: credential.secret });
    } else {
      const credential = formerOf(setting, former) ?? venueCredential(setting);
      for (const value of Object.values(credential.real)) secrets.push({ id: setting.id, value });
      for (const value of Object.values(setting.decoys)) decoys.push({ id: setting.id, value });
      venue.set(setting.venue, [...(venue.get(setting.venue) ?? []), credential]);
    }
  }
  return {
    plainFor: (host) => plain.get(host) ?? [],
    venueCredentials: (id) => venue.get(id) ?? [],
    isLlm: (host) => models.has(host),
    decoys,
    secrets,
  };
}

function formerOf(setting: CredentialSetting, former?: FormerCredentials): VenueCredential | undefined {
  if (setting.kind !== 'venue' || former?.settings.includes(setting) !== true) return undefined;
  return former.book.venueCredentials(setting.venue).find(({ id }) => id === setting.id);
}

function venueCredential({
  id,
  venue,
  environment,
  secrets,
  decoys,
}: Extract<CredentialSetting, { kind: 'venue' }>): VenueCredential {
  const real = Object.fromEntries(Object.entries(secrets).map(([name, value]) => [name, new Secret(value)]));
  return { kind: 'venue', id, venue, environment, real, decoys };
}

function plainCredential(setting: PlainCredentialSetting): PlainCredential {
  return {
    kind: 'plain',
    id: setting.id,
    hosts: new Set(setting.hosts.map((host) => host.toLowerCase())),
    placement: setting.placement,
    header: headerOf(setting.placement),
    secret: new Secret(setting.secret),
    decoy: setting.decoy,
    isLlm: setting.isLlm,
  };
}

/** Every form in which a real value may stand in an answer: for the scrubber's matcher only (S6). */
export function secretPatterns({ secrets }: CredentialBook): Pattern[] {
  return secrets.flatMap(({ id, value }) => patternsOf(id, value));
}

/** Every form in which the value, which is the credential's, may stand in an answer; none for a short identifier. */
export function patternsOf(id: string, value: Secret): Pattern[] {
  const text = value.reveal();
  return isHunted(text) ? encodingsOf(text).map((bytes) => ({ id, bytes })) : [];
}

function headerOf(placement: PlainCredentialSetting['placement']): string {
  if (placement.in === 'basic') return 'authorization';
  return placement.in === 'header' ? placement.name.toLowerCase() : '';
}

/** Where a plain credential's decoy stands in a head. */
export interface PlacedDecoy {
  credential: PlainCredential;
  /** Index of the field; -1 for a place in the target or in the body. */
  field: number;
  /** Where in the path or query. */
  spot?: Spot;
}

/** Looks for the decoys of `credentials` in exactly their placements in the fields. */
export function findPlaced(credentials: readonly PlainCredential[], fields: Fields): PlacedDecoy[] {
  const placed: PlacedDecoy[] = [];
  for (const credential of credentials) {
    const field = fields.find(credential.header);
    if (field >= 0 && carriesDecoy(credential, fields.value(field))) placed.push({ credential, field });
  }
  return placed;
}

/** What stands at the place in the target that the credential's rule names; `none` for placements elsewhere. */
export function findInTarget({ placement, decoy }: PlainCredential, path: string, query: string): Found {
  if (placement.in === 'query') return findParameter(query, placement.name, decoy);
  if (placement.in === 'path') return findSegment(path, placement.prefix, decoy);
  return { kind: 'none' };
}

/** Path and query with the real secrets in their places: for the bytes that go upstream only (S5). */
export function placedTarget(
  target: { path: string; query: string },
  placed: readonly PlacedDecoy[],
): { path: string; query: string } {
  let { path, query } = target;
  // From the last to the first: a replacement moves what stands behind it.
  const spots = placed
    .flatMap(({ credential, spot }) => (spot === undefined ? [] : [{ credential, spot }]))
    .sort((one, other) => other.spot.start - one.spot.start);
  for (const { credential, spot } of spots) {
    const value = credential.secret.reveal();
    if (credential.placement.in === 'query') query = replaceSpot(query, spot, encodeValue(value));
    else if (credential.placement.in === 'path')
      path = replaceSpot(path, spot, encodeValue(credential.placement.prefix + value));
  }
  return { path, query };
}

/** True when the credential goes into bodies of this content type. */
export function goesIntoBody({ placement }: PlainCredential, contentType: string | undefined): boolean {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (placement.in === 'json') return type === 'application/json' || type.endsWith('+json');
  return placement.in === 'form' && type === 'application/x-www-form-urlencoded';
}

export type PlacedBody =
  | { kind: 'none' | 'foreign' | 'twice' }
  /** `sent`: with the real secret, for the bytes that go upstream only (S5). `rest`: without the decoy, to be searched for others. */
  | { kind: 'placed'; sent(): Buffer; rest: Buffer };

/** What stands at the place in a text message that the credential's rule names. Another value there is no credential: keys have other uses, too. */
export function findInMessage({ placement, decoy, secret }: PlainCredential, text: Buffer): PlacedBody {
  if (placement.in !== 'socket') return { kind: 'none' };
  const found = findMember(text, placement.keys, decoy);
  if (found.kind !== 'placed') return { kind: 'none' };
  return { kind: 'placed', sent: () => found.withValue(secret.reveal()), rest: found.withValue('') };
}

/** What stands at the place in a body that the credential's rule names. */
export function findInBody({ placement, decoy, secret }: PlainCredential, body: Buffer): PlacedBody {
  if (placement.in === 'json') {
    const found = findMember(body, placement.keys, decoy);
    if (found.kind !== 'placed') return found;
    return { kind: 'placed', sent: () => found.withValue(secret.reveal()), rest: found.withValue('') };
  }
  if (placement.in !== 'form') return { kind: 'none' };
  const text = body.toString('latin1');
  const found = findParameter(text, placement.name, decoy);
  if (found.kind !== 'placed') return found;
  const withValue = (value: string) => Buffer.from(replaceSpot(text, found.spot, value), 'latin1');
  return {
    kind: 'placed',
    sent: () => withValue(encodeValue(secret.reveal())),
    rest: withValue(''),
  };
}

function carriesDecoy({ placement, decoy }: PlainCredential, value: string): boolean {
  if (placement.in === 'header') {
    const { prefix } = placement;
    // Scheme names are case-insensitive (RFC 9110 section 11.1); the decoy is not.
    return (
      value.length === prefix.length + decoy.length &&
      value.slice(0, prefix.length).toLowerCase() === prefix.toLowerCase() &&
      value.endsWith(decoy)
    );
  }
  if (placement.in !== 'basic') return false;
  const match = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(value);
  return match?.[1] === base64(`${placement.username}:${decoy}`);
}

/** S5: false once a value that the request carries, or is signed with, was rotated after its decision. */
export function isInForce(
  {
    host,
    placed,
    signed,
    credential,
  }: {
    host: string;
    placed: readonly PlacedDecoy[];
    signed: unknown;
    credential: VenueCredential | undefined;
  },
  book: CredentialBook,
): boolean {
  // What did not change stays the same object in a book of rotated credentials, or holds the same value.
  const isSigned = signed !== undefined && credential !== undefined;
  if (isSigned && !book.venueCredentials(credential.venue).includes(credential)) return false;
  return placed.every(({ credential: { id, secret } }) =>
    book
      .plainFor(host)
      .some((one) => one.id === id && (one.secret === secret || one.secret.reveal() === secret.reveal())),
  );
}

/** The field value with the real secret in the placement: for the bytes that go upstream only (S5). */
export function placedSecret({ placement, secret }: PlainCredential): string {
  if (placement.in === 'header') return placement.prefix + secret.reveal();
  if (placement.in !== 'basic') return '';
  return `Basic ${base64(`${placement.username}:${secret.reveal()}`)}`;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
