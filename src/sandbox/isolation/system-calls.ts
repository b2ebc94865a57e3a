// The system calls that an agent may make, each group with its reason. What is not named is refused. Names as in syscalls(2); one
// that an architecture or an older engine doesn't know is ignored by the runtime.

export interface CallGroup {
  /** Why agents need them. */
  reason: string;
  calls: string;
}

export const allowedCalls: readonly CallGroup[] = [
  {
    reason: 'reading and writing files and pipes',
    calls:
      'read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 lseek _llseek close close_range dup dup2 dup3 fcntl fcntl64 flock ioctl pipe pipe2 sendfile sendfile64 splice tee copy_file_range fadvise64 arm_fadvise64_64 fadvise64_64 readahead truncate truncate64 ftruncate ftruncate64 sync syncfs fsync fdatasync sync_file_range sync_file_range2 cachestat',
  },
  {
    reason:
      'finding, opening, making and removing files; mkfifo is mknod, and devices need a capability nobody has',
    calls:
      'open openat openat2 creat access faccessat faccessat2 stat stat64 fstat fstat64 lstat lstat64 newfstatat fstatat64 statx statfs statfs64 fstatfs fstatfs64 getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir rename renameat renameat2 link linkat unlink unlinkat symlink symlinkat readlink readlinkat mknod mknodat umask',
  },
  {
    reason: 'owners, modes, times and attributes of files: git, npm and tar set them',
    calls:
      'chmod fchmod fchmodat fchmodat2 chown chown32 fchown fchown32 lchown lchown32 fchownat utime utimes futimesat utimensat getxattr lgetxattr fgetxattr listxattr llistxattr flistxattr setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr',
  },
  {
    reason: 'waiting for events: the loops of Node and Python, file watchers',
    calls:
      'poll ppoll select _newselect pselect6 epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_wait epoll_wait_old epoll_pwait epoll_pwait2 eventfd eventfd2 inotify_init inotify_init1 inotify_add_watch inotify_rm_watch io_setup io_destroy io_submit io_cancel io_getevents io_pgetevents',
  },
  {
    reason: 'memory: allocators, garbage collectors and just-in-time compilers with protection keys',
    calls:
      'brk mmap mmap2 munmap mremap mprotect madvise mincore mlock mlock2 munlock mlockall munlockall msync memfd_create memfd_secret membarrier pkey_alloc pkey_free pkey_mprotect mseal map_shadow_stack get_mempolicy',
  },
  {
    reason:
      'starting, ending and waiting for processes and threads; clone is limited to no new namespace in seccomp.ts',
    calls:
      'fork vfork execve execveat exit exit_group wait4 waitid waitpid getpid getppid gettid getpgid setpgid getpgrp getsid setsid set_tid_address set_robust_list get_robust_list rseq arch_prctl prctl pidfd_open pidfd_send_signal restart_syscall',
  },
  {
    reason: 'locks and queues between threads',
    calls: 'futex futex_time64 futex_waitv futex_wake futex_wait futex_requeue',
  },
  {
    reason: 'sending, receiving and masking signals',
    calls:
      'kill tkill tgkill pause alarm rt_sigaction rt_sigprocmask rt_sigpending rt_sigqueueinfo rt_tgsigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait sigaltstack sigreturn sigaction sigprocmask sigsuspend signalfd signalfd4',
  },
  {
    reason: 'clocks and timers: reading and waiting, never setting',
    calls:
      'time gettimeofday clock_gettime clock_gettime64 clock_getres clock_getres_time64 clock_nanosleep clock_nanosleep_time64 nanosleep getitimer setitimer times timer_create timer_delete timer_getoverrun timer_gettime timer_settime timerfd_create timerfd_gettime timerfd_settime',
  },
  {
    reason: 'sockets; which families may be opened is said in seccomp.ts',
    calls:
      'socketpair bind listen accept accept4 connect getsockname getpeername getsockopt setsockopt sendto sendmsg sendmmsg send recvfrom recvmsg recvmmsg recv shutdown',
  },
  {
    reason: 'the identity a process has; another one needs a capability nobody has',
    calls:
      'getuid getuid32 geteuid geteuid32 getgid getgid32 getegid getegid32 getresuid getresuid32 getresgid getresgid32 getgroups getgroups32 setuid setuid32 setgid setgid32 setreuid setreuid32 setregid setregid32 setresuid setresuid32 setresgid setresgid32 setgroups setgroups32 setfsuid setfsuid32 setfsgid setfsgid32 capget capset',
  },
  {
    reason: 'scheduling and limits of its own processes: thread pools ask for cores and priorities',
    calls:
      'sched_yield sched_getaffinity sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min sched_rr_get_interval sched_getattr getpriority ioprio_get ioprio_set getrlimit ugetrlimit setrlimit getrusage getcpu',
  },
  { reason: 'random numbers, names and sizes of the machine', calls: 'getrandom uname sysinfo' },
  {
    reason: 'agents that confine their own tools further can only take rights away with these',
    calls: 'seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self',
  },
];
