import { expect, test } from 'vitest';
import { FloodMeter } from '../../../../src/sidecar/http2/flood.js';

test('one too many within a window is a flood; each kind has its own count, and a new window begins at zero', () => {
  const meter = new FloodMeter({ windowMs: 10, resets: 2, pings: 1, settings: 1 });
  expect([meter.isFlood('resets', 0), meter.isFlood('resets', 1), meter.isFlood('pings', 2)]).toEqual([
    false,
    false,
    false,
  ]);
  expect([meter.isFlood('resets', 9), meter.isFlood('pings', 9)]).toEqual([true, true]);
  expect([meter.isFlood('resets', 10), meter.isFlood('pings', 10)]).toEqual([false, false]);
});
