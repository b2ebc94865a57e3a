// A container on the host's kernel, without capabilities and with few system calls.
import type { Isolation, IsolationLevel } from './isolation.js';
import { seccompProfile } from './seccomp.js';

export const container: Isolation = {
  id: 'container',
  sharesKernel: true,
  seesHandover: true,
  adapt: () => ({ seccomp: seccompProfile('container') }),
  deliver: (engine, agentId, tar) => engine.api.containers.putArchive(agentId, tar, '/'),
};

export const containerLevel: IsolationLevel = {
  id: 'container',
  find: () => ({ isThere: true, kind: 'runtime', isolation: container, runtime: undefined }),
};
