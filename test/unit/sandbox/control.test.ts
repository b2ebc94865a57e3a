// Which sidecar is asked while a box is replaced, and what is no answer.
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { control } from '../../../src/sandbox/control.js';
import type { ContainerStatus, ContainerSummary } from '../../../src/sandbox/docker/shapes.js';
import type { Engine } from '../../../src/sandbox/engine.js';
import { labelsOf, objectNames } from '../../../src/sandbox/names.js';

interface FakeSidecar {
  createdAt: string;
  status?: ContainerStatus;
  says: string;
  exitCode?: number;
  /** Bytes that the engine leaves out at the end of what it says. */
  cut?: number;
}

const deaf = { says: '{"ok":false,"code":"SIDECAR_FAILED","message":"no socket"}', exitCode: 70 };

/** An engine with these sidecars of `lab`; gives also which of them were asked. */
function engineWith(sidecars: readonly FakeSidecar[]) {
  const asked: number[] = [];
  const listed = sidecars.map(({ createdAt, status = 'running' }, index): ContainerSummary => {
    const id = `id-${index}`;
    const identity = { name: 'lab', id, profile: 'p', mode: 'demo', isPaper: true, createdAt } as const;
    return {
      id: String(index),
      name: objectNames(identity).sidecar,
      labels: labelsOf(identity, 'sidecar'),
      status,
      statusText: '',
      image: '',
    };
  });
  const execs = {
    start: async (id: string) => {
      asked.push(Number(id));
      const socket = new PassThrough();
      const text = Buffer.from(`${sidecars[Number(id)]?.says}\n`);
      const head = Buffer.from([1, 0, 0, 0, 0, 0, 0, text.length]);
      const end: (frame: Buffer) => PassThrough = socket.end.bind(socket);
      const bytes = Buffer.concat([head, text]);
      const whole = bytes.subarray(0, bytes.length - (sidecars[Number(id)]?.cut ?? 0));
      socket.end = (() => end(whole)) as typeof socket.end;
      return { id, stream: { socket, isFramed: true } };
    },
    exitCode: async (id: string) => sidecars[Number(id)]?.exitCode ?? 0,
  };
  const engine = { api: { containers: { list: async () => listed }, execs } } as unknown as Engine;
  return { engine, asked };
}

const old = { createdAt: '2026-11-20T00:00:00Z', says: '{"ok":true,"result":"old"}' };
const successor = { createdAt: '2026-11-21T00:00:00Z', says: '{"ok":true,"result":"new"}' };

test.each<[string, FakeSidecar[], object, number[]]>([
  ['the newest is asked', [old, successor], { ok: true, result: 'new' }, [1]],
  [
    'while its successor has no settings the old one is',
    [old, { ...successor, ...deaf }],
    { ok: true, result: 'old' },
    [1, 0],
  ],
  [
    'one that does not run is not',
    [
      { ...old, status: 'exited' },
      { ...successor, ...deaf },
    ],
    { ok: false },
    [1],
  ],
  [
    'what one refuses no other is asked',
    [old, { ...successor, says: '{"ok":false,"code":"USAGE","message":"no"}' }],
    { ok: false, code: 'USAGE' },
    [1],
  ],
])('%s', async (_name, sidecars, reply, order) => {
  const { engine, asked } = engineWith(sidecars);
  expect(await control(engine, 'lab', { op: 'status' })).toMatchObject(reply);
  expect(asked).toEqual(order);
});

test('new keys are for the successor alone: the older one takes them with it', async () => {
  const { engine, asked } = engineWith([old, { ...successor, ...deaf }]);
  const rotate = { op: 'rotate' as const, changes: [] };
  await expect(control(engine, 'lab', rotate)).resolves.toMatchObject({ ok: false });
  expect(asked).toEqual([1]);
});

test('anything else than a reply is an error', async () => {
  const { engine } = engineWith([{ ...old, says: 'Killed' }]);
  await expect(control(engine, 'lab', { op: 'status' })).rejects.toMatchObject({ code: 'SIDECAR_FAILED' });
  await expect(control(engineWith([]).engine, 'lab', { op: 'status' })).rejects.toMatchObject({
    code: 'BOX_UNKNOWN',
  });
  const ended = engineWith([{ ...old, status: 'exited' }]).engine;
  await expect(control(ended, 'lab', { op: 'status' })).rejects.toMatchObject({ code: 'BOX_NOT_RUNNING' });
});

test('an answer is none that the engine did not bring to its end', async () => {
  // The line itself is whole: only its end is missing.
  const { engine } = engineWith([{ ...successor, cut: 1 }]);
  await expect(control(engine, 'lab', { op: 'status' })).rejects.toMatchObject({
    code: 'FAULT',
    message: expect.stringMatching(/ was not heard to its end: the engine's output ended in the middle$/),
  });
});
