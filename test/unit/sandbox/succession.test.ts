// A box that goes: who is ended how, when its successor may begin, and that exactly what was there is removed.
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { Engine } from '../../../src/sandbox/engine.js';
import {
  type BoxIdentity,
  labelNames,
  labelsOf,
  objectNames,
  type Role,
} from '../../../src/sandbox/names.js';
import { depart } from '../../../src/sandbox/succession.js';

const old: BoxIdentity = {
  name: 'lab',
  id: 'aaaa1111',
  profile: 'shell',
  mode: 'demo',
  isPaper: true,
  createdAt: '2026-11-20T00:00:00Z',
};

const object = (role: Exclude<Role, 'probe'>) => ({
  id: role,
  name: objectNames(old)[role],
  labels: labelsOf(old, role),
});

/**
 * Notes what it is asked; `fails` are the actions it refuses, `holds` how long the engine does not tell the sidecar's end, `says`
 * what the sidecar prints once it has its signal.
 */
function engineWith(
  options: { fails?: readonly string[]; holds?: Promise<void>; says?: string; isolation?: string } = {},
) {
  const socket = new PassThrough();
  const asked: string[] = [];
  const note = async (what: string) => {
    asked.push(what);
    if (options.fails?.includes(what)) throw new Error(`cannot ${what}`);
    return true;
  };
  const engine = {
    api: {
      containers: {
        list: async () => {
          const [agent, sidecar] = [object('agent'), object('sidecar')];
          const { isolation } = options;
          if (isolation !== undefined) agent.labels[labelNames.isolation] = isolation;
          return [agent, sidecar];
        },
        pause: (id: string) => note(`pause ${id}`),
        attach: async (id: string) => {
          await note(`attach ${id}`);
          return { socket, isFramed: true };
        },
        kill: async (id: string, signal: string) => {
          await note(`${signal} ${id}`);
          if (options.says !== undefined) socket.write(framed(options.says));
          return true;
        },
        wait: async (id: string) => {
          await note(`wait ${id}`);
          if (id === 'sidecar') await options.holds;
          return 0;
        },
        remove: (id: string) => note(`remove ${id}`),
      },
      networks: {
        list: async () => [object('inside'), object('egress'), { ...object('inside'), id: 'x', name: 'x' }],
        remove: (id: string) => note(`remove ${id}`),
      },
      volumes: { list: async () => [], remove: note },
    },
  };
  return { asked, socket, engine: engine as unknown as Engine };
}

function framed(text: string): Buffer {
  const head = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(text.length, 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

test('the agent is frozen, the sidecar asked to close, and nothing removed before it is time', async () => {
  const { asked, engine } = engineWith();
  const departure = await depart(engine, 'lab');
  expect(departure).toMatchObject({ ids: new Set(['aaaa1111']), hasStrangers: false });
  await Promise.all([departure.agentEnded, departure.sidecarEnded]);
  expect(asked.sort()).toEqual(['SIGTERM sidecar', 'attach sidecar', 'pause agent', 'wait sidecar']);
  asked.length = 0;
  await departure.remove();
  expect(asked.sort()).toEqual(['remove agent', 'remove egress', 'remove inside', 'remove sidecar']);
});

test('what carries the name and bears none of its names is of another box: the name is not free', async () => {
  const { engine } = engineWith();
  const stranger = { id: 'y', name: 'y', labels: labelsOf({ ...old, id: 'bbbb2222' }, 'egress') };
  engine.api.networks.list = async () => [stranger as never];
  expect(await depart(engine, 'lab')).toMatchObject({ ids: new Set(['aaaa1111']), hasStrangers: true });
});

test.each(['gvisor', 'vm'])('at the level %s the agent is killed, not frozen', async (isolation) => {
  const { asked, engine } = engineWith({ isolation });
  await (await depart(engine, 'lab')).agentEnded;
  expect(asked.filter((what) => what.endsWith('agent'))).toEqual(['SIGKILL agent', 'wait agent']);
});

test("a sidecar's word that all is closed counts before the engine has noted its end; its output is listened to before the signal", async () => {
  const { asked, engine, socket } = engineWith({ holds: new Promise(() => {}), says: '{"closed":true}\n' });
  await (await depart(engine, 'lab')).sidecarEnded;
  const ofSidecar = asked.filter((what) => what.endsWith('sidecar'));
  expect(ofSidecar).toEqual(['attach sidecar', 'SIGTERM sidecar', 'wait sidecar']);
  expect(socket.destroyed).toBe(true);
});

test.each([
  ['nothing', {}],
  ['something else', { says: '{"closed":false}\n' }],
  ['no JSON', { says: 'closed\n' }],
  ['nothing that is heard', { fails: ['attach sidecar'], says: '{"closed":true}\n' }],
])(
  'where the sidecar says %s, no successor may start until the engine has noted its end',
  async (_name, how) => {
    let close = () => {};
    const holds = new Promise<void>((resolve) => {
      close = resolve;
    });
    const { engine } = engineWith({ holds, ...how });
    const departure = await depart(engine, 'lab');
    let hasEnded = false;
    void departure.sidecarEnded.then(() => {
      hasEnded = true;
    });
    await departure.agentEnded;
    await new Promise((resolve) => setImmediate(resolve));
    expect(hasEnded).toBe(false);
    close();
    await departure.sidecarEnded;
  },
);

test('what cannot be frozen or does not end is removed by force; what cannot be ended keeps its successor from beginning', async () => {
  const forced = engineWith({ fails: ['SIGTERM sidecar'] });
  await (await depart(forced.engine, 'lab')).sidecarEnded;
  expect(forced.asked).toContain('remove sidecar');
  const unfreezable = engineWith({ fails: ['pause agent'] });
  await (await depart(unfreezable.engine, 'lab')).agentEnded;
  expect(unfreezable.asked).toContain('remove agent');
  const stuck = engineWith({ fails: ['pause agent', 'remove agent'] });
  await expect((await depart(stuck.engine, 'lab')).agentEnded).rejects.toThrow('cannot remove agent');
});
