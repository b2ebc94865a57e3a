import { EventEmitter } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createInterrupts } from '../../../src/cli/interrupts.js';

function setUp() {
  const process = new EventEmitter();
  const codes: number[] = [];
  return { process, codes, interrupts: createInterrupts(process, (code) => codes.push(code)) };
}

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])('%s ends with %i after the cleanups, latest first', async (signal, code) => {
  const { process, codes, interrupts } = setUp();
  const order: string[] = [];
  interrupts.onEnd(async () => {
    order.push('first');
  });
  interrupts.onEnd(async () => {
    order.push('second');
    throw new Error('a cleanup that fails');
  });
  const remove = interrupts.onEnd(async () => {
    order.push('removed');
  });
  remove();
  process.emit(signal);
  expect(interrupts.signal.aborted).toBe(true);
  await setImmediate();
  expect(order).toEqual(['second', 'first']);
  expect(codes).toEqual([code]);
});

test('what is made while the program ends is cleaned up too', async () => {
  const { process, codes, interrupts } = setUp();
  const order: string[] = [];
  interrupts.onEnd(async () => {
    order.push('making');
    interrupts.onEnd(async () => {
      order.push('made');
    });
  });
  process.emit('SIGINT');
  await setImmediate();
  expect(order).toEqual(['making', 'made']);
  expect(codes).toEqual([130]);
});

test('a second signal ends at once, whatever a cleanup does', () => {
  const { process, codes, interrupts } = setUp();
  interrupts.onEnd(() => new Promise(() => {}));
  process.emit('SIGINT');
  expect(codes).toEqual([]);
  process.emit('SIGINT');
  expect(codes).toEqual([130]);
});

test('a command that takes over gets the signals until it releases them', async () => {
  const { process, codes, interrupts } = setUp();
  const got: string[] = [];
  const release = interrupts.takeOver((signal) => got.push(signal));
  process.emit('SIGINT');
  process.emit('SIGINT');
  expect(got).toEqual(['SIGINT', 'SIGINT']);
  expect(interrupts.signal.aborted).toBe(false);
  release();
  process.emit('SIGTERM');
  await setImmediate();
  expect(codes).toEqual([143]);
});

test('close stops listening', () => {
  const { process, interrupts } = setUp();
  interrupts.close();
  expect(process.listenerCount('SIGINT')).toBe(0);
});
