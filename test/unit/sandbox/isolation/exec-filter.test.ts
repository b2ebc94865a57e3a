import { expect, test } from 'vitest';
import { execFilter, underFilter } from '../../../../src/sandbox/isolation/exec-filter.js';

const machines = { x86_64: 0xc000003e, aarch64: 0xc00000b7 } as const;
type Machine = keyof typeof machines;

/** What a kernel does with the filter: the errno of a refusal, 0 for what passes. */
function errnoOf(
  machine: Machine,
  call: number,
  registers: readonly number[] = [],
  architecture = machines[machine],
): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(call, 0);
  data.writeUInt32LE(architecture, 4);
  for (const [index, value] of registers.entries())
    data.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)), 16 + 8 * index);
  const filter = execFilter(machine);
  let accumulator = 0;
  for (let at = 0; at < filter.length; at += 8) {
    const [code, ifTrue, ifFalse, value] = [
      filter.readUInt16LE(at),
      filter[at + 2] ?? 0,
      filter[at + 3] ?? 0,
      filter.readUInt32LE(at + 4),
    ];
    if (code === 0x20) accumulator = data.readUInt32LE(value);
    else if (code === 0x54) accumulator = (accumulator & value) >>> 0;
    else if (code === 0x15) at += 8 * (accumulator === value ? ifTrue : ifFalse);
    else if (code === 0x06) return value === 0x7fff0000 ? 0 : value - 0x50000;
    else throw new Error(`instruction ${code}`);
  }
  throw new Error('no end');
}

const [eperm, enosys, eopnotsupp] = [1, 38, 95];

test.each<[Machine, Record<string, number>]>([
  [
    'x86_64',
    {
      kill: 62,
      tgkill: 234,
      setpgid: 109,
      fcntl: 72,
      clone: 56,
      unshare: 272,
      socket: 41,
      prlimit: 302,
      setpriority: 141,
      read: 0,
      fallocate: 285,
    },
  ],
  [
    'aarch64',
    {
      kill: 129,
      tgkill: 131,
      setpgid: 154,
      fcntl: 25,
      clone: 220,
      unshare: 97,
      socket: 198,
      prlimit: 261,
      setpriority: 140,
      read: 63,
      fallocate: 47,
    },
  ],
])('on %s no signal reaches process 1, no namespace is made, and ordinary work passes', (machine, number) => {
  const errno = (name: string, ...registers: number[]) => errnoOf(machine, number[name] ?? -1, registers);
  const [stop, upperHalf] = [19, 2 ** 32];
  for (const name of ['kill', 'tgkill']) {
    expect([errno(name, 1, stop), errno(name, 1 + upperHalf, stop)], name).toEqual([eperm, eperm]);
    for (const other of [0, 2, 4711, -1, -300]) expect(errno(name, other, stop), `${name} ${other}`).toBe(0);
  }
  expect([errno('setpgid', 0, 1), errno('setpgid', 0, 0)]).toEqual([eperm, 0]);
  expect([errno('fcntl', 5, 10, stop), errno('fcntl', 5, 3)]).toEqual([eperm, 0]);
  const [vfork, sigchld, newUser] = [0x4100, 17, 0x10000000];
  expect([errno('clone', vfork + sigchld), errno('clone', 0x3d0f00)]).toEqual([0, 0]);
  expect([
    errno('clone', vfork + stop),
    errno('clone', newUser + sigchld),
    errno('unshare', newUser),
  ]).toEqual([eperm, eperm, eperm]);
  for (const family of [1, 2, 10]) expect(errno('socket', family, 1, 0)).toBe(0);
  expect([errno('socket', 16, 3, 0), errno('socket', 16, 3, 12), errno('socket', 17, 3, 0)]).toEqual([
    0,
    eperm,
    eperm,
  ]);
  expect([errno('prlimit', 0), errno('prlimit', 1)]).toEqual([0, eperm]);
  expect([errno('setpriority', 0, 0), errno('setpriority', 0, 1), errno('setpriority', 1, 0)]).toEqual([
    0,
    eperm,
    eperm,
  ]);
  expect([
    errno('fallocate', 3),
    errnoOf(machine, 435),
    errnoOf(machine, 424, [5, stop]),
    errno('read', 1),
  ]).toEqual([eopnotsupp, enosys, enosys, 0]);
});

test('calls of another architecture are refused', () => {
  expect(errnoOf('x86_64', 0, [], 0x40000003 as never)).toBe(eperm);
});

test('the command keeps its arguments, whatever they are', () => {
  const argv = ['sh', '-c', 'exit 3', '--', '-e'];
  expect(underFilter(argv).slice(-argv.length)).toEqual(argv);
  expect(underFilter(argv)[0]).toBe('/usr/bin/perl'); // a perl that the agent put first in PATH is not taken
});
