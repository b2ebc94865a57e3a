// The seccomp profile of an agent (and of the sidecar), tighter than the engine's default: an allow list with reasons, and what is
// allowed in part. Not in it, among others: io_uring, keyrings, bpf, perf events, userfaultfd, ptrace and other processes' memory,
// mounts and file handles, namespaces, System V and POSIX queues, kernel modules, 32-bit calls, and sockets to other subsystems.
import { allowedCalls } from './system-calls.js';

interface CallRule {
  names: readonly string[];
  action: 'SCMP_ACT_ALLOW' | 'SCMP_ACT_ERRNO' | 'SCMP_ACT_TRACE';
  errnoRet?: number;
  /** All must hold. `SCMP_CMP_MASKED_EQ`: argument & value === valueTwo. */
  args?: readonly {
    index: number;
    value: number;
    valueTwo?: number;
    op: 'SCMP_CMP_EQ' | 'SCMP_CMP_MASKED_EQ';
  }[];
}

/** CLONE_NEW{TIME is clone3's,CGROUP,UTS,IPC,USER,PID,NET} and CLONE_NEWNS of linux/sched.h. */
export const newNamespaces = 0x7e02_0000;
/** AF_UNIX, AF_INET, AF_INET6. */
export const socketFamilies = [1, 2, 10];
/** AF_NETLINK with NETLINK_ROUTE: how libc lists addresses and interfaces. */
export const routeNetlink = { family: 16, protocol: 0 };
/** Query, PER_LINUX, and UNAME26, which only changes a version string. */
const personalities = [0xffff_ffff, 0, 0x0002_0000];
const enosys = 38;
const eopnotsupp = 95;

/**
 * Libraries fall back from clone3, whose flags no filter can see, to clone when it does not exist (ENOSYS). gVisor's filter knows
 * one error only, EPERM; there a trace without a tracer says ENOSYS, and nobody can become a tracer without ptrace.
 */
const hidden = {
  container: { action: 'SCMP_ACT_ERRNO', errnoRet: enosys },
  gvisor: { action: 'SCMP_ACT_TRACE' },
} as const;

/**
 * E8: one call could take all of a disk before the keeper looks again. Libraries write zeros where a file system cannot (EOPNOTSUPP).
 * gVisor's filter cannot say that: there the call does not exist.
 */
const preallocation: Readonly<Record<keyof typeof hidden, CallRule>> = {
  container: { names: ['fallocate'], action: 'SCMP_ACT_ERRNO', errnoRet: eopnotsupp },
  gvisor: { names: ['fallocate'], ...hidden.gvisor },
};

/** E8: with another process's number they could starve or bind the keeper, process 1 of the container. 0 is the caller, PRIO_PROCESS. */
const ofCaller = ['sched_setaffinity', 'sched_setattr', 'sched_setparam', 'sched_setscheduler', 'prlimit64'];
/** The kernel reads an int: of the register only the lower half counts. */
const ownInt = (index: number) =>
  ({ index, value: 0xffff_ffff, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }) as const;

const sigchld = 17;
/** By which a child may tell its end: not at all, or as any does. */
export const ofOwnEnd = [0, sigchld];
/** Of fcntl: another signal than SIGIO for what happens at a descriptor, sent to whichever process it names as the owner. */
export const setSignal = 10;

/**
 * E8: gVisor's kernel lets processes stop and end their process 1, the keeper. Its end is the box's; no way must be left to stop it.
 * A child tells its end by SIGCHLD or not at all, nobody joins the keeper's process group, and no signal names it. gVisor takes the
 * first rule that holds, so these stand before all others; libseccomp, which orders them otherwise, never sees them.
 */
const shielded: readonly CallRule[] = [
  refusedFor(['kill', 'tkill', 'tgkill', 'rt_sigqueueinfo', 'rt_tgsigqueueinfo', 'pidfd_open'], 0, 1),
  refusedFor(['setpgid'], 1, 1),
  refusedFor(['fcntl'], 1, setSignal),
  // A descriptor names its process in no register. Libraries signal by number where the call does not exist.
  { names: ['pidfd_send_signal'], ...hidden.gvisor },
];

function refusedFor(names: readonly string[], index: number, int: number): CallRule {
  return { names, action: 'SCMP_ACT_ERRNO', args: [{ ...ownInt(index), valueTwo: int }] };
}

/** CSIGNAL of linux/sched.h: by which a child tells its end. */
export const endSignal = 0xff;

function cloneRules(kernel: keyof typeof hidden): CallRule[] {
  const flags = (value: number, valueTwo: number): CallRule => ({
    names: ['clone'],
    action: 'SCMP_ACT_ALLOW',
    args: [{ index: 0, value, valueTwo, op: 'SCMP_CMP_MASKED_EQ' }],
  });
  if (kernel === 'container') return [flags(newNamespaces, 0)];
  return ofOwnEnd.map((signal) => flags(newNamespaces + endSignal, signal));
}

function rulesFor(kernel: keyof typeof hidden): CallRule[] {
  const equal = (index: number, value: number) => ({ index, value, op: 'SCMP_CMP_EQ' }) as const;
  return [
    ...(kernel === 'gvisor' ? shielded : []),
    ...allowedCalls.map(({ calls }) => ({ names: calls.split(' '), action: 'SCMP_ACT_ALLOW' }) as const),
    ...cloneRules(kernel),
    { names: ['clone3'], ...hidden[kernel] },
    preallocation[kernel],
    { names: ofCaller, action: 'SCMP_ACT_ALLOW', args: [ownInt(0)] },
    { names: ['setpriority'], action: 'SCMP_ACT_ALLOW', args: [ownInt(0), ownInt(1)] },
    ...socketFamilies.map(
      (family) => ({ names: ['socket'], action: 'SCMP_ACT_ALLOW', args: [equal(0, family)] }) as const,
    ),
    {
      names: ['socket'],
      action: 'SCMP_ACT_ALLOW',
      args: [equal(0, routeNetlink.family), equal(2, routeNetlink.protocol)],
    },
    ...personalities.map(
      (persona) => ({ names: ['personality'], action: 'SCMP_ACT_ALLOW', args: [equal(0, persona)] }) as const,
    ),
  ];
}

/** JSON text in the engine's own form (docs.docker.com/engine/security/seccomp). */
export function seccompProfile(kernel: keyof typeof hidden): string {
  return JSON.stringify({
    defaultAction: 'SCMP_ACT_ERRNO',
    // Each machine's own calls only: the older sets beside them are seldom used and seldom looked at.
    archMap: [
      { architecture: 'SCMP_ARCH_X86_64', subArchitectures: [] },
      { architecture: 'SCMP_ARCH_AARCH64', subArchitectures: [] },
    ],
    syscalls: rulesFor(kernel),
  });
}

/** The same rules for a machine's kernel, one a line: see images/vm/make-filter.c. */
export function filterLines(): string {
  const lines = rulesFor('container').flatMap(({ names, action, errnoRet, args = [] }) => {
    const tests = args.map(({ index, value, valueTwo, op }) =>
      op === 'SCMP_CMP_EQ' ? `${index} eq ${value}` : `${index} masked ${value} ${valueTwo ?? 0}`,
    );
    const taken = action === 'SCMP_ACT_ALLOW' ? 'allow' : `errno:${errnoRet ?? enosys}`;
    return names.map((name) => [name, taken, ...tests].join(' '));
  });
  return `${lines.join('\n')}\n`;
}
