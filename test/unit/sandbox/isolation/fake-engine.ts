// An engine whose containers print what they are told to, or fail to start: levels are chosen without a real one here.
import { PassThrough } from 'node:stream';
import type { ContainerPlan, EngineFacts } from '../../../../src/sandbox/docker/shapes.js';
import type { Engine } from '../../../../src/sandbox/engine.js';

export const hostKernel = '6.1.0-host';

export const factsWith = (runtimes: readonly string[]): EngineFacts => ({
  id: 'engine',
  hostName: 'host',
  isRootless: false,
  remapsUsers: false,
  runtimes,
  cgroupVersion: '2',
  storageDriver: 'overlay2',
  architecture: 'amd64',
  kernel: hostKernel,
});

/** `boots` answers for a runtime: what its container prints; it throws what a start would. */
export function fakeEngine(runtimes: readonly string[], boots: (runtime: string) => string) {
  const created: ContainerPlan[] = [];
  const removed: string[] = [];
  const output = new PassThrough();
  const engine = {
    endpoint: { address: 'unix:///fake.sock' },
    version: { version: '20.10' },
    facts: async () => factsWith(runtimes),
    api: {
      networks: {
        create: async () => 'network',
        remove: async (id: string) => removed.push(id),
      },
      containers: {
        create: async (plan: ContainerPlan) => {
          created.push(plan);
          return 'container';
        },
        attach: async () => ({ socket: output, isFramed: true }),
        start: async () => {
          const text = Buffer.from(boots(created.at(-1)?.runtime ?? ''));
          const head = Buffer.from([1, 0, 0, 0, 0, 0, 0, text.length]);
          output.end(Buffer.concat([head, text]));
        },
        remove: async (id: string) => removed.push(id),
      },
    },
  };
  return { engine: engine as unknown as Engine, created, removed };
}
