// Stage 2: decoys where they do not belong (ATTACKS B1 to B3). Before the policy is asked: a decoy at a denied path is evidence, too.
import { clientWords } from '../../venues/client-headers.js';
import {
  canaryId,
  findInTarget,
  findPlaced,
  type PlacedDecoy,
  type PlainCredential,
} from '../credentials.js';
import { type Denial, denial, type Exchange, type Stage, type World } from '../stage.js';

export const decoyRule = 'built-in: decoy placement';

export const decoys: Stage = {
  name: 'decoys',
  run(exchange, world): Denial | undefined {
    const { headBytes, host } = exchange;
    const own = exchange.venue === undefined ? world.credentials.plainFor(host) : [];
    exchange.placed = [...findPlaced(own, exchange.head.fields), ...placedInTarget(own, exchange)];
    let hit = world.decoys.find(headBytes);
    while (hit !== undefined) {
      if (!isAtHome(hit, exchange, world)) return misuse('the head', hit.id);
      hit = world.decoys.find(headBytes, hit.index + 1);
    }
    const disguised = disguisedIn(exchange, world);
    return disguised === undefined ? undefined : misuse('the head', disguised);
  },
};

/** Whose decoy stands in bytes that are about to leave, in whatever form. */
export function decoyIn(
  bytes: Buffer,
  { decoys }: Pick<World, 'decoys'>,
  isHead = false,
): { id: string } | undefined {
  const hit = decoys.find(bytes);
  if (hit !== undefined) return hit;
  const id = decoys.findDisguised(bytes, isHead);
  return id === undefined ? undefined : { id };
}

/** The id of a decoy that stands in the head in a form without an index, and not where it is at home. */
function disguisedIn(exchange: Exchange, { credentials, decoys }: World): string | undefined {
  const { headBytes, placed, venue } = exchange;
  const own = venue === undefined ? [] : credentials.venueCredentials(venue.id);
  // A venue's own are judged by its stages, and the request that leaves is searched for them.
  const isAtHome = (id: string) => own.some((one) => one.id === id);
  const found = decoys.findDisguised(headBytes, true, isAtHome);
  if (found === undefined || placed.length === 0) return found;
  return decoys.findDisguised(withoutPlaced(exchange), true, isAtHome);
}

/** The head's bytes with blanks where plain decoys are at home. */
function withoutPlaced(exchange: Exchange): Buffer {
  const { headBytes, placed } = exchange;
  const bytes = Buffer.from(headBytes);
  for (const one of placed) {
    const { from, to } = placeOf(one, exchange);
    bytes.fill(' ', from, to);
  }
  return bytes;
}

function placedInTarget(own: readonly PlainCredential[], { path, query }: Exchange): PlacedDecoy[] {
  return own.flatMap((credential) => {
    const found = findInTarget(credential, path, query);
    return found.kind === 'placed' ? [{ credential, field: -1, spot: found.spot }] : [];
  });
}

/** `id` is the decoy's credential, where it is known. */
export function misuse(where: string, id?: string): Denial {
  if (id === canaryId) {
    return {
      ...denial('CANARY_SENT', `the text of the canary file stands in ${where}`, decoyRule),
      taint: 'canary',
    };
  }
  return {
    ...denial('DECOY_MISPLACED', `a decoy stands where it does not belong: ${where}`, decoyRule),
    taint: 'decoy-misuse',
  };
}

/** A plain decoy is at home in its placement's value. A venue's is in the head of its own venue, whose stages judge it further, but not among the client's own words. */
function isAtHome(
  hit: { index: number; length: number; id: string },
  exchange: Exchange,
  world: World,
): boolean {
  const { fields } = exchange.head;
  const end = hit.index + hit.length;
  for (const placed of exchange.placed) {
    const { from, to } = placeOf(placed, exchange);
    if (hit.index >= from && end <= to && placed.credential.id === hit.id) return true;
  }
  const venue = exchange.venue?.id;
  if (venue === undefined) return false;
  const at = fields.names.findIndex(
    (_, index) => hit.index >= fields.valueStart(index) && hit.index < fields.valueEnd(index),
  );
  if (clientWords.has(fields.names[at] ?? '')) return false;
  return world.credentials.venueCredentials(venue).some(({ id }) => id === hit.id);
}

/** Where the placed decoy stands in the head's bytes. */
function placeOf({ credential, field, spot }: PlacedDecoy, exchange: Exchange): { from: number; to: number } {
  const { fields } = exchange.head;
  if (spot === undefined) return { from: fields.valueStart(field), to: fields.valueEnd(field) };
  const offset = offsetOf(credential, exchange);
  return { from: spot.start + offset, to: spot.end + offset };
}

/** Where the part of the target that the credential stands in begins in the head's bytes: both are the target's last parts. */
function offsetOf({ placement }: PlainCredential, { head, path, query }: Exchange): number {
  const targetEnd = head.method.length + 1 + head.target.length;
  const queryStart = targetEnd - query.length;
  if (placement.in === 'query') return queryStart;
  return (head.target.includes('?') ? queryStart - 1 : targetEnd) - path.length;
}
