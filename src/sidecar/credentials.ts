// The box's credentials: decoys the agent holds, the real values wrapped in Secret from the first moment (S2). No I/O.
import type { Pattern } from '../core/matcher.js';
import { encodingsOf } from '../core/needles.js';
import { Secret } from '../core/secret.js';
import type { DecoyCredential, Environment, RealCredential } from '../venues/venue.js';
import type { Fields } from './http1/fields.js';
import type { CredentialSetting, PlainCredentialSetting } from './settings.js';

export interface PlainCredential {
  kind: 'plain';
  id: string;
  hosts: ReadonlySet<string>;
  placement: PlainCredentialSetting['placement'];
  /** Lower-case name of the header the placement uses. */
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

export function createCredentialBook(settings: readonly CredentialSetting[]): CredentialBook {
  const plain = new Map<string, PlainCredential[]>();
  const venue = new Map<string, VenueCredential[]>();
  const decoys: { id: string; value: string }[] = [];
  const secrets: { id: string; value: Secret }[] = [];
  for (const setting of settings) {
    if (setting.kind === 'plain') {
      const credential = plainCredential(setting);
      for (const host of credential.hosts) plain.set(host, [...(plain.get(host) ?? []), credential]);
      decoys.push({ id: setting.id, value: setting.decoy });
      secrets.push({ id: setting.id, value: credential.secret });
    } else {
      const real: Record<string, Secret> = {};
      for (const [field, value] of Object.entries(setting.secrets)) {
        real[field] = new Secret(value);
        secrets.push({ id: setting.id, value: real[field] });
      }
      for (const value of Object.values(setting.decoys)) decoys.push({ id: setting.id, value });
      const { id, environment, decoys: own } = setting;
      const credential: VenueCredential = {
        kind: 'venue',
        id,
        venue: setting.venue,
        environment,
        real,
        decoys: own,
      };
      venue.set(setting.venue, [...(venue.get(setting.venue) ?? []), credential]);
    }
  }
  return {
    plainFor: (host) => plain.get(host) ?? [],
    venueCredentials: (id) => venue.get(id) ?? [],
    isLlm: (host) => plain.get(host)?.some(({ isLlm }) => isLlm) ?? false,
    decoys,
    secrets,
  };
}

function plainCredential(setting: PlainCredentialSetting): PlainCredential {
  return {
    kind: 'plain',
    id: setting.id,
    hosts: new Set(setting.hosts.map((host) => host.toLowerCase())),
    placement: setting.placement,
    header: setting.placement.in === 'basic' ? 'authorization' : setting.placement.name.toLowerCase(),
    secret: new Secret(setting.secret),
    decoy: setting.decoy,
    isLlm: setting.isLlm,
  };
}

/** Every form in which a decoy may stand in a request, with the credential's id. */
export function decoyPatterns({ decoys }: CredentialBook): Pattern[] {
  return decoys.flatMap(({ id, value }) => encodingsOf(value).map((bytes) => ({ id, bytes })));
}

/** Every form in which a real value may stand in an answer: for the scrubber's matcher only (S6). */
export function secretPatterns({ secrets }: CredentialBook): Pattern[] {
  return secrets.flatMap(({ id, value }) => encodingsOf(value.reveal()).map((bytes) => ({ id, bytes })));
}

/** Where a plain credential's decoy stands in a head. */
export interface PlacedDecoy {
  credential: PlainCredential;
  /** Index of the field. */
  field: number;
}

/** Looks for the decoys of `credentials` in exactly their placements. */
export function findPlaced(credentials: readonly PlainCredential[], fields: Fields): PlacedDecoy[] {
  const placed: PlacedDecoy[] = [];
  for (const credential of credentials) {
    const field = fields.find(credential.header);
    if (field >= 0 && carriesDecoy(credential, fields.value(field))) placed.push({ credential, field });
  }
  return placed;
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
  const match = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(value);
  return match?.[1] === base64(`${placement.username}:${decoy}`);
}

/** The field value with the real secret in the placement: for the bytes that go upstream only (S5). */
export function placedSecret({ placement, secret }: PlainCredential): string {
  if (placement.in === 'header') return placement.prefix + secret.reveal();
  return `Basic ${base64(`${placement.username}:${secret.reveal()}`)}`;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
