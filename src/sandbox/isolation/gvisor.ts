// gVisor: the agent's system calls are answered by a kernel of its own in user space, which holds the host's by a few dozen calls.
// It has its own network stack, so neither the engine's name server nor a neighbour in the same network namespace can be reached.
import { statSync } from 'node:fs';
import type { ContainerPlan } from '../docker/shapes.js';
import { agentPaths } from '../environment.js';
import { deliverByProcess } from './deliver.js';
import type { Isolation, IsolationLevel } from './isolation.js';
import { seccompProfile } from './seccomp.js';

/** Names under which an engine may know it, ours first (scripts/lib/gvisor.sh registers it). */
export const gvisorRuntimes = ['tradebox-runsc', 'runsc'] as const;

/** The level on a runtime of this name. */
export function gvisorOn(runtime: string): Isolation {
  return {
    id: 'gvisor',
    sharesKernel: false,
    // It asks the host anew for what lies in a mounted directory (--file-access-mounts=shared, its default): no process has to bring it.
    seesHandover: true,
    writesCounted: 'wchar',
    // Upheld by gVisor's kernel where its runtime has --oci-seccomp, as ours: without it a user namespace in there can open raw sockets.
    adapt: (plan) => ({ runtime, seccomp: seccompProfile('gvisor'), ...hidden(plan) }),
    // Its file system does not see what the engine writes below it (gvisor.dev/docs/user_guide/filesystem): files go in by a process.
    deliver: (engine, agentId, tar) => deliverByProcess('gvisor', engine, agentId, tar),
  };
}

/**
 * S13: a file below a directory that is mounted read-only was seen to be emptied on the host by an open with O_TRUNC, which answers
 * EROFS (runsc 20221219); one that is mounted by itself was not. What the host executes is behind an empty directory here.
 */
function hidden({ mounts, tmpfs }: ContainerPlan): Pick<ContainerPlan, 'mounts' | 'tmpfs'> {
  const isHidden = ({ source, target, isReadOnly }: ContainerPlan['mounts'][number]) =>
    isReadOnly &&
    target.startsWith(`${agentPaths.workspace}/`) &&
    statSync(source, { throwIfNoEntry: false })?.isDirectory() === true;
  const covers = mounts.filter(isHidden).map(({ target }) => [target, 'ro,nosuid,nodev,noexec,size=4096']);
  return {
    mounts: mounts.filter((mount) => !isHidden(mount)),
    tmpfs: { ...tmpfs, ...Object.fromEntries(covers) },
  };
}

export const gvisorLevel: IsolationLevel = {
  id: 'gvisor',
  find: ({ runtimes }) => {
    const runtime = gvisorRuntimes.find((name) => runtimes.includes(name));
    return runtime === undefined
      ? {
          isThere: false,
          reason: `the engine has no runtime named ${gvisorRuntimes.join(' or ')}`,
          remedy:
            'On Debian or Ubuntu: `sudo ./scripts/install-gvisor` in a checkout of tradebox. Elsewhere: gvisor.dev/docs/user_guide/install.',
        }
      : { isThere: true, kind: 'runtime', isolation: gvisorOn(runtime), runtime };
  },
};
