// Open positions by what they settle in: coins of inverse contracts are not counted with dollars.
import { expect, test } from 'vitest';
import { decimal, formatDecimal } from '../../../src/core/decimal.js';
import { Engine } from '../../../src/paper/engine/engine.js';
import { openMargin, openPositions, openProfit } from '../../../src/paper/open-positions.js';

const swaps = { 'BTC-USDT-SWAP': '1', 'BTC-USD-SWAP': '50', 'BTC-USD1-SWAP': '5000', 'ETH-USDT-SWAP': '1' };

test('margin and profit are those of one currency, and all that is held is somebody’s margin', () => {
  const engine = new Engine({ seed: 'open', accounts: ['a'] });
  engine.advance(1_795_000_000_000);
  const account = engine.account('a');
  for (const [symbol, size] of Object.entries(swaps)) {
    const quantity = { value: decimal(size), unit: 'size' } as const;
    const order = { symbol, side: 'buy', timeInForce: 'ioc', quantity, reduceOnly: false, memo: {} } as const;
    expect(engine.place('a', order).ok).toBe(true);
  }
  expect(openPositions(account)).toHaveLength(4);
  expect(openPositions(account, 'BTC').map(({ instrument }) => instrument.symbol)).toEqual([
    'BTC-USD-SWAP',
    'BTC-USD1-SWAP',
  ]);
  for (const settle of ['BTC', 'USDT'])
    expect(formatDecimal(openMargin(account, settle))).toBe(formatDecimal(account.ledger.held(settle)));
  expect(formatDecimal(openMargin(account, 'ETH'))).toBe('0');
  // A buyer has paid the spread.
  for (const settle of ['BTC', 'USDT'])
    expect(openProfit({ engine, account }, settle).lt(decimal('0'))).toBe(true);
});
