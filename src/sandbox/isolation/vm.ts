// A virtual machine of its own for the agent: QEMU inside the agent's container, which keeps its walls, its network and its mounts.
// The machine's only network card leads where the container leads, to the sidecar.
import { type Accelerator, type MachineRequest, type MachineShape, machinePaths } from '../../vm/requests.js';
import type { ContainerPlan, Limits } from '../docker/shapes.js';
import { resolverFile } from '../resolver.js';
import { deliverByProcess } from './deliver.js';
import type { Isolation, IsolationLevel } from './isolation.js';
import { seccompProfile } from './seccomp.js';

/** QEMU's translated code, its devices' buffers, the runner and a few `exec` beside the machine's own memory. */
const ownMemoryBytes = 768 * 1024 ** 2;
/** Processes and threads of QEMU, the runner and `exec`; the agent's are counted in the machine. */
const ownPids = 512;
const ownOpenFiles = 8192;

/** What the container of a machine has, the agent's and the boot probe's. */
export function machineContainer(accelerator: Accelerator, user: string, kvmGroup: number | undefined) {
  const [uid, gid] = user.split(':');
  return {
    tmpfs: { [machinePaths.run]: `rw,noexec,nosuid,nodev,size=8m,mode=0700,uid=${uid},gid=${gid}` },
    seccomp: seccompProfile('container'),
    ...(accelerator === 'kvm' ? { devices: ['/dev/kvm'] } : {}),
    ...(accelerator === 'kvm' && kvmGroup !== undefined ? { groups: [kvmGroup] } : {}),
  };
}

/** The level with an image of machine-images.ts. */
export function vmOn(accelerator: Accelerator, image: string, kvmGroup?: number): Isolation {
  return {
    id: 'vm',
    sharesKernel: false,
    bringsResolver: true,
    adapt: (plan) => {
      const { tmpfs, ...rest } = machineContainer(accelerator, plan.user, kvmGroup);
      return {
        ...rest,
        image,
        argv: ['node', machinePaths.program, 'run', JSON.stringify(requestOf(accelerator, plan))],
        environment: {},
        workingDir: '/',
        tmpfs: { ...plan.tmpfs, ...tmpfs },
        limits: {
          memoryBytes: plan.limits.memoryBytes + ownMemoryBytes,
          cpus: plan.limits.cpus,
          pids: ownPids,
          openFiles: Math.min(ownOpenFiles, plan.limits.openFiles),
        },
      };
    },
    deliver: (engine, agentId, tar) => deliverByProcess('vm', engine, agentId, tar),
  };
}

/** The machine that a box's limits ask for. */
export function machineShape({ memoryBytes, cpus }: Pick<Limits, 'memoryBytes' | 'cpus'>): MachineShape {
  return { memoryMb: Math.floor(memoryBytes / 1024 ** 2), cpus: Math.max(1, Math.ceil(cpus)) };
}

function requestOf(accelerator: Accelerator, plan: ContainerPlan): MachineRequest {
  const { pids, openFiles } = plan.limits;
  return {
    accelerator,
    ...machineShape(plan.limits),
    hostName: plan.hostName,
    resolver: plan.resolvers.map(resolverFile).join(''),
    limits: { pids, openFiles },
    main: {
      argv: plan.argv,
      environment: plan.environment,
      user: plan.user,
      workingDir: plan.workingDir,
      hasTerminal: plan.hasTerminal,
      hasStdin: plan.hasStdin,
    },
  };
}

export const vmLevel: IsolationLevel = {
  id: 'vm',
  find: ({ architecture }) =>
    architecture === 'amd64'
      ? { isThere: true, kind: 'machine', on: vmOn }
      : {
          isThere: false,
          reason: `its machines are x86-64, and this engine's machine is ${architecture || 'something else'}`,
          remedy: 'Use `--isolation gvisor`, or `--isolation auto` for the strongest level that starts here.',
        },
};
