// What a user starts beside the agent at `gvisor`: the engine's exec puts it under no filter of system calls. Perl, which every Debian
// has, puts itself under one and becomes the command. Shorter than the agent's own list: it names what is refused.
import { endSignal, newNamespaces, ofOwnEnd, routeNetlink, setSignal, socketFamilies } from './seccomp.js';

type Architecture = 'x86_64' | 'aarch64';

/** Numbers of asm/unistd_64.h and asm-generic/unistd.h. */
const numbers = {
  kill: [62, 129],
  tkill: [200, 130],
  tgkill: [234, 131],
  rt_sigqueueinfo: [129, 138],
  rt_tgsigqueueinfo: [297, 240],
  pidfd_open: [434, 434],
  pidfd_send_signal: [424, 424],
  setpgid: [109, 154],
  fcntl: [72, 25],
  clone: [56, 220],
  clone3: [435, 435],
  unshare: [272, 97],
  setns: [308, 268],
  fallocate: [285, 47],
  sched_setaffinity: [203, 122],
  sched_setattr: [314, 274],
  sched_setparam: [142, 118],
  sched_setscheduler: [144, 119],
  prlimit64: [302, 261],
  setpriority: [141, 140],
  socket: [41, 198],
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  mount: [165, 40],
  chroot: [161, 51],
  io_uring_setup: [425, 425],
  keyctl: [250, 219],
  add_key: [248, 217],
  request_key: [249, 218],
  bpf: [321, 280],
  userfaultfd: [323, 282],
  perf_event_open: [298, 241],
} as const satisfies Record<string, readonly [x86: number, arm: number]>;

/** Of the lower half of an argument; the kernel reads an int there. */
interface Test {
  index: number;
  mask?: number;
  value: number;
  isEqual: boolean;
}

interface Refusal {
  calls: readonly (keyof typeof numbers)[];
  errno: number;
  /** All must hold; always refused without any. */
  tests: readonly Test[];
}

const [eperm, enosys, eopnotsupp] = [1, 38, 95];
const is = (index: number, value: number): Test => ({ index, value, isEqual: true });
const isNot = (index: number, value: number, mask?: number): Test => ({
  index,
  value,
  isEqual: false,
  ...(mask === undefined ? {} : { mask }),
});
const refuse = (
  calls: readonly (keyof typeof numbers)[],
  tests: readonly Test[] = [],
  errno = eperm,
): Refusal => ({
  calls,
  tests,
  errno,
});

/** As the agent's own list has them, see seccomp.ts. */
const refusals: readonly Refusal[] = [
  refuse(['kill', 'tkill', 'tgkill', 'rt_sigqueueinfo', 'rt_tgsigqueueinfo', 'pidfd_open'], [is(0, 1)]),
  refuse(['setpgid'], [is(1, 1)]),
  refuse(['fcntl'], [is(1, setSignal)]),
  refuse(
    ['clone'],
    ofOwnEnd.map((signal) => isNot(0, signal, newNamespaces + endSignal)),
  ),
  refuse(['pidfd_send_signal', 'clone3', 'io_uring_setup'], [], enosys),
  refuse(['fallocate'], [], eopnotsupp),
  refuse(
    ['sched_setaffinity', 'sched_setattr', 'sched_setparam', 'sched_setscheduler', 'prlimit64'],
    [isNot(0, 0)],
  ),
  refuse(['setpriority'], [isNot(0, 0)]),
  refuse(['setpriority'], [isNot(1, 0)]),
  refuse(
    ['socket'],
    [...socketFamilies, routeNetlink.family].map((family) => isNot(0, family)),
  ),
  refuse(['socket'], [is(0, routeNetlink.family), isNot(2, routeNetlink.protocol)]),
  refuse(['unshare', 'setns', 'ptrace', 'process_vm_readv', 'process_vm_writev', 'mount', 'chroot']),
  refuse(['keyctl', 'add_key', 'request_key', 'bpf', 'userfaultfd', 'perf_event_open']),
];

/** BPF of linux/filter.h: load a word, and, jump if equal, return. */
const [load, and, jumpIfEqual, giveBack] = [0x20, 0x54, 0x15, 0x06];
const [allow, withErrno] = [0x7fff_0000, 0x0005_0000];
/** Places in struct seccomp_data of linux/seccomp.h. */
const place = { call: 0, architecture: 4, argument: (index: number) => 16 + 8 * index };
/** AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64. */
const audit: Record<Architecture, number> = { x86_64: 0xc000_003e, aarch64: 0xc000_00b7 };

type Instruction = [code: number, ifTrue: number, ifFalse: number, value: number];

/** The filter as the kernel takes it: an array of struct sock_filter, little-endian. */
export function execFilter(architecture: Architecture): Buffer {
  const program: Instruction[] = [
    [load, 0, 0, place.architecture],
    [jumpIfEqual, 1, 0, audit[architecture]],
    [giveBack, 0, 0, withErrno + eperm],
    ...refusals.flatMap(({ calls, tests, errno }) =>
      calls.flatMap((name) => blockOf(numbers[name][architecture === 'x86_64' ? 0 : 1], tests, errno)),
    ),
    [giveBack, 0, 0, allow],
  ];
  const bytes = Buffer.alloc(8 * program.length);
  for (const [at, [code, ifTrue, ifFalse, value]] of program.entries()) {
    bytes.writeUInt16LE(code, 8 * at);
    bytes.writeUInt8(ifTrue, 8 * at + 2);
    bytes.writeUInt8(ifFalse, 8 * at + 3);
    bytes.writeUInt32LE(value, 8 * at + 4);
  }
  return bytes;
}

/** Refuses a call that holds every test; every other goes on behind the block. */
function blockOf(call: number, tests: readonly Test[], errno: number): Instruction[] {
  const elsewhere = -1;
  const block: Instruction[] = [
    [load, 0, 0, place.call],
    [jumpIfEqual, 0, elsewhere, call],
    ...tests.flatMap(({ index, mask, value, isEqual }): Instruction[] => [
      [load, 0, 0, place.argument(index)],
      ...(mask === undefined ? [] : [[and, 0, 0, mask] satisfies Instruction]),
      isEqual ? [jumpIfEqual, 0, elsewhere, value] : [jumpIfEqual, elsewhere, 0, value],
    ]),
    [giveBack, 0, 0, withErrno + errno],
  ];
  return block.map(([code, ifTrue, ifFalse, value], at) => {
    const behind = block.length - at - 1;
    return [code, ifTrue === elsewhere ? behind : ifTrue, ifFalse === elsewhere ? behind : ifFalse, value];
  });
}

/** PR_SET_NO_NEW_PRIVS and SECCOMP_SET_MODE_FILTER, by number; fails closed. Exit codes of a command that cannot be run are the shell's. */
const becoming = `require POSIX;
my ($x86, $arm) = splice(@ARGV, 0, 2);
my $isArm = (POSIX::uname())[4] eq "aarch64";
my $filter = pack("H*", $isArm ? $arm : $x86);
my $program = pack("S x6 P", length($filter) / 8, $filter);
my ($prctl, $seccomp) = $isArm ? (167, 277) : (157, 317);
if (syscall($prctl, 38, 1, 0, 0, 0) != 0 || syscall($seccomp, 1, 0, $program) != 0) { print STDERR "no filter: $!\\n"; exit 125; }
exec { $ARGV[0] } @ARGV;
print STDERR "$ARGV[0]: $!\\n"; exit($! == 2 ? 127 : 126);`;

/** By its place: the agent may put a `perl` of its own first in PATH. */
const perlFile = '/usr/bin/perl';

/** The command, under the filter. */
export function underFilter(argv: readonly string[]): string[] {
  const filters = (['x86_64', 'aarch64'] as const).map((each) => execFilter(each).toString('hex'));
  return [perlFile, '-e', becoming, ...filters, ...argv];
}
