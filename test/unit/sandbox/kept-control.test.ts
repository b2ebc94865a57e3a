// The kept connection to a sidecar: one exec for many requests, another once it is lost or a newer sidecar has taken over.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import net from 'node:net';
import path from 'node:path';
import { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterEach, expect, test, vi } from 'vitest';
import type { ContainerSummary } from '../../../src/sandbox/docker/shapes.js';
import type { Engine } from '../../../src/sandbox/engine.js';
import { bridgeScript, type KeptControl, keepControl } from '../../../src/sandbox/kept-control.js';
import { labelsOf, objectNames } from '../../../src/sandbox/names.js';
import { temporaryDir } from '../../support/host-files.js';

const ends: KeptControl[] = [];
afterEach(() => {
  for (const kept of ends.splice(0)) kept.close();
});

/** Sidecars whose bridges answer each line with their container's name and a number. */
function world(createdAt: string[]) {
  const bridges: { sidecar: string; socket: Duplex; heard: string[]; isSilent: boolean }[] = [];
  const list = async (): Promise<ContainerSummary[]> =>
    createdAt.map((at, index) => {
      const identity = {
        name: 'lab',
        id: `id-${index}`,
        profile: 'p',
        mode: 'demo',
        isPaper: true,
        createdAt: at,
      } as const;
      return {
        id: `sidecar-${index}`,
        name: objectNames(identity).sidecar,
        labels: labelsOf(identity, 'sidecar'),
        status: 'running',
        statusText: '',
        image: '',
      };
    });
  const start = async (sidecar: string) => {
    const bridge = {
      sidecar,
      heard: [] as string[],
      isSilent: false,
      socket: undefined as unknown as Duplex,
    };
    bridge.socket = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        bridge.heard.push(String(chunk).trim());
        const text = Buffer.from(
          `${JSON.stringify({ ok: true, result: `${sidecar}:${bridge.heard.length}` })}\n`,
        );
        // In two frames: an answer may come in pieces.
        const frame = (part: Buffer) =>
          Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, part.length]), part]);
        if (!bridge.isSilent) {
          this.push(frame(text.subarray(0, 5)));
          this.push(frame(text.subarray(5)));
        }
        done();
      },
      final(done) {
        this.push(null); // a bridge ends once its input has
        done();
      },
    });
    bridges.push(bridge);
    return { id: sidecar, stream: { socket: bridge.socket, isFramed: true } };
  };
  const engine = {
    api: { containers: { list }, execs: { start, exitCode: async () => 0 } },
  } as unknown as Engine;
  const kept = keepControl(engine, 'lab');
  ends.push(kept);
  return { kept, bridges, createdAt };
}

const status = { op: 'status' } as const;
const opened = (bridges: readonly unknown[], count: number) =>
  vi.waitFor(() => expect(bridges).toHaveLength(count));

test('one exec answers every request, each in its turn', async () => {
  const { kept, bridges } = world(['2026-11-20T00:00:00Z']);
  await opened(bridges, 1);
  const replies = await Promise.all([kept.ask(status), kept.ask(status), kept.ask(status)]);
  expect(replies).toEqual([1, 2, 3].map((count) => ({ ok: true, result: `sidecar-0:${count}` })));
  expect(bridges).toHaveLength(1);
});

test('what is said while the connection breaks is answered over another, and one is open for the next', async () => {
  const { kept, bridges } = world(['2026-11-20T00:00:00Z']);
  await opened(bridges, 1);
  const [first] = bridges;
  if (first === undefined) throw new Error('no bridge');
  first.isSilent = true;
  const asked = kept.ask(status);
  await vi.waitFor(() => expect(first.heard).toHaveLength(1));
  first.socket.destroy();
  expect(await asked).toEqual({ ok: true, result: 'sidecar-0:1' });
  await opened(bridges, 3);
  expect(await kept.ask(status)).toEqual({ ok: true, result: 'sidecar-0:1' });
  expect(bridges).toHaveLength(3);
});

test('once there is a newer sidecar, what an older one was told is said to that one, and it is asked no more', async () => {
  const { kept, bridges, createdAt } = world(['2026-11-20T00:00:00Z']);
  await opened(bridges, 1);
  await kept.ask(status);
  createdAt.push('2026-11-21T00:00:00Z');
  expect(await kept.ask(status)).toEqual({ ok: true, result: 'sidecar-1:1' });
  await opened(bridges, 3);
  await kept.ask(status);
  expect(bridges.map(({ sidecar, heard }) => [sidecar, heard.length])).toEqual([
    ['sidecar-0', 2],
    ['sidecar-1', 1],
    ['sidecar-1', 1],
  ]);
});

test('a connection at rest says something before the sidecar would end it; closed, nothing is left', async () => {
  vi.useFakeTimers();
  try {
    const { kept, bridges } = world(['2026-11-20T00:00:00Z']);
    await vi.advanceTimersByTimeAsync(45_000);
    expect(bridges.map(({ heard }) => heard.length)).toEqual([2]);
    kept.close();
    await vi.advanceTimersByTimeAsync(45_000);
    expect([bridges[0]?.socket.destroyed, bridges[0]?.heard.length, bridges.length]).toEqual([true, 2, 1]);
  } finally {
    vi.useRealTimers();
  }
});

test('the bridge passes large lines both ways, and ends with its input or where nobody listens', async () => {
  const socketPath = path.join(temporaryDir(), 's');
  const server = net.createServer((socket) => socket.on('error', () => {}).pipe(socket));
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  const start = (place: string) => {
    const child = spawn('perl', ['-e', bridgeScript, place], { stdio: ['pipe', 'pipe', 'ignore'] });
    return { child, code: new Promise((resolve) => child.on('close', resolve)) };
  };
  const { child, code } = start(socketPath);
  const line = randomBytes(1_000_000);
  const heard = buffer(child.stdout);
  child.stdin.write(line);
  let length = 0;
  await new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length === line.length) resolve();
    });
  });
  child.stdin.end();
  expect(await code).toBe(0);
  expect((await heard).equals(line)).toBe(true);
  server.close();
  expect(await start(`${socketPath}-none`).code).toBe(70);
});
