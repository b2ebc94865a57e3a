import { expect, test } from 'vitest';
import { rateLimit } from '../../../../src/sidecar/stages/rate-limit.js';
import { makeWorld, onOkx, placeOrder, signed } from '../../../support/pipeline-world.js';

const limited = (waitMs: number) =>
  makeWorld({
    mode: 'demo',
    rateLimits: { waitMs: () => waitMs, note: () => {}, overhear: () => undefined },
  });

test('what reads and what trades waits; cancels never do', () => {
  const world = limited(1_500);
  const read = signed('GET', '/api/v5/account/balance');
  for (const bytes of [read, placeOrder])
    expect(onOkx(world, bytes).denied).toMatchObject({
      status: 429,
      code: 'VENUE_LIMITED',
      rule: 'okx: rate limit',
      retryMs: 1_500,
    });
  const cancel = signed('POST', '/api/v5/trade/cancel-order', '{"instId":"BTC-USDT","ordId":"1"}');
  expect(onOkx(world, cancel).denied).toBeUndefined();
  expect(onOkx(limited(0), placeOrder).denied).toBeUndefined();
});

test('an order that waited for its yes is looked at again', () => {
  const { exchange } = onOkx(limited(0), placeOrder);
  expect(rateLimit.run(exchange, limited(1))?.code).toBe('VENUE_LIMITED');
});
