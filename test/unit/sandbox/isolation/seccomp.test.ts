import { expect, test } from 'vitest';
import { filterLines, seccompProfile } from '../../../../src/sandbox/isolation/seccomp.js';
import { allowedCalls } from '../../../../src/sandbox/isolation/system-calls.js';

interface Rule {
  names: string[];
  action: string;
  errnoRet?: number;
  args?: { index: number; value: number; valueTwo?: number; op: string }[];
}
const rulesOf = (kernel: 'container' | 'gvisor'): Rule[] => JSON.parse(seccompProfile(kernel)).syscalls;
const of = (kernel: 'container' | 'gvisor', name: string) =>
  rulesOf(kernel).filter(({ names }) => names.includes(name));

test('what is not named is refused, on every architecture, and 32-bit calls are on no list', () => {
  expect(JSON.parse(seccompProfile('container'))).toMatchObject({
    defaultAction: 'SCMP_ACT_ERRNO',
    archMap: [{ subArchitectures: [] }, { subArchitectures: [] }],
  });
});

test('no call that reaches the kernel’s riskier parts is allowed', () => {
  const named = new Set(rulesOf('container').flatMap(({ names }) => names));
  const refused =
    'io_uring_setup io_uring_enter io_uring_register keyctl add_key request_key bpf perf_event_open userfaultfd ptrace process_vm_readv process_vm_writev kcmp pidfd_getfd open_by_handle_at name_to_handle_at mount umount2 move_mount open_tree fsopen fsmount pivot_root chroot unshare setns init_module finit_module delete_module kexec_load reboot swapon acct quotactl syslog iopl ioperm modify_ldt vmsplice remap_file_pages fanotify_init settimeofday clock_settime sethostname socketcall';
  for (const call of refused.split(' ')) expect(named, call).not.toContain(call);
});

test('each call stands in one group, and each group has its reason', () => {
  const calls = allowedCalls.flatMap((group) => group.calls.split(' '));
  expect(calls.filter((call, index) => calls.indexOf(call) !== index)).toEqual([]);
  expect(calls.filter((call) => !/^[a-z_0-9]+$/.test(call))).toEqual([]);
  for (const { reason } of allowedCalls) expect(reason.length).toBeGreaterThan(15);
});

test('clone makes no namespace: every CLONE_NEW flag is in the mask', () => {
  const [rule] = of('container', 'clone');
  const mask = rule?.args?.[0];
  expect(mask).toMatchObject({ index: 0, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' });
  for (const flag of [0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000]) {
    expect((mask?.value ?? 0) & flag, flag.toString(16)).toBe(flag);
  }
});

test('clone3 does not exist: ENOSYS, in the way that the kernel at hand can say it', () => {
  expect(of('container', 'clone3')).toEqual([{ names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 }]);
  expect(of('gvisor', 'clone3')).toEqual([{ names: ['clone3'], action: 'SCMP_ACT_TRACE' }]);
});

test('E8: no call takes a disk at once: its refusal is told as one that libraries know', () => {
  expect(of('container', 'fallocate')).toEqual([
    { names: ['fallocate'], action: 'SCMP_ACT_ERRNO', errnoRet: 95 },
  ]);
  expect(of('gvisor', 'fallocate')).toEqual([{ names: ['fallocate'], action: 'SCMP_ACT_TRACE' }]);
});

test('E8: priorities, processors and limits are the caller’s own, whatever stands in the upper half of the register', () => {
  const own = (index: number) => ({ index, value: 0xffffffff, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' });
  for (const name of [
    'prlimit64',
    'sched_setaffinity',
    'sched_setattr',
    'sched_setparam',
    'sched_setscheduler',
  ])
    expect(of('container', name).map(({ args }) => args)).toEqual([[own(0)]]);
  expect(of('container', 'setpriority').map(({ args }) => args)).toEqual([[own(0), own(1)]]);
});

/** Whether a filter's rules let a call through, with these numbers in its registers: the first that holds decides. */
function lets(kernel: 'container' | 'gvisor', name: string, ...registers: number[]): boolean {
  const rule = of(kernel, name).find(({ args = [] }) =>
    args.every(({ index, value, valueTwo, op }) => {
      const register = BigInt.asUintN(64, BigInt(registers[index] ?? 0));
      return op === 'SCMP_CMP_EQ'
        ? register === BigInt(value)
        : (register & BigInt(value)) === BigInt(valueTwo ?? 0);
    }),
  );
  return rule?.action === 'SCMP_ACT_ALLOW';
}

test('E8: at gVisor, whose kernel would let it, no signal reaches process 1, by number, descriptor, group, owner or end of a child', () => {
  const [stop, upperHalf] = [19, 2 ** 32];
  for (const name of ['kill', 'tkill', 'tgkill', 'rt_sigqueueinfo', 'rt_tgsigqueueinfo', 'pidfd_open']) {
    expect(lets('gvisor', name, 1, stop), name).toBe(false);
    expect(lets('gvisor', name, 1 + upperHalf, stop), name).toBe(false);
    for (const other of [0, 2, 3, 4711, 65_537, -1, -2, -300])
      expect(lets('gvisor', name, other, stop), name).toBe(true);
    expect(lets('container', name, 1, stop), name).toBe(true);
  }
  expect(lets('gvisor', 'pidfd_send_signal', 5, stop)).toBe(false);
  expect(lets('container', 'pidfd_send_signal', 5, stop)).toBe(true);
  expect(lets('gvisor', 'setpgid', 0, 1)).toBe(false);
  expect(lets('gvisor', 'setpgid', 0, 0)).toBe(true);
  const [getFlags, setOwnSignal] = [3, 10];
  expect(lets('gvisor', 'fcntl', 5, setOwnSignal, stop)).toBe(false);
  expect(lets('gvisor', 'fcntl', 5, getFlags)).toBe(true);
  const [newUser, vfork, sigchld] = [0x1000_0000, 0x4100, 17];
  expect(lets('gvisor', 'clone', vfork + sigchld)).toBe(true);
  expect(lets('gvisor', 'clone', 0x3d0f00)).toBe(true);
  expect(lets('gvisor', 'clone', vfork + stop)).toBe(false);
  expect(lets('gvisor', 'clone', newUser + sigchld)).toBe(false);
});

test('sockets are local, IP, or the list of routes', () => {
  const families = of('container', 'socket').map(({ args }) =>
    args?.map(({ index, value }) => [index, value]),
  );
  expect(families).toEqual([
    [[0, 1]],
    [[0, 2]],
    [[0, 10]],
    [
      [0, 16],
      [2, 0],
    ],
  ]);
});

test('a machine’s kernel gets the same rules, a line each', () => {
  const lines = filterLines().trim().split('\n');
  const named = rulesOf('container').reduce((sum, { names }) => sum + names.length, 0);
  expect(lines).toHaveLength(named);
  expect(lines).toContain('read allow');
  expect(lines).toContain('clone3 errno:38');
  expect(lines).toContain('socket allow 0 eq 2');
  expect(lines).toContain(`clone allow 0 masked ${0x7e020000} 0`);
});
