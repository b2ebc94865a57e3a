import { expect, test } from 'vitest';
import { orderLines } from '../../../src/cli/order-lines.js';
import { createStyle } from '../../../src/cli/style.js';
import { heldOrder } from '../../support/held-order.js';

const plain = createStyle(false);

test('an order stands there with all that a human decides by', () => {
  const view = { ...heldOrder('k3m7p2q'), notional: '50', currency: 'EUR' };
  const intents = view.intents.map((intent) => ({ ...intent, venueAccount: 'DU1234567' }));
  const reasons = [{ code: 'APPROVAL_REQUIRED', message: 'm', rule: 'r' }];
  expect(orderLines('desk', { ...view, intents, reasons }, plain)).toEqual([
    'LIVE BUY A\\u{1b}[2J in DU1234567',
    'order        k3m7p2q (held)',
    `fingerprint  ${'f'.repeat(64)}`,
    'box          desk, account main, trade/order',
    'worth        50 EUR',
    'age          1 s',
    'expires in   59 s',
    'approvals    0 of 1 ',
    'rule         APPROVAL_REQUIRED: m',
  ]);
});

test('what an agent says can be taken for no row of ours, however a terminal breaks it', () => {
  const rationale = `${'x'.repeat(67)}${' '.repeat(13)}worth        5 USDT`;
  const explanation = { rationale, maxLoss: `1 USDT${' '.repeat(60)}worth 5`, sources: [] };
  const lines = orderLines('desk', { ...heldOrder('a'), explanation }, plain);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines.filter((line) => line.startsWith('worth'))).toEqual(['worth        not known']);
  expect(lines.filter((line) => line.includes('worth 5 USDT'))).toEqual([expect.stringMatching(/^ {13}\| /)]);
  expect(lines).toContain('its max loss 1 USDT worth 5');
});
