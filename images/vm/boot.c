// From the kernel's first process to the agent's root: modules, disks, an overlay that ends with the machine, a small /dev; then, once
// it belongs to a box, the working directory over 9p, the network, and what nobody may change once the agent runs.
#define _GNU_SOURCE
#include "machine.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <net/if.h>
#include <net/route.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

struct sock_fprog agent_filter;

void die(const char *what) {
  dprintf(2, "tradebox: %s: %s\n", what, strerror(errno));
  sync();
  reboot(RB_AUTOBOOT);
  for (;;) pause();
}

void power_off(void) {
  sync();
  reboot(RB_POWER_OFF);
  die("power off");
}

static void mount_on(const char *source, const char *target, const char *type, unsigned long flags, const char *options) {
  if (mount(source, target, type, flags, options) != 0) die(target);
}

static int write_file(const char *path, const char *text) {
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return -1;
  ssize_t written = write(file, text, strlen(text));
  close(file);
  return written == (ssize_t)strlen(text) ? 0 : -1;
}

static void must_write(const char *path, const char *text) {
  if (write_file(path, text) != 0) die(path);
}

// In the order in which the image's builder resolved them: each after what it depends on.
static void load_modules(void) {
  FILE *list = fopen("/modules/order", "re");
  if (list == NULL) die("/modules/order");
  char line[200];
  while (fgets(line, sizeof line, list) != NULL) {
    line[strcspn(line, "\n")] = 0;
    int module = open(line, O_RDONLY | O_CLOEXEC);
    if (module < 0 || (syscall(SYS_finit_module, module, "", 0) != 0 && errno != EEXIST)) die(line);
    close(module);
  }
  fclose(list);
}

static int open_link(void) {
  for (int tries = 0; tries < 3000; tries++) {
    int link = open("/dev/vport0p1", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (link >= 0) return link;
    usleep(2000);
  }
  die("/dev/vport0p1");
}

static void load_filter(void) {
  int file = open("/filter.bpf", O_RDONLY | O_CLOEXEC);
  struct stat about;
  if (file < 0 || fstat(file, &about) != 0 || about.st_size == 0) die("/filter.bpf");
  agent_filter.filter = malloc(about.st_size);
  if (agent_filter.filter == NULL || read(file, agent_filter.filter, about.st_size) != about.st_size) die("/filter.bpf");
  agent_filter.len = about.st_size / sizeof(struct sock_filter);
  close(file);
}

// The agent's root as it was built, read-only, and what it changes on a disk of this machine alone.
static void mount_root(void) {
  mkdir("/base", 0755);
  mkdir("/scratch", 0755);
  mkdir("/root", 0755);
  const char *scratch = "/dev/vdb";
  if (mount("/dev/vda", "/base", "squashfs", MS_RDONLY, NULL) != 0) {
    scratch = "/dev/vda";
    mount_on("/dev/vdb", "/base", "squashfs", MS_RDONLY, NULL);
  }
  mount_on(scratch, "/scratch", "ext4", MS_NOATIME | MS_NODEV | MS_NOSUID, "noinit_itable");
  mkdir("/scratch/upper", 0755);
  mkdir("/scratch/work", 0755);
  mount_on("overlay", "/root", "overlay", MS_NOATIME | MS_NODEV | MS_NOSUID,
           "lowerdir=/base,upperdir=/scratch/upper,workdir=/scratch/work");
}

static void make_devices(void) {
  static const struct {
    const char *path;
    unsigned minor_of_memory;
  } memory[] = {{"/root/dev/null", 3}, {"/root/dev/zero", 5}, {"/root/dev/full", 7}, {"/root/dev/random", 8}, {"/root/dev/urandom", 9}};
  mkdir("/root/dev", 0755);
  mount_on("dev", "/root/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=64k");
  umask(0);
  for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) mknod(memory[i].path, S_IFCHR | 0666, makedev(1, memory[i].minor_of_memory));
  mknod("/root/dev/tty", S_IFCHR | 0666, makedev(5, 0));
  umask(022);
  mkdir("/root/dev/pts", 0755);
  mkdir("/root/dev/shm", 01777);
  mount_on("devpts", "/root/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5");
  mount_on("shm", "/root/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777,size=64m");
  static const char *links[][2] = {{"pts/ptmx", "/root/dev/ptmx"}, {"/proc/self/fd", "/root/dev/fd"}, {"/proc/self/fd/0", "/root/dev/stdin"},
                                   {"/proc/self/fd/1", "/root/dev/stdout"}, {"/proc/self/fd/2", "/root/dev/stderr"}};
  for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
    if (symlink(links[i][0], links[i][1]) != 0) die(links[i][1]);
  }
}

// True on the command line of a boot that only proves that a machine starts here.
static int is_probe(void) {
  char line[1000] = "";
  int file = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
  if (file < 0 || read(file, line, sizeof line - 1) < 0) die("/proc/cmdline");
  close(file);
  return strstr(line, "tradebox.probe") != NULL;
}

int boot(void) {
  mkdir("/proc", 0755);
  mkdir("/dev", 0755);
  mount_on("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  mount_on("devtmpfs", "/dev", "devtmpfs", 0, NULL);
  int console = open("/dev/console", O_RDWR);
  for (int number = 0; number < 3; number++) dup2(console, number);
  if (console > 2) close(console);
  load_modules();
  int link = open_link();
  load_filter();
  if (is_probe()) return link;
  mount_root();
  make_devices();
  mkdir("/root/proc", 0755);
  mount_on("proc", "/root/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  mkdir("/root/sys", 0755);
  mount_on("sysfs", "/root/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  mount_on("cgroup2", "/root/sys/fs/cgroup", "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  // The old root goes out of sight; its devices with it.
  if (chdir("/root") != 0) die("/root");
  mount_on("/root", "/", NULL, MS_MOVE, NULL);
  if (chroot(".") != 0 || chdir("/") != 0) die("chroot");
  return link;
}

// Machines that resume from one snapshot have one state of the kernel's generator: each gets bytes of its own before anything runs.
void seed_random(const uint8_t *bytes, uint32_t length) {
  struct {
    struct rand_pool_info about;
    uint8_t bytes[SEED];
  } seed = {.about = {.entropy_count = SEED * 8, .buf_size = SEED}};
  if (length != SEED) die("a seed of another size");
  memcpy(seed.bytes, bytes, SEED);
  int random = open("/dev/urandom", O_RDWR | O_CLOEXEC);
  if (random < 0 || ioctl(random, RNDADDENTROPY, &seed) != 0 || ioctl(random, RNDRESEEDCRNG) != 0) die("/dev/urandom");
  close(random);
}

static void set_address(int net, const char *device, const char *address, const char *mask) {
  struct ifreq request = {0};
  strncpy(request.ifr_name, device, IFNAMSIZ - 1);
  struct sockaddr_in *to = (struct sockaddr_in *)&request.ifr_addr;
  to->sin_family = AF_INET;
  inet_pton(AF_INET, address, &to->sin_addr);
  if (ioctl(net, SIOCSIFADDR, &request) != 0) die(device);
  inet_pton(AF_INET, mask, &to->sin_addr);
  if (ioctl(net, SIOCSIFNETMASK, &request) != 0) die(device);
  if (ioctl(net, SIOCGIFFLAGS, &request) != 0) die(device);
  request.ifr_flags |= IFF_UP | IFF_RUNNING;
  if (ioctl(net, SIOCSIFFLAGS, &request) != 0) die(device);
}

static void set_route(int net, const char *gateway) {
  struct rtentry route = {.rt_flags = RTF_UP | RTF_GATEWAY};
  struct sockaddr_in *via = (struct sockaddr_in *)&route.rt_gateway;
  via->sin_family = route.rt_dst.sa_family = route.rt_genmask.sa_family = AF_INET;
  inet_pton(AF_INET, gateway, &via->sin_addr);
  if (ioctl(net, SIOCADDRT, &route) != 0) die("route");
}

static const char *text_of(struct field *fields, size_t count, char name) {
  for (size_t i = 0; i < count; i++) {
    if (fields[i].name == name) return fields[i].text;
  }
  return "";
}

void set_up(struct field *fields, size_t count) {
  // Not at boot: a snapshot is taken of a machine that has nothing of any box yet.
  mkdir("/workspace", 0755);
  mount_on("workspace", "/workspace", "9p", MS_NOSUID | MS_NODEV, "trans=virtio,version=9p2000.L,msize=524288,cache=mmap,access=client");
  const char *host_name = text_of(fields, count, 'h');
  if (sethostname(host_name, strlen(host_name)) != 0) die("host name");
  int net = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  set_address(net, "lo", "127.0.0.1", "255.0.0.0");
  const char *address = text_of(fields, count, 'i');
  if (*address != 0) {
    set_address(net, "eth0", address, "255.255.255.0");
    set_route(net, text_of(fields, count, 'g'));
  }
  close(net);
  must_write("/etc/resolv.conf", text_of(fields, count, 'r'));
  must_write("/etc/hosts", text_of(fields, count, 'n'));
  must_write("/etc/hostname", host_name);
  snprintf(limits.pids, sizeof limits.pids, "%s", text_of(fields, count, 'p'));
  limits.open_files = strtoull(text_of(fields, count, 'f'), NULL, 10);
}

// Ends all it inherits of its namespace; the agent sees it as process 1, like the small init of a container.
static int reap_forever(void *unused) {
  (void)unused;
  mount_on("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  for (int capability = 0; prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0; capability++);
  struct { uint32_t version, pid; } head = {0x20080522, 0};
  struct { uint32_t effective, permitted, inheritable; } none[2] = {{0}};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  prctl(PR_SET_NAME, "init", 0, 0, 0);
  if (syscall(SYS_capset, &head, none) != 0) die("capset");
  if (syscall(SYS_seccomp, 1, 0, &agent_filter) != 0) die("seccomp");
  signal(SIGCHLD, SIG_DFL);
  for (;;) {
    if (wait(NULL) < 0) pause();
  }
}

static void make_namespace(void) {
  static char stack[64 * 1024] __attribute__((aligned(16)));
  pid_t reaper = clone(reap_forever, stack + sizeof stack, CLONE_NEWPID | SIGCHLD, NULL);
  if (reaper < 0) die("namespace");
  int handle = syscall(SYS_pidfd_open, reaper, 0);
  if (handle < 0 || setns(handle, CLONE_NEWPID) != 0) die("namespace");
  close(handle);
  // Its /proc replaces ours; nothing starts before it is there.
  char self[16];
  for (int tries = 0; readlink("/proc/self", self, sizeof self) > 0; tries++) {
    if (tries > 5000) die("/proc");
    usleep(1000);
  }
}

static void limit_agent(void) {
  must_write("/sys/fs/cgroup/cgroup.subtree_control", "+pids +memory");
  mkdir("/sys/fs/cgroup/agent", 0755);
  must_write("/sys/fs/cgroup/agent/pids.max", limits.pids);
  // The kernel, this program and the page tables keep a sixteenth: a full memory ends the agent's processes, not the machine.
  FILE *about = fopen("/proc/meminfo", "re");
  unsigned long long kilobytes = 0;
  if (about == NULL || fscanf(about, "MemTotal: %llu kB", &kilobytes) != 1) die("/proc/meminfo");
  fclose(about);
  char most[32];
  snprintf(most, sizeof most, "%llu", kilobytes * 1024 / 16 * 15);
  must_write("/sys/fs/cgroup/agent/memory.max", most);
  limits.group = open("/sys/fs/cgroup/agent/cgroup.procs", O_WRONLY | O_CLOEXEC);
  if (limits.group < 0 || umount2("/sys/fs/cgroup", MNT_DETACH) != 0) die("/sys/fs/cgroup");
}

void close_up(void) {
  limit_agent();
  static const char *settings[][2] = {
      {"user/max_user_namespaces", "0"},       {"kernel/unprivileged_bpf_disabled", "1"}, {"kernel/kptr_restrict", "2"},
      {"kernel/dmesg_restrict", "1"},          {"kernel/perf_event_paranoid", "3"},       {"kernel/kexec_load_disabled", "1"},
      {"net/ipv6/conf/all/disable_ipv6", "1"}, {"kernel/modules_disabled", "1"},
  };
  for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
    char path[100];
    snprintf(path, sizeof path, "/proc/sys/%s", settings[i][0]);
    if (write_file(path, settings[i][1]) != 0 && errno != ENOENT) die(path);
  }
  make_namespace();
  // As in a container: the agent may be uid 0 here, without capabilities, and the kernel's settings go by the owner of a file.
  static const char *readonly[] = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger", "/sys"};
  for (size_t i = 0; i < sizeof readonly / sizeof *readonly; i++) {
    if (mount(readonly[i], readonly[i], NULL, MS_BIND | MS_REC, NULL) != 0) {
      if (errno == ENOENT) continue;
      die(readonly[i]);
    }
    mount_on(NULL, readonly[i], NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  }
  static const char *masked[] = {"/proc/kcore", "/proc/keys", "/proc/kallsyms", "/proc/timer_list", "/proc/key-users",
                                 "/proc/kpagecount", "/proc/kpageflags", "/proc/vmallocinfo", "/proc/interrupts", "/proc/modules"};
  for (size_t i = 0; i < sizeof masked / sizeof *masked; i++) {
    if (mount("/dev/null", masked[i], NULL, MS_BIND, NULL) != 0 && errno != ENOENT) die(masked[i]);
  }
  static const char *hidden[] = {"/proc/acpi", "/proc/scsi", "/sys/firmware", "/sys/kernel", "/sys/module", "/sys/fs/bpf"};
  for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
    if (mount("tmpfs", hidden[i], "tmpfs", MS_RDONLY, "size=0") != 0 && errno != ENOENT) die(hidden[i]);
  }
}
