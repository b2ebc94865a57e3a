// Stage 7: an order leaves under a fresh stamp, so one that was signed long ago, or by a clock that is wrong, must not (C2, D8).
import { type Denial, denial, type Stage } from '../stage.js';

/** The widest window that a venue lets a client ask for: Binance's recvWindow, milliseconds. */
const maxOffMs = 60_000;

export const freshness: Stage = {
  name: 'freshness',
  run({ venue, request, classification }, { clock }): Denial | undefined {
    if (venue === undefined || request === undefined) return undefined;
    // A cancel must never depend on a clock, and a read moves nothing.
    if (classification?.class !== 'order' && classification?.class !== 'amend') return undefined;
    const signedMs = venue.signedAtMs?.(request);
    const offMs = signedMs === undefined ? 0 : signedMs - clock.nowMs();
    if (Math.abs(offMs) <= maxOffMs) return undefined;
    const message = `the order was signed ${secondsOf(offMs)} this sandbox's time`;
    return {
      ...denial('CLOCK_SKEWED', message, `${venue.id}: authentication`),
      agentMessage: `The order was signed ${secondsOf(offMs)} this sandbox's time, and was not sent: set the clock of your client.`,
    };
  },
};

function secondsOf(offMs: number): string {
  return `${Math.round(Math.abs(offMs) / 1000)} seconds ${offMs < 0 ? 'before' : 'after'}`;
}
