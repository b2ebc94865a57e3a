// Starts a container and looks which kernel answers in it, or in the machine it starts: a runtime may be registered and broken, a
// /dev/kvm may open and hang its guest, and only a boot tells. Throws what went wrong.
import { TradeboxError } from '../../core/errors.js';
import { type Accelerator, machinePaths } from '../../vm/requests.js';
import { withDeadline } from '../docker/errors.js';
import type { ContainerPlan } from '../docker/shapes.js';
import type { Engine } from '../engine.js';
import { collectOutput } from '../exec.js';
import { type BoxIdentity, labelsOf } from '../names.js';
import { agentAddressOn, createNetworkFrom } from '../networks.js';
import { machineContainer } from './vm.js';

/** What to start; it prints a kernel's version. */
export interface Boot {
  image: string;
  /** What differs from a small container that may do nothing. */
  plan: Partial<ContainerPlan>;
  deadlineMs: number;
}

/** A gVisor container starts within a second; two busy cores may take ten. */
const runtimeDeadlineMs = 25_000;
/** With the processor's help a machine boots in one second; one that hangs is given up soon. Without, five, on a busy host more. */
const machineDeadlineMs = { kvm: 8_000, tcg: 60_000 } as const;

/** `/proc/version` as the runtime's containers see it. */
export function runtimeBoot(runtime: string, image: string): Boot {
  return { image, plan: { runtime, argv: ['cat', '/proc/version'] }, deadlineMs: runtimeDeadlineMs };
}

/** The kernel of a machine without disks. */
export function machineBoot(accelerator: Accelerator, image: string, user: string, kvmGroup?: number): Boot {
  return {
    image,
    plan: {
      argv: ['node', machinePaths.program, 'probe', accelerator],
      user,
      limits: { memoryBytes: 1024 ** 3, cpus: 1, pids: 256, openFiles: 4096 },
      ...machineContainer(accelerator, user, kvmGroup),
    },
    deadlineMs: machineDeadlineMs[accelerator],
  };
}

/** What the booted kernel says of itself. `identity` names what is made, so that `ps` and `reset` would find remains. */
export async function bootedKernel(engine: Engine, boot: Boot, identity: BoxIdentity): Promise<string> {
  const name = `tradebox-${identity.name}-boot`;
  const labels = labelsOf(identity, 'probe');
  const network = await createNetworkFrom(engine.api, (subnet) => ({
    name,
    labels,
    subnet,
    isInternal: true,
    options: {},
  }));
  let id: string | undefined;
  try {
    id = await engine.api.containers.create({
      name,
      image: boot.image,
      argv: [],
      environment: {},
      user: '65534:65534',
      workingDir: '/',
      hostName: 'probe',
      labels,
      hasTerminal: false,
      hasStdin: false,
      hasInit: true,
      isRootReadOnly: false,
      limits: { memoryBytes: 256 * 1024 ** 2, cpus: 1, pids: 64, openFiles: 4096 },
      mounts: [],
      tmpfs: {},
      sysctls: {},
      network: { name, address: agentAddressOn(network.subnet) },
      resolvers: [],
      ...boot.plan,
    });
    const container = id;
    return await withDeadline(boot.deadlineMs, async () => {
      const stream = await engine.api.containers.attach(container, { hasStdin: false, isFramed: true });
      const output = collectOutput(stream.socket);
      output.catch(() => {});
      await engine.api.containers.start(container);
      const { stdout, stderr } = await output;
      if (stdout.trim() === '') throw new TradeboxError('FAULT', stderr.trim() || 'it printed nothing');
      return stdout.trim();
    });
  } finally {
    if (id !== undefined) await engine.api.containers.remove(id);
    await engine.api.networks.remove(network.id);
  }
}
