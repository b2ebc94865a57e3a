// Signatures carry timestamps: host, sidecar and agent must agree about the time.
import { type Check, fail, pass } from '../check.js';

/** Bybit and Binance reject what is 5 s old (their recvWindow default); half of it is where to worry. */
const toleranceMs = 2_500;

export const clockCheck: Check = {
  id: 'clock',
  proves: 'host, sidecar and agent agree about the time',
  invariants: ['S5'],
  async run({ box, nowMs }) {
    const beforeMs = nowMs();
    const status = await box.status();
    const betweenMs = nowMs();
    const [seen] = await box.probe([{ do: 'self', id: 'self' }]);
    const afterMs = nowMs();
    if (seen?.do !== 'self') return fail('the probe did not answer', 'Run `tradebox diagnose` again.');
    const sidecarSkewMs = distanceMs(status.nowMs, beforeMs, betweenMs);
    const agentSkewMs = distanceMs(seen.nowMs, betweenMs, afterMs);
    const observed = `sidecar off by ${sidecarSkewMs} ms, agent by ${agentSkewMs} ms at most`;
    return Math.max(sidecarSkewMs, agentSkewMs) <= toleranceMs
      ? pass(observed)
      : fail(observed, 'Synchronise the clock of the machine or VM the engine runs on.');
  },
};

/** How far an instant lies outside the interval in which it was read. */
export function distanceMs(instantMs: number, fromMs: number, toMs: number): number {
  return Math.round(Math.max(0, fromMs - instantMs, instantMs - toMs));
}
