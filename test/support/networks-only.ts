// An engine that makes and removes networks and remembers which; nothing else can be asked of it.
import type { NetworkPlan } from '../../src/sandbox/docker/shapes.js';
import type { Engine } from '../../src/sandbox/engine.js';

/** `failure`: what making one comes to. */
export function networksOnly(failure?: Error): { engine: Engine; made: NetworkPlan[]; removed: string[] } {
  const made: NetworkPlan[] = [];
  const removed: string[] = [];
  const networks = {
    create: async (plan: NetworkPlan) => {
      if (failure !== undefined) throw failure;
      made.push(plan);
      return `network-${made.length}`;
    },
    remove: async (id: string) => {
      removed.push(id);
      return true;
    },
  };
  const engine = {
    api: { networks },
    version: { apiVersion: '1.41' },
  };
  return { engine: engine as unknown as Engine, made, removed };
}
