import { Duplex, PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { attachTo, type BoxStreams, pump } from '../../../src/sandbox/attach.js';
import type { ContainerState, TerminalSize } from '../../../src/sandbox/docker/shapes.js';
import type { Engine } from '../../../src/sandbox/engine.js';

/** A process at the other end of a hijacked stream. */
function remote() {
  const input: Buffer[] = [];
  const socket = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      input.push(chunk);
      done();
    },
  });
  return {
    socket,
    says: (words: string) => socket.push(words),
    ends: () => socket.push(null),
    heard: () => Buffer.concat(input).toString(),
  };
}

function terminal() {
  const modes: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    isRaw: false,
    setRawMode: (mode: boolean) => modes.push(mode),
  });
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 80, rows: 24 });
  return { stdin, stdout, stderr: new PassThrough(), modes };
}

test('a terminal is raw while attached, its size follows, and it is given back', async () => {
  const { socket, says, ends, heard } = remote();
  const { modes, ...streams } = terminal();
  const sizes: TerminalSize[] = [];
  const pumping = pump({ socket, isFramed: false }, streams, async (size) => {
    sizes.push(size);
  });
  expect(modes).toEqual([true]);
  Object.assign(streams.stdout, { columns: 100, rows: 50 }).emit('resize');
  streams.stdin.write('ls\r\x03');
  says('\x1b[31mred');
  await new Promise((resolve) => setImmediate(resolve));
  ends();
  await pumping;
  expect(modes).toEqual([true, false]);
  expect(sizes).toEqual([
    { columns: 80, rows: 24 },
    { columns: 100, rows: 50 },
  ]);
  expect(heard()).toBe('ls\r\x03');
  expect(streams.stdout.read().toString()).toBe('\x1b[31mred');
  expect(streams.stdout.listenerCount('resize')).toBe(0);
});

test('the terminal is given back when the connection breaks', async () => {
  const { socket } = remote();
  const { modes, ...streams } = terminal();
  const pumping = pump({ socket, isFramed: false }, streams, async () => {});
  socket.destroy(Object.assign(new Error('reset'), { code: 'ECONNRESET' }));
  await pumping;
  expect(modes).toEqual([true, false]);
});

test('output that the engine cuts within a frame is a broken connection: how the process ended tells its state', async () => {
  const { socket, says, ends } = remote();
  const { modes: _, ...streams } = terminal();
  const pumping = pump({ socket, isFramed: true }, streams, async () => {});
  says('\x01\0\0\0\0\0\0\x05cu');
  ends();
  await pumping;
  expect(streams.stdout.read().toString()).toBe('cu');
});

test('a failure that is not the engine leaving is told, after the terminal was given back', async () => {
  const { socket } = remote();
  const { modes, ...streams } = terminal();
  const pumping = pump({ socket, isFramed: false }, streams, async () => {});
  socket.destroy(new Error('bug'));
  await expect(pumping).rejects.toThrow('bug');
  expect(modes).toEqual([true, false]);
});

test('pipes keep output and errors apart, and their end ends the input', async () => {
  const { socket, says, ends, heard } = remote();
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  let wasEnded = false;
  socket.on('finish', () => {
    wasEnded = true;
  });
  const pumping = pump({ socket, isFramed: true }, streams, async () => {});
  streams.stdin.end('data');
  says('\x01\0\0\0\0\0\0\x03out\x02\0\0\0\0\0\0\x03err');
  await new Promise((resolve) => setTimeout(resolve, 5));
  ends();
  await pumping;
  streams.stdout.end();
  streams.stderr.end();
  expect([await text(streams.stdout), await text(streams.stderr), heard(), wasEnded]).toEqual([
    'out',
    'err',
    'data',
    true,
  ]);
});

/** An engine with one container in a given state. */
function engineWith(
  state: Partial<ContainerState> | undefined,
  ending: Promise<number> = new Promise(() => {}),
) {
  const calls: string[] = [];
  const containers = {
    inspect: async () => state,
    wait: async () => (state?.status === 'running' ? ending : state?.exitCode),
    kill: async (_id: string, signal: string) => calls.push(signal),
    resize: async () => {},
  };
  return { engine: { api: { containers } } as unknown as Engine, calls };
}

async function attachWith(state: Partial<ContainerState> | undefined, more: Partial<BoxStreams> = {}) {
  const { engine, calls } = engineWith(state);
  const { socket, ends } = remote();
  const streams = { stdin: undefined, stdout: new PassThrough(), stderr: new PassThrough(), ...more };
  const attaching = attachTo(engine, 'id', streams, { socket, isFramed: true });
  ends();
  return { outcome: await attaching, calls };
}

test("the agent's exit code is passed through", async () => {
  expect((await attachWith({ status: 'exited', exitCode: 42 })).outcome).toEqual({
    kind: 'exited',
    exitCode: 42,
  });
});

test('an end of output while the agent runs is a detachment, once its end has been waited for', async () => {
  vi.useFakeTimers();
  try {
    const attaching = attachWith({ status: 'running' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await attaching).outcome).toEqual({ kind: 'detached' });
  } finally {
    vi.useRealTimers();
  }
});

test('a container that is gone, also by the time its end is waited for, was removed', async () => {
  expect((await attachWith(undefined)).outcome).toEqual({ kind: 'removed' });
  const states: (Partial<ContainerState> | undefined)[] = [{ status: 'running' }, undefined];
  const containers = {
    inspect: async () => states.shift(),
    wait: async () => {
      throw new Error('No such container');
    },
  };
  const { socket, ends } = remote();
  const streams = { stdin: undefined, stdout: new PassThrough(), stderr: new PassThrough() };
  const engine = { api: { containers } } as unknown as Engine;
  const attaching = attachTo(engine, 'id', streams, { socket, isFramed: true });
  ends();
  expect(await attaching).toEqual({ kind: 'removed' });
});

test('an agent whose output ended before the engine noted its end has ended', async () => {
  const { engine } = engineWith({ status: 'running' }, Promise.resolve(130));
  const { socket, ends } = remote();
  const streams = { stdin: undefined, stdout: new PassThrough(), stderr: new PassThrough() };
  const attaching = attachTo(engine, 'id', streams, { socket, isFramed: true });
  ends();
  expect(await attaching).toEqual({ kind: 'exited', exitCode: 130 });
});

test.each([
  ['ls\r\x10\x11', 'detached'],
  ['\x10\x11exit\r', 'exited'],
])('on a terminal, %j typed last is %s', async (keys, kind) => {
  const { engine } = engineWith({ status: 'running' }, Promise.resolve(0));
  const { socket, ends } = remote();
  const { modes: _modes, ...streams } = terminal();
  const attaching = attachTo(engine, 'id', streams, { socket, isFramed: false });
  for (const key of keys) streams.stdin.write(key);
  await new Promise((resolve) => setImmediate(resolve));
  ends();
  expect((await attaching).kind).toBe(kind);
  expect(streams.stdin.listenerCount('data')).toBe(0);
});

test('signals go to the agent while attached, and no longer', async () => {
  let listening = 0;
  const { calls } = await attachWith(
    { status: 'exited', exitCode: 0 },
    {
      onSignal: (forward) => {
        listening += 1;
        forward('SIGINT');
        return () => {
          listening -= 1;
        };
      },
    },
  );
  expect(calls).toEqual(['SIGINT']);
  expect(listening).toBe(0);
});
