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
    'its max loss not stated',
    'age          1 s',
    'expires in   59 s',
    'approvals    0 of 1 ',
    'rule         APPROVAL_REQUIRED: m',
  ]);
});

test('what else the request asks for stands with the order, and can be taken for no row of ours', () => {
  const view = heldOrder('a');
  const terms = { tdMode: 'cross', tag: `x${' '.repeat(30)}worth        5 USDT` };
  const intents = view.intents.map((intent) => ({ ...intent, terms }));
  const [first] = orderLines('desk', { ...view, intents }, plain);
  expect(first).toBe('LIVE BUY A\\u{1b}[2J (tdMode cross, tag x worth 5 USDT)');
});

test('nobody asks what a cancel can lose', () => {
  const view = heldOrder('a');
  const intents = view.intents.map((intent) => ({ ...intent, action: 'cancel' as const }));
  expect(orderLines('desk', { ...view, intents }, plain)).not.toContain('its max loss not stated');
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

test('effect and margins stand there in the currency of the worth, and a client is what it calls itself', () => {
  const margin = { name: 'n', unit: 'money', value: '1', limit: '9', left: '8' };
  const assessment = {
    effects: [{ instrument: 'A', unit: 'base', fee: { amount: '2', bps: '3', fills: 1 } }],
    rules: [{ rule: 'r', margins: [margin, { ...margin, left: '7' }] }],
  };
  const client = `okx\u001b[2J\u202e${' '.repeat(90)}worth   9${'x'.repeat(90)}`;
  const view = { ...heldOrder('a'), currency: 'EUR', assessment, client };
  const lines = orderLines('desk', view, plain);
  expect(lines).toContain('fee          3 bps, about 2 EUR (the dearest of its last 1 fills)');
  expect(lines).toContain('limit        r: n 1, at most 9 EUR, 8 left');
  const [named] = lines.filter((line) => line.startsWith('client'));
  expect(named).toMatch(
    /^client {7}okx\\u\{1b\}\[2J\\u\{202e\} worth 9x+… \(\d+ more characters\) \(as it calls itself\)$/,
  );
  expect(orderLines('desk', view, plain, 1).filter((line) => line.startsWith('limit'))).toHaveLength(1);
});

test('the id that its client gave an order stands with it, as neutral text', () => {
  const view = heldOrder('a');
  const intents = view.intents.map((intent) => ({ ...intent, clientOrderId: 'mine-7\u001b[2J' }));
  expect(orderLines('desk', { ...view, intents }, plain)).toContain('client id    mine-7\\u{1b}[2J');
});
