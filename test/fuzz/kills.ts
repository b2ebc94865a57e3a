// Fuzz of the order boundary's proof: a sidecar in a process of its own is killed with SIGKILL while orders, amendments, cancels and
// batches pass, people decide and the exchange fails, and is started again.
import fc from 'fast-check';
import { awaitPoints } from '../support/await-points.js';
import { type Asked, type End, type Fate, type KillWorld, startKillWorld } from '../support/kill-world.js';
import type { Word } from '../support/killed-sidecar.js';
import type { Fuzz } from './fuzz.js';
import { foldJournal, holdTrue, takenBy } from './kill-proof.js';

/** What the agent does; `pick` names an earlier order. */
export interface Act {
  do: 'small' | 'large' | 'batch' | 'again' | 'edit' | 'amend' | 'cancel';
  pick: number;
  overSocket: boolean;
}

/** One life of the sidecar: what the agent does at once, what people do meanwhile, and how it ends. */
export interface Chapter {
  acts: readonly Act[];
  words: readonly { word: Exclude<Word, object | 'flatten'>; afterMs: number }[];
  fates: readonly Fate[];
  end: End;
}

const fate = fc.constantFrom<Fate>(
  'served',
  'served',
  'error-after',
  'cut-before',
  'cut-after',
  'silent-after',
  'kill-before',
  'kill-after',
  'ack-twice',
  'ack-of-another',
  'garbage',
  'partial-fill',
);
const act: fc.Arbitrary<Act> = fc.record({
  do: fc.constantFrom('small', 'small', 'large', 'batch', 'again', 'edit', 'amend', 'cancel'),
  pick: fc.nat(20),
  overSocket: fc.boolean(),
});
const word = fc.record({
  word: fc.constantFrom(
    'approve' as const,
    'approve' as const,
    'reject' as const,
    'kill' as const,
    'resume' as const,
  ),
  afterMs: fc.integer({ min: 0, max: 40 }),
});
const chapter: fc.Arbitrary<Chapter> = fc.record({
  acts: fc.array(act, { minLength: 1, maxLength: 8 }),
  words: fc.array(word, { maxLength: 3 }),
  fates: fc.array(fate, { maxLength: 4 }),
  end: fc.oneof(
    fc.record({ afterMicros: fc.integer({ min: 0, max: 250_000 }) }),
    fc.record({ afterRecords: fc.integer({ min: 1, max: 40 }) }),
    fc.record({
      at: fc
        .tuple(fc.constantFrom(...awaitPoints()), fc.constantFrom('begins', 'is over'))
        .map(([name, side]) => `${name} | ${side}`),
    }),
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

/** `placed`: ids of orders, to which those of this life are added. */
export async function liveThrough(
  world: KillWorld,
  mode: 'demo' | 'propose',
  { acts, words, fates, end }: Chapter,
  placed: string[],
): Promise<void> {
  const life = await world.live(mode, 'at' in end ? end.at : undefined);
  world.fates = [...fates];
  const answers = await life.ask(acts.map((one) => asked(one, placed)));
  const people = words.map(({ word: said, afterMs }) => pause(afterMs).then(() => life.tell(said)));
  await life.die(end);
  await Promise.all([...answers, ...people]);
}

const order = (clOrdId: string, more: object = {}) => ({
  instId: 'BTC-USDT',
  tdMode: 'cash',
  side: 'buy',
  ordType: 'limit',
  sz: '0.0001',
  px: '100',
  clOrdId,
  ...more,
});

function asked({ do: what, pick, overSocket }: Act, placed: string[]): Asked {
  const fresh = (): string => {
    const id = `mine${placed.length}`;
    placed.push(id);
    return id;
  };
  const earlier = placed[pick % Math.max(placed.length, 1)] ?? fresh();
  const of = { instId: 'BTC-USDT', clOrdId: earlier };
  switch (what) {
    case 'small':
      return { path: 'order', body: order(fresh()), overSocket };
    case 'large':
      return { path: 'order', body: order(fresh(), { sz: '0.01' }), overSocket };
    case 'batch':
      return { path: 'batch-orders', body: [order(fresh()), order(fresh()), order(fresh())], overSocket };
    case 'again':
      return { path: 'order', body: order(earlier), overSocket };
    case 'edit':
      return { path: 'order', body: order(earlier, { px: '101' }), overSocket };
    case 'amend':
      return { path: 'amend-order', body: { ...of, newPx: String(102 + pick) }, overSocket };
    case 'cancel':
      return { path: 'cancel-order', body: of, overSocket };
  }
}

/** The last life, without a fault: what the exchange took must be found there. It is killed as well. */
export async function settle(world: KillWorld, mode: 'demo' | 'propose'): Promise<void> {
  world.fates = [];
  const life = await world.live(mode);
  const deadline = Date.now() + 6_000;
  while (Date.now() < deadline) {
    const { ledger } = foldJournal(world, mode);
    const isKnown = [...takenBy(world).keys()].every((id) =>
      ['acknowledged', 'reconciled'].includes(String(ledger.byClientOrderId(id)?.state)),
    );
    if (isKnown) break;
    await pause(50);
  }
  await life.die({ afterMicros: 0 });
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
