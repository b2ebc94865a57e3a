import { expect, test } from 'vitest';
import { decimal } from '../../../../src/core/decimal.js';
import { closeAt } from '../../../../src/venues/hyperliquid/closing.js';
import { formatStrictJson, parseStrictJson } from '../../../../src/venues/json-strict.js';

function close(markPx: string, szDecimals: number, quantity: string) {
  const answer = [{ universe: [{ name: 'X', szDecimals }] }, [{ markPx }]];
  const parsed = parseStrictJson(Buffer.from(JSON.stringify(answer)));
  if (!parsed.ok) throw new Error(parsed.message);
  const order = closeAt(parsed.value, { instrument: 'X', quantity: decimal(quantity) });
  return order && (JSON.parse(formatStrictJson(order)) as { orders: { p: string; s: string; b: boolean }[] });
}

test('the worst price keeps five digits and the decimals that the size leaves', () => {
  expect(close('92345.6', 5, '1')?.orders[0]).toMatchObject({ b: false, p: '87728', s: '1' });
  expect(close('123456.7', 5, '-1')?.orders[0]).toMatchObject({ b: true, p: '129630' });
  expect(close('0.16123', 0, '-10')?.orders[0]?.p).toBe('0.16929');
  expect(close('0.00012345', 0, '-10')?.orders[0]?.p).toBe('0.00013');
  expect(close('2.2345', 4, '7')?.orders[0]?.p).toBe('2.12');
});

test('what is not priced is not closed', () => {
  expect(closeAt(undefined, { instrument: 'X', quantity: decimal('1') })).toBeUndefined();
  expect(closeAt([], { instrument: 'X', quantity: decimal('1') })).toBeUndefined();
  expect(close('0', 2, '1')).toBeUndefined();
});
