// Fuzz of the order boundary's proof: a sidecar in a process of its own is killed with SIGKILL while orders pass, and started again.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { OrderEvent } from '../../src/audit/order-events.js';
import { Activity } from '../../src/orders/activity.js';
import { Ledger } from '../../src/orders/ledger.js';
import { type End, type Fate, type KillWorld, startKillWorld } from '../support/kill-world.js';
import type { Fuzz } from './fuzz.js';

/** One life of the sidecar: orders at once, which of them are sent again though they were sent in an earlier life, and how it ends. */
interface Chapter {
  fresh: number;
  again: number;
  fates: readonly Fate[];
  approveAfterMs: number;
  end: End;
}

const fate = fc.constantFrom<Fate>(
  'served',
  'served',
  'error-after',
  'cut-before',
  'cut-after',
  'kill-before',
  'kill-after',
  'ack-twice',
  'other-ack',
);
const chapter: fc.Arbitrary<Chapter> = fc.record({
  fresh: fc.integer({ min: 1, max: 6 }),
  again: fc.integer({ min: 1, max: 6 }),
  fates: fc.array(fate, { maxLength: 4 }),
  approveAfterMs: fc.integer({ min: 0, max: 30 }),
  end: fc.oneof(
    fc.record({ afterMicros: fc.integer({ min: 0, max: 250_000 }) }),
    fc.record({ afterRecords: fc.integer({ min: 1, max: 40 }) }),
  ),
});

export const killFuzzes: readonly Fuzz[] = [
  {
    name: 'kill-9',
    isRepeatable: false,
    property: () =>
      fc.asyncProperty(
        fc.constantFrom('demo' as const, 'propose' as const),
        fc.array(chapter, { minLength: 1, maxLength: 3 }),
        async (mode, chapters) => {
          const world = await startKillWorld();
          try {
            const placed: string[] = [];
            for (const one of chapters) await liveThrough(world, mode, one, placed);
            await settle(world, mode);
            holdTrue(world, mode);
          } finally {
            await world.close();
          }
        },
      ),
  },
];

async function liveThrough(
  world: KillWorld,
  mode: 'demo' | 'propose',
  { fresh, again, fates, approveAfterMs, end }: Chapter,
  placed: string[],
): Promise<void> {
  const life = await world.live(mode);
  world.fates = [...fates];
  const repeated = placed.slice(placed.length - Math.min(again, placed.length));
  for (let n = 0; n < fresh; n += 1) placed.push(`mine${placed.length}`);
  const answers = await life.place([...repeated, ...placed.slice(-fresh)]);
  const approving = mode === 'demo' ? undefined : pause(approveAfterMs).then(() => life.approve());
  await life.die(end);
  await Promise.all([...answers, approving]);
}

/** The last life, without a fault: what the exchange took must be found there. It is killed as well. */
async function settle(world: KillWorld, mode: 'demo' | 'propose'): Promise<void> {
  world.fates = [];
  const life = await world.live(mode);
  const taken = takenBy(world);
  const deadline = Date.now() + 6_000;
  while (Date.now() < deadline) {
    const { ledger } = fold(world);
    if ([...taken].every((id) => ledger.byClientOrderId(id)?.state === 'acknowledged')) break;
    await pause(50);
  }
  await life.die({ afterMicros: 0 });
}

/** What must hold at the exchange and in the journal, however it went. */
function holdTrue(world: KillWorld, mode: 'demo' | 'propose'): void {
  const { ledger, activity, released, approved } = fold(world);
  const arrived = world.arrivals.map(({ clientOrderId }) => clientOrderId);
  demand(
    new Set(arrived).size === arrived.length,
    `an order reached the exchange twice: ${arrived.join(' ')}`,
  );
  for (const { clientOrderId, bytes } of world.arrivals) {
    const digest = createHash('sha256').update(bytes).digest('hex');
    const order = released.get(digest);
    demand(order !== undefined, `${clientOrderId} reached the exchange in bytes that no release tells of`);
    demand(
      mode === 'demo' || approved.has(order ?? ''),
      `${clientOrderId} reached the exchange, and nobody approved it`,
    );
  }
  const counted = Math.min(
    activity.facts().countSince(0, 'place'),
    ledger.releasedWithin(Date.now(), 86_400_000),
  );
  demand(counted >= arrived.length, `${arrived.length} orders reached the exchange, ${counted} are counted`);
  const taken = takenBy(world);
  for (const { clientOrderId, venueOrderId } of world.arrivals) {
    const told = ledger.byClientOrderId(clientOrderId)?.outcomes[0]?.venueOrderId;
    demand(
      told === venueOrderId,
      `${clientOrderId} is ${venueOrderId} at the exchange, ${told} in the journal`,
    );
  }
  for (const { id, state, clientOrderIds } of ledger.orders()) {
    demand(!['proposed', 'releasing', 'sent'].includes(state), `${id} is left ${state} after a restart`);
    const isTaken = clientOrderIds.some((one) => taken.has(one));
    demand(
      isTaken === (state === 'acknowledged'),
      `${id} is ${state} in the journal; taken at the exchange: ${isTaken}`,
    );
  }
}

/** The journal folded as a start does it; each release must find its order approved, and each event must follow from those before. */
function fold(world: KillWorld) {
  const activity = new Activity();
  const ledger = new Ledger((event, entry, atMs) => activity.apply(event, entry, atMs));
  /** Order ids by the digest of the bytes that were let out. */
  const released = new Map<string, string>();
  const approved = new Set<string>();
  for (const { event, atMs } of world.journal()) {
    if (event.type === 'order.releasing') {
      demand(
        ledger.order(event.order)?.state === 'approved',
        `${event.order} is released without a decision`,
      );
      released.set(event.digest, event.order);
    }
    if (event.type === 'order.approved') approved.add(event.order);
    ledger.apply(event as OrderEvent, atMs);
  }
  return { ledger, activity, released, approved };
}

function takenBy({ arrivals }: KillWorld): Set<string> {
  return new Set(arrivals.filter(({ isTaken }) => isTaken).map(({ clientOrderId }) => clientOrderId));
}

function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
