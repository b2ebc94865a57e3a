// What `orders list` makes of boxes that end, or are deaf, while it asks them.
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { CliContext } from '../../../../src/cli/context.js';
import { readOrders } from '../../../../src/cli/launch/orders.js';
import type { Engine } from '../../../../src/sandbox/engine.js';
import { labelsOf, objectNames, type Role } from '../../../../src/sandbox/names.js';

type Part = Exclude<Role, 'probe'>;

/** What becomes of a box once it is asked. */
type Fate = 'answers' | 'ends' | 'deaf';

function engineWith(fates: Readonly<Record<string, Fate>>): Engine {
  const there = new Set(Object.keys(fates));
  const part = (box: string, role: Part) => {
    const identity = {
      name: box,
      id: `${box}-id`,
      profile: 'shell',
      mode: 'propose',
      isPaper: true,
      createdAt: '2026-11-20T00:00:00Z',
    } as const;
    return {
      id: `${box}/${role}`,
      name: objectNames(identity)[role],
      labels: labelsOf(identity, role),
      status: 'running',
      statusText: 'Up',
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
      const text = Buffer.from(
        fates[box] === 'answers' ? '{"ok":true,"result":{"accounts":[],"orders":[]}}\n' : '\n',
      );
      const end: (frame: Buffer) => PassThrough = socket.end.bind(socket);
      socket.end = (() =>
        end(Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, text.length]), text]))) as never;
      return { id, stream: { socket, isFramed: true } };
    },
    exitCode: async () => 0,
  };
  const inspect = async () => undefined;
  const containers = { list: list('agent', 'sidecar'), inspect };
  return { api: { containers, networks: { list: list('inside', 'egress') }, execs } } as unknown as Engine;
}

const context = { clock: { nowMs: () => Date.parse('2026-11-20T01:00:00Z') } } as CliContext;
const boxesOf = async (fates: Readonly<Record<string, Fate>>, name?: string) =>
  (await readOrders(context, engineWith(fates), name, 10)).map(({ box }) => box);

test('a box that ends while it is asked is left out', async () => {
  expect(await boxesOf({ one: 'answers', two: 'ends' })).toEqual(['one']);
});

test('a deaf box may hold orders: it is told', async () => {
  await expect(boxesOf({ one: 'answers', two: 'deaf' })).rejects.toThrow('"two" gave no answer');
});

test('one that is asked for by name is never left out', async () => {
  await expect(boxesOf({ one: 'answers', two: 'ends' }, 'two')).rejects.toThrow('"two" gave no answer');
});
