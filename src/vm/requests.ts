// What the host asks of the program in a machine's container: one JSON argument. Nothing in it is secret (S1).
import type { Field } from './frames.js';

/** Where the program and what a machine starts from lie in the container around it. */
export const machinePaths = {
  program: '/vm/vm.cjs',
  kernel: '/vm/vmlinux',
  initrd: '/vm/initrd',
  /** Read-only, made from the agent's image. */
  rootDisk: '/vm/root.squashfs',
  /** Empty; each machine writes to a copy of its own. */
  emptyDisk: '/vm/scratch.qcow2',
  /** Of this machine, in the container's own layer. */
  scratchDisk: '/vm/own/scratch.qcow2',
  /** Of a booted machine that belongs to no box yet: QEMU's stream, the writable disk as it was then, and whose shape it is. */
  snapshot: { state: '/vm/snapshot/state', disk: '/vm/snapshot/scratch.qcow2', shape: '/vm/snapshot/shape' },
  /** Sockets and the kernel's console: memory that ends with the container. */
  run: '/run/vm',
} as const;

/** `kvm`: the processor runs the machine itself. `tcg`: QEMU translates every instruction. */
export const accelerators = ['kvm', 'tcg'] as const;
export type Accelerator = (typeof accelerators)[number];

/** A process in the machine. */
export interface ProcessRequest {
  argv: readonly string[];
  /** Added to the main process's; these win. */
  environment: Readonly<Record<string, string>>;
  /** `uid:gid`; the main process's when absent. */
  user?: string;
  workingDir?: string;
  /** True for every capability inside the machine. */
  isPrivileged?: boolean;
  hasTerminal: boolean;
  hasStdin: boolean;
}

/** What a snapshot must have in common with the machine that resumes from it. */
export interface MachineShape {
  memoryMb: number;
  cpus: number;
}

/** A machine and its main process, whose end is the machine's. */
export interface MachineRequest extends MachineShape {
  accelerator: Accelerator;
  hostName: string;
  /** Content of /etc/resolv.conf. */
  resolver: string;
  limits: { pids: number; openFiles: number };
  main: ProcessRequest & { user: string; workingDir: string };
}

/** The one network of a machine: QEMU's own, behind which lies what the container reaches. A range nobody routes (RFC 5737). */
export const machineNetwork = {
  range: '192.0.2.0/24',
  address: '192.0.2.15',
  gateway: '192.0.2.2',
} as const;

export function setupFields(request: MachineRequest): Field[] {
  const { hostName, resolver, limits } = request;
  return [
    ['h', hostName],
    ['i', machineNetwork.address],
    ['g', machineNetwork.gateway],
    ['r', resolver],
    ['n', `127.0.0.1\tlocalhost\n${machineNetwork.address}\t${hostName}\n`],
    ['p', String(limits.pids)],
    ['f', String(limits.openFiles)],
  ];
}

/** `size` of the terminal, where there is one. */
export function startFields(
  request: ProcessRequest,
  main: MachineRequest['main'],
  size: { rows: number; columns: number } = { rows: 24, columns: 80 },
): Field[] {
  return [
    ...request.argv.map((word): Field => ['a', word]),
    ...Object.entries({ ...main.environment, ...request.environment }).map(
      ([name, value]): Field => ['e', `${name}=${value}`],
    ),
    ['d', request.workingDir ?? main.workingDir],
    ['u', request.user ?? main.user],
    ...(request.isPrivileged === true ? [['x', ''] as const] : []),
    ...(request.hasStdin ? [['s', ''] as const] : []),
    ...(request.hasTerminal ? [['t', `${size.rows} ${size.columns}`] as const] : []),
  ];
}
