// A container on the host's kernel, without capabilities.
import type { Isolation, IsolationLevel } from './isolation.js';

export const container: Isolation = {
  id: 'container',
  sharesKernel: true,
  usesEngineResolver: true,
  adapt: () => ({}),
  deliver: (engine, agentId, tar) => engine.api.containers.putArchive(agentId, tar, '/'),
};

export const containerLevel: IsolationLevel = {
  id: 'container',
  find: () => ({ isThere: true, isolation: container, runtime: undefined }),
};
