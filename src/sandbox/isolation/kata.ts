// Kata Containers: a virtual machine with a Linux of its own, made by the runtime that the engine starts the agent's container with.
import { deliverByProcess } from './deliver.js';
import type { Isolation, IsolationLevel } from './isolation.js';
import { seccompProfile } from './seccomp.js';

/** Names under which an engine may know it (github.com/kata-containers/kata-containers, docs/install/docker). */
export const kataRuntimes = [
  'kata',
  'kata-runtime',
  'kata-qemu',
  'kata-clh',
  'io.containerd.kata.v2',
] as const;

/** The level on a runtime of this name. */
export function kataOn(runtime: string): Isolation {
  return {
    id: 'kata',
    sharesKernel: false,
    // Upheld by the machine's kernel where Kata is set up with `disable_guest_seccomp = false`; `diagnose` says whether.
    adapt: () => ({ runtime, seccomp: seccompProfile('container') }),
    // What the engine writes into the container's root on the host need not appear in the machine at once.
    deliver: (engine, agentId, tar) => deliverByProcess('kata', engine, agentId, tar),
  };
}

export const kataLevel: IsolationLevel = {
  id: 'kata',
  find: ({ runtimes }) => {
    const runtime = kataRuntimes.find((name) => runtimes.includes(name));
    return runtime === undefined
      ? {
          isThere: false,
          reason: `the engine has no runtime named ${kataRuntimes.join(', ')}`,
          remedy:
            'Install Kata Containers and register its runtime with the engine (katacontainers.io), or use `--isolation vm`.',
        }
      : { isThere: true, kind: 'runtime', isolation: kataOn(runtime), runtime };
  },
};
