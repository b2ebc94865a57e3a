import { expect, test } from 'vitest';
import { SessionPool } from '../../../../src/sidecar/http2/session-pool.js';
import type { UpstreamSession } from '../../../../src/sidecar/http2/upstream-session.js';

/** A stand-in for a connection with room for some streams. */
function fakeSession(name: string, room: number, onGone: (session: UpstreamSession) => void) {
  const session = {
    name,
    room,
    isOver: false,
    answer: true as true | Promise<boolean>,
    get isUsable() {
      return !session.isOver && session.room > 0;
    },
    answers: () => session.answer,
    open: () => {
      session.room -= 1;
      return name;
    },
    retire: () => {
      session.room = 0;
    },
    end: () => {
      session.isOver = true;
      onGone(session as unknown as UpstreamSession);
    },
  };
  return session;
}

function setUp() {
  const made: ReturnType<typeof fakeSession>[] = [];
  const asked: boolean[] = [];
  const control = { fails: false, protocol: 'h2', room: 100 };
  const pool = new SessionPool(async (host, _port, isRequired, onGone) => {
    asked.push(isRequired);
    await Promise.resolve();
    if (control.fails) throw new Error('down');
    if (control.protocol !== 'h2') {
      if (isRequired) throw new Error('no HTTP/2');
      return undefined;
    }
    const session = fakeSession(`${host} ${made.length}`, control.room, onGone);
    made.push(session);
    return session as unknown as UpstreamSession;
  });
  return { made, asked, control, pool, stream: (host = 'a') => pool.stream(host, 1, false) };
}

test('requests share one connection to an origin, also while it is being made', async () => {
  const { made, stream } = setUp();
  expect(await Promise.all([stream(), stream(), stream('b')])).toEqual(['a 0', 'a 0', 'b 1']);
  expect(await stream()).toBe('a 0');
  expect(made).toHaveLength(2);
});

test('an ended connection is followed by a new one; a failure is not remembered', async () => {
  const { made, control, stream } = setUp();
  await stream();
  made[0]?.end();
  expect(await stream()).toBe('a 1');
  made[1]?.end();
  control.fails = true;
  await expect(stream()).rejects.toThrow('down');
  control.fails = false;
  expect(await stream()).toBe('a 2');
});

test('one that is full is used again when it has room, before another is made', async () => {
  const { made, control, stream } = setUp();
  control.room = 2;
  expect(await Promise.all([stream(), stream(), stream()])).toEqual(['a 0', 'a 0', 'a 1']);
  Object.assign(made[0] ?? {}, { room: 1 });
  Object.assign(made[1] ?? {}, { room: 0 });
  expect(await stream()).toBe('a 0');
  expect(made).toHaveLength(2);
});

test('an upstream that allows no stream gets one from whoever made the connection', async () => {
  const { made, control, stream } = setUp();
  control.room = 0;
  expect(await Promise.all([stream(), stream(), stream()])).toEqual(['a 0', 'a 1', 'a 2']);
  expect(made).toHaveLength(3);
});

test('one that no longer answers, or is filled while it is asked, gets no further request', async () => {
  const { made, stream } = setUp();
  await stream();
  const [first] = made;
  if (first === undefined) throw new Error('no connection');
  first.answer = Promise.resolve().then(() => {
    first.retire();
    return false;
  });
  expect(await stream()).toBe('a 1');
  const [, second] = made;
  if (second === undefined) throw new Error('no connection');
  second.room = 1;
  second.answer = Promise.resolve(true);
  expect(await Promise.all([stream(), stream()])).toEqual(['a 1', 'a 2']);
});

test('where another protocol is chosen all that wait learn of it, and who needs HTTP/2 asks for it alone', async () => {
  const { asked, control, pool, stream } = setUp();
  control.protocol = 'http/1.1';
  const needed = pool.stream('a', 1, true);
  expect(await Promise.all([pool.stream('b', 1, false), pool.stream('b', 1, false)])).toEqual([
    undefined,
    undefined,
  ]);
  await expect(needed).rejects.toThrow('no HTTP/2');
  const [shared, own] = [stream('c'), pool.stream('c', 1, true)];
  expect(await shared).toBeUndefined();
  await expect(own).rejects.toThrow('no HTTP/2');
  expect(asked).toEqual([true, false, false, true]);
});

test('a connection is made ahead, once, and none that was retired is used', async () => {
  const { made, control, pool, stream } = setUp();
  pool.warm('a', 1);
  pool.warm('a', 1);
  expect(await stream()).toBe('a 0');
  pool.warm('a', 1);
  expect(made).toHaveLength(1);
  pool.retire();
  expect(made[0]?.room).toBe(0);
  Object.assign(made[0] ?? {}, { room: 5 });
  expect(await stream()).toBe('a 1');
  made[1]?.end();
  control.fails = true;
  pool.warm('b', 1);
  await expect(stream('b')).rejects.toThrow('down');
});
