// The sidecar's program for the orders' bench: settings and routes come in as the first line, each later line is what a person does.
import { systemClock } from '../../src/core/clock.js';
import type { Settings } from '../../src/sidecar/settings.js';
import { type Sidecar, startSidecar } from '../../src/sidecar/start.js';
import type { UpstreamRoute } from '../../src/sidecar/upstream.js';
import { obeyLines } from '../support/line-program.js';

export interface FirstLine {
  settings: Settings;
  routes: readonly UpstreamRoute[];
}

/** `approve` answers with the monotonic nanoseconds at which it was told to, as text: all processes of a machine share that clock. */
export type Command = { op: 'approve' } | { op: 'kill' } | { op: 'cpu' };

let sidecar: Sidecar | undefined;

obeyLines(async (words) => {
  if (sidecar === undefined) {
    const { settings, routes } = words as FirstLine;
    sidecar = await startSidecar(settings, { clock: systemClock, routes });
    return sidecar.caPem;
  }
  const { orders } = sidecar.state;
  const { op } = words as Command;
  if (op === 'kill') return orders.kill({ flatten: false, by: 'ann' });
  if (op === 'cpu') return process.cpuUsage();
  const held = orders.list(1_000).orders.find(({ state }) => state === 'held');
  if (held === undefined) return null;
  const at = process.hrtime.bigint();
  await orders.approve(held.order, held.fingerprint.slice(0, 8), 'ann');
  return String(at);
});
