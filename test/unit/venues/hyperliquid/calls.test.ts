import { expect, test } from 'vitest';
import { exchange, info } from '../../../../src/venues/hyperliquid/calls.js';
import { hyperliquid } from '../../../../src/venues/hyperliquid/hyperliquid.js';

test('a question about an account needs the account, an action needs its key, each at its environment’s host', () => {
  const [live, demo] = [{ environment: 'live' }, { environment: 'demo' }] as const;
  expect(info(live, { type: 'meta' })).toMatchObject({
    isPublic: true,
    request: { host: 'api.hyperliquid.xyz' },
  });
  const own = info(demo, { type: 'openOrders', user: 'account' });
  expect(own).toMatchObject({
    isPublic: false,
    request: { host: 'api.hyperliquid-testnet.xyz', path: '/info' },
  });
  expect(hyperliquid.classify(own.request)).toMatchObject({ class: 'read', isPublic: false });
  const action = exchange(live, { type: 'order' }, new Map([['grouping', 'na']]));
  expect(JSON.parse(String(action.request.body))).toMatchObject({
    action: { type: 'order', grouping: 'na' },
  });
  expect(hyperliquid.classify(action.request)).toMatchObject({ class: 'order', isPublic: false });
});
