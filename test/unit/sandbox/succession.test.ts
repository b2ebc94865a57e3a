// A box that goes: who is ended how, when its successor may begin, and that exactly what was there is removed.
import { expect, test } from 'vitest';
import type { Engine } from '../../../src/sandbox/engine.js';
import { type BoxIdentity, labelsOf, objectNames, type Role } from '../../../src/sandbox/names.js';
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

/** Notes what it is asked; `fails` are the actions it refuses, `holds` the containers that never end. */
function engineWith(options: { fails?: readonly string[]; holds?: Promise<void> } = {}) {
  const asked: string[] = [];
  const note = async (what: string) => {
    asked.push(what);
    if (options.fails?.includes(what)) throw new Error(`cannot ${what}`);
    return true;
  };
  const engine = {
    api: {
      containers: {
        list: async () => [object('agent'), object('sidecar')],
        kill: (id: string, signal: string) => note(`${signal} ${id}`),
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
  return { asked, engine: engine as unknown as Engine };
}

test('the agent is killed, the sidecar asked to close, and nothing removed before it is time', async () => {
  const { asked, engine } = engineWith();
  const departure = await depart(engine, 'lab');
  expect(departure.ids).toEqual(new Set(['aaaa1111']));
  await Promise.all([departure.agentEnded, departure.sidecarEnded]);
  expect(asked.sort()).toEqual(['SIGKILL agent', 'SIGTERM sidecar', 'wait agent', 'wait sidecar']);
  asked.length = 0;
  await departure.remove();
  expect(asked.sort()).toEqual(['remove agent', 'remove egress', 'remove inside', 'remove sidecar']);
});

test('as long as the sidecar closes its journal, no successor may start', async () => {
  let close = () => {};
  const holds = new Promise<void>((resolve) => {
    close = resolve;
  });
  const { engine } = engineWith({ holds });
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
});

test('what a signal does not end is removed by force; what cannot be ended keeps its successor from beginning', async () => {
  const forced = engineWith({ fails: ['SIGTERM sidecar'] });
  await (await depart(forced.engine, 'lab')).sidecarEnded;
  expect(forced.asked).toContain('remove sidecar');
  const stuck = engineWith({ fails: ['SIGKILL agent', 'remove agent'] });
  await expect((await depart(stuck.engine, 'lab')).agentEnded).rejects.toThrow('cannot remove agent');
});
