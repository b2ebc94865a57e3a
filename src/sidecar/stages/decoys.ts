// Stage 2: decoys where they do not belong (ATTACKS B1 to B3). Before the policy is asked: a decoy at a denied path is evidence, too.
import { findPlaced } from '../credentials.js';
import { type Denial, denial, type Exchange, type Stage, type World } from '../stage.js';

export const decoyRule = 'built-in: decoy placement';

export const decoys: Stage = {
  name: 'decoys',
  run(exchange, world): Denial | undefined {
    const { headBytes, host } = exchange;
    const own = exchange.venue === undefined ? world.credentials.plainFor(host) : [];
    exchange.placed = findPlaced(own, exchange.head.fields);
    let hit = world.decoys.find(headBytes);
    while (hit !== undefined) {
      if (!isAtHome(hit, exchange, world)) return misuse('the head');
      hit = world.decoys.find(headBytes, hit.index + 1);
    }
    return undefined;
  },
};

export function misuse(where: string): Denial {
  return {
    ...denial('DECOY_MISPLACED', `a decoy stands where it does not belong: ${where}`, decoyRule),
    taint: 'decoy-misuse',
  };
}

/** A plain decoy is at home in its placement's value. A venue's is in the head of its own venue, whose stages judge it further. */
function isAtHome(
  hit: { index: number; length: number; id: string },
  exchange: Exchange,
  world: World,
): boolean {
  const { fields } = exchange.head;
  const end = hit.index + hit.length;
  for (const { credential, field } of exchange.placed) {
    const isInside = hit.index >= fields.valueStart(field) && end <= fields.valueEnd(field);
    if (isInside && credential.id === hit.id) return true;
  }
  const venue = exchange.venue?.id;
  return venue !== undefined && world.credentials.venueCredentials(venue).some(({ id }) => id === hit.id);
}
