// A sidecar that is killed at each await point of the order path, by its name, in the middle of a day on which every part of it is used.
import type { Asked, KillWorld } from '../support/kill-world.js';

const spot = { instId: 'BTC-USDT', tdMode: 'cash', side: 'buy', ordType: 'limit', sz: '0.0001' };
const swap = { instId: 'BTC-USDT-SWAP', tdMode: 'cross', side: 'buy', ordType: 'market' };

/** Lives one day and is killed at that moment of it, the begin or the end of an await. True when it came so far. */
export async function dieOn(world: KillWorld, day: number, moment: string): Promise<boolean> {
  const life = await world.live('demo', moment);
  world.fates = ['error-after'];
  // The same order again would be refused while the first is not known.
  const nameOf = (id: string): string => `day${day}${id}`;
  const placed = (id: string, more: object = {}) => ({
    ...spot,
    px: String(100 + day),
    clOrdId: nameOf(id),
    ...more,
  });
  const turned = (id: string) => ({ ...swap, sz: String((10 + day) / 100), clOrdId: nameOf(id) });
  const asked: Asked[] = [
    { path: 'order', body: placed('a') },
    { path: 'order', body: placed('b'), overSocket: true },
    { path: 'batch-orders', body: [placed('c'), placed('d'), placed('e'), placed('f')] },
    { path: 'order', body: turned('g') },
    { path: 'order', body: turned('h'), overSocket: true },
    // Waits for a person.
    { path: 'order', body: placed('i', { sz: '0.01' }) },
  ];
  const later: Asked[] = [
    { path: 'amend-order', body: { instId: 'BTC-USDT', clOrdId: nameOf('b'), newPx: '99' } },
    // Refused.
    { path: 'order', body: placed('a') },
    { path: 'cancel-order', body: { instId: 'BTC-USDT', clOrdId: nameOf('c') } },
  ];
  const live = async (): Promise<void> => {
    // The day before ended with a halt.
    await life.tell('resume');
    const answers = await life.ask(asked);
    for (let tries = 0; tries < 40 && (await life.tell('approve')) === 0; tries += 1) await pause(10);
    await Promise.all(answers);
    await Promise.all(await life.ask(later));
    // What was lost is asked for after 300 ms.
    await pause(450);
    await life.tell('flatten');
  };
  const living = live().catch(() => undefined);
  const died = await Promise.race([life.die({ at: moment, withinMs: 12_000 }), living.then(() => false)]);
  if (!died) await life.die({ afterMicros: 0 });
  return died;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
