// A sidecar's program for tests that kill it: settings and routes come in as one line, then each line is what a person does. Built with
// named await points, it can be told to die at one of them.
import { systemClock } from '../../src/core/clock.js';
import type { Settings } from '../../src/sidecar/settings.js';
import { type Sidecar, startSidecar } from '../../src/sidecar/start.js';
import type { UpstreamRoute } from '../../src/sidecar/upstream.js';
import { obeyLines } from './line-program.js';

/** What a person does, or the moment at which the program dies. */
export type Word = 'approve' | 'reject' | 'kill' | 'flatten' | 'resume' | { dieAt: string };

let sidecar: Sidecar | undefined;
let dieAt = '';

function pass(moment: string): void {
  if (moment === dieAt) process.kill(process.pid, 'SIGKILL');
}

/** Called around all that is waited for: it is passed once where the waiting begins and once where it ends. */
function awaited(name: string, value: unknown): unknown {
  pass(`${name} | begins`);
  const over = (): void => pass(`${name} | is over`);
  if (isIterable(value)) return passOver(value, over);
  if (typeof (value as PromiseLike<unknown> | undefined)?.then !== 'function') return value;
  return Promise.resolve(value).finally(over);
}

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

async function* passOver(values: AsyncIterable<unknown>, over: () => void): AsyncGenerator {
  yield* values;
  over();
}
Object.assign(globalThis, { awaited });

/** Starts with the first line; every later one is a word. Each is answered by one line of JSON. */
obeyLines(async (words) => {
  if (sidecar === undefined) {
    const { settings, routes } = words as { settings: Settings; routes: UpstreamRoute[] };
    sidecar = await startSidecar(settings, { clock: systemClock, routes });
    return sidecar.caPem;
  }
  return obey(sidecar.state.orders, words as Word);
});

async function obey(orders: Sidecar['state']['orders'], word: Word): Promise<unknown> {
  if (typeof word === 'object') {
    dieAt = word.dieAt;
    return true;
  }
  if (word === 'kill' || word === 'flatten') return orders.kill({ flatten: word === 'flatten', by: 'ann' });
  if (word === 'resume') return orders.resume('ann', orders.list(0).accounts);
  let decided = 0;
  for (const { order, fingerprint, state } of orders.list(1_000).orders) {
    if (state !== 'held') continue;
    // One may be decided or expired since it was listed.
    try {
      if (word === 'approve') await orders.approve(order, fingerprint.slice(0, 8), 'ann');
      else orders.reject(order, 'ann', 'no');
      decided += 1;
    } catch {}
  }
  return decided;
}
