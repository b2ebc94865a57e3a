import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { turn } from '../../../src/sidecar/turn.js';

const done: string[] = [];
const note = (what: string) => () => {
  done.push(what);
};

afterEach(() => {
  done.length = 0;
});

test('all that came in is read before anything is sent, each in the order given', async () => {
  turn.send(note('send 1'));
  turn.read(note('read 1'));
  turn.send(note('send 2'));
  turn.read(note('read 2'));
  expect(done).toEqual([]);
  await nextTurn();
  expect(done).toEqual(['read 1', 'read 2', 'send 1', 'send 2']);
});

test('what nobody waits for comes last, also when it was asked for first', async () => {
  turn.rest(note('rest'));
  turn.read(() => {
    turn.rest(note('rest of the read'));
    turn.send(note('answer'));
  });
  await nextTurn();
  expect(done).toEqual(['answer', 'rest', 'rest of the read']);
  turn.rest(() => turn.rest(note('later')));
  await nextTurn();
  expect(done).not.toContain('later');
  await nextTurn();
  expect(done).toContain('later');
});

test('what a read wants sent leaves in the same turn; new reads wait for the next', async () => {
  turn.read(() => {
    turn.send(note('answer'));
    turn.read(note('later'));
  });
  await nextTurn();
  expect(done).toEqual(['answer']);
  await nextTurn();
  expect(done).toEqual(['answer', 'later']);
});

test('a fault reaches the process and costs no other connection its turn', async () => {
  const faults: unknown[] = [];
  const before = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.once('uncaughtException', (error) => faults.push(error));
  try {
    turn.read(() => {
      throw new Error('one connection');
    });
    turn.read(note('another'));
    await nextTurn();
    await nextTurn();
  } finally {
    for (const listener of before) process.on('uncaughtException', listener);
  }
  expect(done).toEqual(['another']);
  expect(faults).toMatchObject([{ message: 'one connection' }]);
});
