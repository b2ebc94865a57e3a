// The table of channels: which socket has which, and what no socket has.
import { expect, test } from 'vitest';
import { channels } from '../../../../src/venues/okx/channels.js';

test('private channels stand on the private socket only, and no socket tells of deposits or withdrawals', () => {
  for (const name of ['account', 'positions', 'orders', 'balance_and_position']) {
    expect(channels.private.has(name), name).toBe(true);
    expect(channels.public.has(name) || channels.business.has(name), name).toBe(false);
  }
  for (const table of Object.values(channels))
    for (const name of table) expect(name).not.toMatch(/deposit|withdraw/);
});

test('every bar has its candle channel on the business socket', () => {
  for (const name of ['candle1m', 'candle1Dutc', 'mark-price-candle1H', 'index-candle1W'])
    expect(channels.business.has(name), name).toBe(true);
});
