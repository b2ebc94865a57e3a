// A sidecar's program for tests that kill it: settings and routes come in as one line, then each line is what a person does.
import { systemClock } from '../../src/core/clock.js';
import type { Settings } from '../../src/sidecar/settings.js';
import { type Sidecar, startSidecar } from '../../src/sidecar/start.js';
import type { UpstreamRoute } from '../../src/sidecar/upstream.js';
import { obeyLines } from './line-program.js';

let sidecar: Sidecar | undefined;

/** Starts with the first line; every later one approves what is held. Each is answered by one line of JSON. */
obeyLines(async (words) => {
  if (sidecar === undefined) {
    const { settings, routes } = words as { settings: Settings; routes: UpstreamRoute[] };
    sidecar = await startSidecar(settings, { clock: systemClock, routes });
    return sidecar.caPem;
  }
  const { orders } = sidecar.state;
  let approved = 0;
  for (const { order, fingerprint, state } of orders.list(1_000).orders) {
    if (state !== 'held') continue;
    // One may be decided or expired since it was listed.
    await orders.approve(order, fingerprint.slice(0, 8), 'ann').then(
      () => {
        approved += 1;
      },
      () => undefined,
    );
  }
  return approved;
});
