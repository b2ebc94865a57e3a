import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { ExecPlan } from '../../../../src/sandbox/docker/shapes.js';
import type { Engine } from '../../../../src/sandbox/engine.js';
import { deliverByProcess } from '../../../../src/sandbox/isolation/deliver.js';

function engineThatEndsWith(exitCode: number, asked: ExecPlan[]): Engine {
  const execs = {
    start: async (_id: string, plan: ExecPlan) => {
      asked.push(plan);
      const socket = new PassThrough();
      socket.resume();
      return { id: 'exec', stream: { socket: Object.assign(socket, {}), isFramed: true } };
    },
    exitCode: async () => exitCode,
  };
  return { api: { execs } } as unknown as Engine;
}

test('files go in by tar as the agent’s own root; a failure is told', async () => {
  const asked: ExecPlan[] = [];
  await deliverByProcess('gvisor', engineThatEndsWith(0, asked), 'agent', Buffer.alloc(0));
  expect(asked[0]).toMatchObject({ user: '0:0', isPrivileged: true, hasStdin: true });
  expect(asked[0]?.argv[0]).toBe('tar');
  await expect(
    deliverByProcess('vm', engineThatEndsWith(2, asked), 'agent', Buffer.alloc(0)),
  ).rejects.toMatchObject({ code: 'FAULT' });
  expect(asked[1]).not.toHaveProperty('isPrivileged');
});
