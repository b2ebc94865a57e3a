// Boxes as an engine lists them, without one: each answers its control channel, ends, is deaf, or has lost its sidecar.
import { PassThrough } from 'node:stream';
import type { Engine } from '../../src/sandbox/engine.js';
import { labelsOf, objectNames, type Role } from '../../src/sandbox/names.js';
import type { ControlRequest } from '../../src/sidecar/control.js';

type Part = Exclude<Role, 'probe'>;

/** What becomes of a box once it is asked; `dead`: its sidecar has ended before. */
export type Fate = 'answers' | 'ends' | 'deaf' | 'dead';

/** An engine with these boxes, each in `propose`, on paper where `isPaper` says so. */
export function engineWith(
  fates: Readonly<Record<string, Fate>>,
  isPaper = true,
  /** What a box that answers says. */
  reply: (request: ControlRequest) => unknown = () => ({ accounts: [], orders: [] }),
): Engine {
  const there = new Set(Object.keys(fates));
  const part = (box: string, role: Part) => {
    const identity = {
      name: box,
      id: `${box}-id`,
      profile: 'shell',
      mode: 'propose',
      isPaper,
      createdAt: '2026-11-20T00:00:00Z',
    } as const;
    return {
      id: `${box}/${role}`,
      name: objectNames(identity)[role],
      labels: labelsOf(identity, role),
      ...(role === 'sidecar' && fates[box] === 'dead'
        ? { status: 'exited', statusText: 'Exited (137)' }
        : { status: 'running', statusText: 'Up' }),
      image: 'x',
      subnets: [],
      members: [],
    };
  };
  const list =
    (...roles: Part[]) =>
    async (wanted: Readonly<Record<string, string>> = {}) =>
      [...there]
        .flatMap((box) => roles.map((role) => part(box, role)))
        .filter(({ labels }) =>
          Object.entries(wanted).every(([name, value]) => value === '' || labels[name] === value),
        );
  const execs = {
    start: async (id: string) => {
      const box = id.split('/')[0] ?? '';
      if (fates[box] === 'ends') there.delete(box);
      const socket = new PassThrough();
      const end: (frame: Buffer) => PassThrough = socket.end.bind(socket);
      const say = (input: string) => {
        const result = fates[box] === 'answers' ? { ok: true, result: reply(JSON.parse(input)) } : undefined;
        const text = Buffer.from(result === undefined ? '\n' : `${JSON.stringify(result)}\n`);
        const head = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
        head.writeUInt32BE(text.length, 4);
        return end(Buffer.concat([head, text]));
      };
      socket.end = say as never;
      return { id, stream: { socket, isFramed: true } };
    },
    exitCode: async () => 0,
  };
  const inspect = async () => undefined;
  const containers = { list: list('agent', 'sidecar'), inspect };
  return { api: { containers, networks: { list: list('inside', 'egress') }, execs } } as unknown as Engine;
}
