// A Python program that tries system calls an agent has no use for, each with arguments that would work, and prints call → errno
// (0 where it worked).
export const tryingCalls = `
import ctypes, json, os, platform
libc = ctypes.CDLL(None, use_errno=True)
number = {  # x86_64, aarch64 (asm/unistd_64.h, asm-generic/unistd.h)
  'io_uring_setup': (425, 425), 'keyctl': (250, 219), 'add_key': (248, 217), 'bpf': (321, 280), 'userfaultfd': (323, 282),
  'perf_event_open': (298, 241), 'unshare': (272, 97), 'setns': (308, 268), 'process_vm_readv': (310, 270), 'mount': (165, 40),
  'open_by_handle_at': (304, 265), 'name_to_handle_at': (303, 264), 'pidfd_getfd': (438, 438), 'kcmp': (312, 272),
  'personality': (135, 92), 'vmsplice': (278, 75), 'shmget': (29, 194), 'msgget': (68, 186), 'mq_open': (240, 180),
  'fsopen': (430, 430), 'init_module': (175, 105), 'kexec_load': (246, 104), 'syslog': (103, 116), 'quotactl': (179, 60),
  'clone3': (435, 435), 'chroot': (161, 51), 'ptrace': (101, 117), 'clone into a user namespace': (56, 220),
}
buffer = ctypes.create_string_buffer(512)
own = ctypes.c_long(-3)
arguments = {
  'io_uring_setup': (1, buffer), 'keyctl': (0, own, 0), 'add_key': (b'user', b'k', b'v', 1, own), 'userfaultfd': (1,),
  'unshare': (0x10000000,), 'process_vm_readv': (os.getpid(), buffer, 0, buffer, 0, 0), 'personality': (0x40000,),
  'name_to_handle_at': (-100, b'/', buffer, buffer, 0), 'kcmp': (os.getpid(), os.getpid(), 0, 0, 0),
  'shmget': (0, 4096, 0o1600), 'msgget': (0, 0o1600), 'mq_open': (b'x', 0o102, 0o600, 0), 'syslog': (10,),
  'clone into a user namespace': (0x10000011, 0, 0, 0, 0),
}
def errno_of(name):
  returned = libc.syscall(number[name][platform.machine() == 'aarch64'], *arguments.get(name, (0, 0, 0, 0, 0)))
  return ctypes.get_errno() if returned < 0 else 0
def in_a_child(name):
  reader, writer = os.pipe()
  if os.fork() == 0:
    os.write(writer, b'%d ' % errno_of(name))
    os._exit(0)
  return int(os.read(reader, 9).split()[0])
seen = { name: in_a_child(name) for name in number }
for name, family, kind, protocol in [('AF_ALG', 38, 5, 0), ('AF_VSOCK', 40, 1, 0), ('AF_PACKET', 17, 3, 0), ('AF_RDS', 21, 5, 0),
    ('AF_TIPC', 30, 1, 0), ('AF_BLUETOOTH', 31, 3, 0), ('NETLINK_NETFILTER', 16, 3, 12), ('raw IP', 2, 3, 1)]:
  seen[name] = ctypes.get_errno() if libc.socket(family, kind, protocol) < 0 else 0
print(json.dumps(seen))
`;
