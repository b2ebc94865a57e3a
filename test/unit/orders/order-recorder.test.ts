// What happens to an order is in the journal before the ledger knows it, and what cannot happen is in neither.
import { expect, test } from 'vitest';
import type { JournalEvent } from '../../../src/audit/events.js';
import type { OrderEvent } from '../../../src/audit/order-events.js';
import { fixedClock } from '../../../src/core/clock.js';
import { Ledger } from '../../../src/orders/ledger.js';
import { OrderRecorder } from '../../../src/orders/order-recorder.js';

const proposed: OrderEvent = {
  type: 'order.proposed',
  order: 'a',
  request: 'r',
  operation: 'o',
  fingerprint: 'f',
  intents: [],
};
const sent: OrderEvent = { type: 'order.sent', order: 'a' };

function world() {
  const ledger = new Ledger();
  const lines: string[] = [];
  const writer = (how: string) => (event: JournalEvent) => {
    if (lines.includes('failed')) throw new Error('the disk is full');
    return lines.push(`${how} ${event.type}, then ${ledger.order('a')?.state}`);
  };
  const journal = { append: writer('append'), note: writer('note'), durable: async () => {} };
  return { ledger, lines, recorder: new OrderRecorder({ ledger, journal, clock: fixedClock(7) }) };
}

test.each(['record', 'note'] as const)('%s writes first, at its own pace', (how) => {
  const { ledger, lines, recorder } = world();
  expect(recorder[how](proposed)).toBe(1);
  expect(lines).toEqual([`${how === 'record' ? 'append' : 'note'} order.proposed, then undefined`]);
  expect(ledger.order('a')).toMatchObject({ state: 'proposed', proposedMs: 7 });
});

test.each(['record', 'note'] as const)('%s takes nothing that cannot happen or cannot be written', (how) => {
  const { ledger, lines, recorder } = world();
  expect(() => recorder[how](sent)).toThrow('cannot happen now');
  expect(lines).toEqual([]);
  lines.push('failed');
  expect(() => recorder[how](proposed)).toThrow('the disk is full');
  expect(ledger.orders()).toEqual([]);
});
