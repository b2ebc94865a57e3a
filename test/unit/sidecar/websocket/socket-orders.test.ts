// Each order that left hears its own answer once, or that none came.
import { expect, test } from 'vitest';
import type { OrderRelease } from '../../../../src/sidecar/stage.js';
import { orderAnswerMs, SocketOrders } from '../../../../src/sidecar/websocket/socket-orders.js';

function sent(orders: SocketOrders, id: string): string[] {
  const told: string[] = [];
  const release = {
    heard: (chunk: Buffer) => told.push(`heard ${chunk.toString().split('\r\n\r\n')[1]}`),
    closed: (clean: boolean) => told.push(`closed ${clean}`),
    ended: (problem: string | undefined) => told.push(`ended ${problem}`),
  } as unknown as OrderRelease;
  const signed = { method: '', path: '', query: '', headers: [], body: Buffer.alloc(0) };
  orders.add(
    {
      release,
      signed,
      answerIn: (text) => (text === id ? { status: 200, body: Buffer.from(`${id}!`) } : undefined),
    },
    0,
  );
  return told;
}

test('an answer goes to its order, once; the rest learn that the connection ended', () => {
  const orders = new SocketOrders();
  const [one, two] = [sent(orders, 'a'), sent(orders, 'b')];
  orders.heard(Buffer.from('tick'));
  orders.heard(Buffer.from('b'));
  orders.heard(Buffer.from('b'));
  orders.end('UPSTREAM_RESET');
  expect(two).toEqual(['heard b!', 'ended undefined']);
  expect(one).toEqual(['closed false', 'ended UPSTREAM_RESET']);
});

test('an answer that does not come in time is lost', () => {
  const orders = new SocketOrders();
  const told = sent(orders, 'a');
  orders.checkDeadline(orderAnswerMs);
  expect(told).toEqual([]);
  orders.checkDeadline(orderAnswerMs + 1);
  orders.heard(Buffer.from('a'));
  expect(told).toEqual(['ended UPSTREAM_TIMEOUT']);
});
