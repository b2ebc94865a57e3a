// The agent's processes: started without capabilities, on pipes or on a terminal, fed and listened to through the link.
#define _GNU_SOURCE
#include "machine.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct limits limits = {.open_files = 1024};

struct process {
  struct process *next;
  uint32_t channel;
  pid_t pid;
  int input, output, error; // -1: none, or closed; on a terminal input is a copy of output
  int has_terminal, has_ended, status;
  uint32_t window; // bytes that the other side still takes
  uint8_t *pending; // input that the process has not read yet
  size_t pending_length;
  int input_ends;
};

static struct process *processes;

static struct process *find_process(uint32_t channel) {
  struct process *each = processes;
  while (each != NULL && each->channel != channel) each = each->next;
  return each;
}

struct plan {
  char *argv[1024], *environment[1024];
  size_t argc, environment_count;
  const char *directory;
  unsigned uid, gid;
  int is_privileged, has_terminal, has_input;
  struct winsize size;
};

static void read_plan(struct field *fields, size_t count, struct plan *plan) {
  *plan = (struct plan){.directory = "/", .uid = 65534, .gid = 65534};
  for (size_t i = 0; i < count; i++) {
    char *text = fields[i].text;
    unsigned rows = 0, columns = 0;
    switch (fields[i].name) {
      case 'a': if (plan->argc < 1023) plan->argv[plan->argc++] = text; break;
      case 'e': if (plan->environment_count < 1023) plan->environment[plan->environment_count++] = text; break;
      case 'd': plan->directory = text; break;
      case 'u': sscanf(text, "%u:%u", &plan->uid, &plan->gid); break;
      case 'x': plan->is_privileged = 1; break;
      case 's': plan->has_input = 1; break;
      case 't':
        plan->has_terminal = plan->has_input = 1;
        if (sscanf(text, "%u %u", &rows, &columns) == 2) plan->size = (struct winsize){.ws_row = rows, .ws_col = columns};
    }
  }
}

static void give_up_rights(const struct plan *plan) {
  if (!plan->is_privileged) {
    for (int capability = 0; prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0; capability++);
  }
  if (setgroups(0, NULL) != 0 || setresgid(plan->gid, plan->gid, plan->gid) != 0 || setresuid(plan->uid, plan->uid, plan->uid) != 0) _exit(125);
  if (plan->is_privileged) return;
  struct { uint32_t version, pid; } head = {0x20080522, 0};
  struct { uint32_t effective, permitted, inheritable; } none[2] = {{0}};
  if (syscall(SYS_capset, &head, none) != 0) _exit(125);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) _exit(125);
  if (syscall(SYS_seccomp, 1, 0, &agent_filter) != 0) _exit(125);
}

static void join_limits(const struct plan *plan) {
  if (!plan->is_privileged && write(limits.group, "0", 1) != 1) _exit(125);
  struct rlimit files = {limits.open_files, limits.open_files}, cores = {0, 0};
  setrlimit(RLIMIT_NOFILE, &files);
  setrlimit(RLIMIT_CORE, &cores);
}

// Never returns. 126 and 127 as in a shell: it could not be run, it is not there.
static void become(const struct plan *plan, int input, int output, int error) {
  setsid();
  if (plan->has_terminal) {
    if (ioctl(output, TIOCSCTTY, 0) != 0) _exit(125);
    input = error = output;
  }
  if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(error, 2) < 0) _exit(125);
  join_limits(plan);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGPIPE, SIG_DFL);
  if (plan->has_terminal && fchown(0, plan->uid, -1) != 0) _exit(125);
  give_up_rights(plan);
  if (chdir(plan->directory) != 0) {
    dprintf(2, "tradebox: %s: %s\n", plan->directory, strerror(errno));
    _exit(126);
  }
  syscall(SYS_close_range, 3, ~0u, 0);
  clearenv();
  for (size_t i = 0; i < plan->environment_count; i++) putenv(plan->environment[i]);
  execvp(plan->argv[0], plan->argv);
  int code = errno == ENOENT ? 127 : 126;
  dprintf(2, "tradebox: %s: %s\n", plan->argv[0], strerror(errno));
  _exit(code);
}

static void fail_start(uint32_t channel, const char *what) {
  char text[200];
  int length = snprintf(text, sizeof text, "tradebox: %s: %s\n", what, strerror(errno));
  send_frame(channel, FRAME_ERROR, text, length);
  uint8_t status[4] = {126};
  send_frame(channel, FRAME_EXIT, status, sizeof status);
}

static void close_pair(int pair[2]) {
  if (pair[0] >= 0) close(pair[0]);
  if (pair[1] >= 0) close(pair[1]);
}

// A terminal's two ends: [0] ours, [1] the process's.
static int open_terminal(int pair[2], const struct winsize *size) {
  char name[32];
  int number, unlocked = 0;
  pair[0] = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (pair[0] < 0 || ioctl(pair[0], TIOCSPTLCK, &unlocked) != 0 || ioctl(pair[0], TIOCGPTN, &number) != 0) return -1;
  snprintf(name, sizeof name, "/dev/pts/%d", number);
  pair[1] = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (pair[1] < 0) return -1;
  ioctl(pair[0], TIOCSWINSZ, size);
  return 0;
}

void start_process(uint32_t channel, struct field *fields, size_t count) {
  static struct plan plan;
  read_plan(fields, count, &plan);
  if (plan.argc == 0 || find_process(channel) != NULL) {
    errno = EINVAL;
    fail_start(channel, "start");
    return;
  }
  int input[2] = {-1, -1}, output[2] = {-1, -1}, error[2] = {-1, -1};
  int made = plan.has_terminal ? open_terminal(output, &plan.size) : pipe2(output, O_CLOEXEC) | pipe2(error, O_CLOEXEC);
  if (made == 0 && !plan.has_terminal) {
    made = plan.has_input ? pipe2(input, O_CLOEXEC) : ((input[0] = open("/dev/null", O_RDONLY | O_CLOEXEC)) < 0 ? -1 : 0);
  }
  struct process *process = calloc(1, sizeof *process);
  pid_t pid = made == 0 && process != NULL ? fork() : -1;
  if (pid == 0) become(&plan, input[0], output[1], error[1]);
  if (pid < 0) {
    fail_start(channel, "fork");
    close_pair(input);
    close_pair(output);
    close_pair(error);
    free(process);
    return;
  }
  if (input[0] >= 0) close(input[0]);
  close(output[1]);
  if (error[1] >= 0) close(error[1]);
  *process = (struct process){.next = processes, .channel = channel, .pid = pid, .output = output[0], .error = error[0], .window = WINDOW, .has_terminal = plan.has_terminal};
  process->input = plan.has_terminal ? fcntl(output[0], F_DUPFD_CLOEXEC, 3) : input[1];
  fcntl(process->output, F_SETFL, O_NONBLOCK);
  if (process->error >= 0) fcntl(process->error, F_SETFL, O_NONBLOCK);
  if (process->input >= 0) fcntl(process->input, F_SETFL, O_NONBLOCK);
  processes = process;
}

static void close_fd(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

static void tell_taken(struct process *process, uint32_t bytes) {
  uint8_t number[4] = {bytes, bytes >> 8, bytes >> 16, bytes >> 24};
  send_frame(process->channel, FRAME_TAKEN, number, sizeof number);
}

static void write_pending(struct process *process) {
  if (process->input >= 0 && process->pending_length > 0) {
    ssize_t written = write(process->input, process->pending, process->pending_length);
    if (written < 0 && errno != EAGAIN) {
      close_fd(&process->input);
    } else if (written > 0) {
      memmove(process->pending, process->pending + written, process->pending_length - written);
      process->pending_length -= written;
      tell_taken(process, written);
    }
  }
  if (process->input < 0 && process->pending_length > 0) {
    tell_taken(process, process->pending_length); // nobody reads it any more: dropped, as in a broken pipe
    process->pending_length = 0;
  }
  if (process->pending_length == 0 && process->input_ends) {
    // Pipes end; a terminal says so with its own character, and stays open for its output.
    if (process->has_terminal && process->input >= 0 && write(process->input, "\4", 1) < 0) errno = 0;
    close_fd(&process->input);
    process->input_ends = 0;
  }
}

void feed_process(uint32_t channel, enum frame_kind kind, const uint8_t *data, uint32_t length) {
  struct process *process = find_process(channel);
  if (process == NULL) return; // it has just ended
  switch (kind) {
    case FRAME_INPUT:
      if (process->pending_length + length > 2 * WINDOW) die("more input than was asked for");
      process->pending = realloc(process->pending, process->pending_length + length + 1);
      if (process->pending == NULL) die("memory");
      memcpy(process->pending + process->pending_length, data, length);
      process->pending_length += length;
      write_pending(process);
      return;
    case FRAME_INPUT_END:
      process->input_ends = 1;
      write_pending(process);
      return;
    case FRAME_RESIZE:
      if (length == 8 && process->has_terminal && process->output >= 0) {
        struct winsize size = {.ws_row = read_u32(data), .ws_col = read_u32(data + 4)};
        ioctl(process->output, TIOCSWINSZ, &size);
      }
      return;
    case FRAME_SIGNAL:
      if (length == 4 && !process->has_ended) kill(process->pid, read_u32(data));
      return;
    case FRAME_TAKEN:
      if (length == 4) process->window += read_u32(data);
      return;
    default:
      return;
  }
}

// 1 while there may be more.
static int pass_on(struct process *process, int *from, enum frame_kind kind) {
  static uint8_t bytes[32 * 1024];
  if (*from < 0 || process->window == 0 || !has_room()) return 0;
  size_t most = process->window < sizeof bytes ? process->window : sizeof bytes;
  ssize_t got = read(*from, bytes, most);
  if (got < 0 && errno == EAGAIN) return 0;
  if (got <= 0) {
    close_fd(from); // end of file; EIO on a terminal that nobody holds any more
    return 0;
  }
  process->window -= got;
  send_frame(process->channel, kind, bytes, got);
  return 1;
}

// Tells the exit once all that was written before it has been passed on; what a child of it writes later is dropped.
static int finish(struct process *process) {
  if (!process->has_ended) return 0;
  while (pass_on(process, &process->output, FRAME_OUTPUT));
  while (pass_on(process, &process->error, FRAME_ERROR));
  if ((process->output >= 0 || process->error >= 0) && (process->window == 0 || !has_room())) return 0;
  int code = WIFSIGNALED(process->status) ? 128 + WTERMSIG(process->status) : WEXITSTATUS(process->status);
  uint8_t status[4] = {code};
  send_frame(process->channel, FRAME_EXIT, status, sizeof status);
  close_fd(&process->input);
  close_fd(&process->output);
  close_fd(&process->error);
  free(process->pending);
  return 1;
}

static void finish_all(void) {
  for (struct process **at = &processes; *at != NULL;) {
    struct process *each = *at;
    if (finish(each)) {
      *at = each->next;
      free(each);
    } else {
      at = &each->next;
    }
  }
}

void reap_processes(void) {
  int status;
  pid_t pid;
  while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
    for (struct process *each = processes; each != NULL; each = each->next) {
      if (each->pid != pid) continue;
      each->has_ended = 1;
      each->status = status;
    }
  }
  finish_all();
}

size_t list_polled(struct pollfd *entries, size_t room) {
  size_t count = 0;
  for (struct process *each = processes; each != NULL && count + 3 <= room; each = each->next) {
    int may_read = each->window > 0 && has_room();
    if (each->output >= 0 && may_read) entries[count++] = (struct pollfd){.fd = each->output, .events = POLLIN};
    if (each->error >= 0 && may_read) entries[count++] = (struct pollfd){.fd = each->error, .events = POLLIN};
    if (each->input >= 0 && each->pending_length > 0) entries[count++] = (struct pollfd){.fd = each->input, .events = POLLOUT};
  }
  return count;
}

void serve_polled(const struct pollfd *entries, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (entries[i].revents == 0) continue;
    for (struct process *each = processes; each != NULL; each = each->next) {
      if (entries[i].fd == each->output) pass_on(each, &each->output, FRAME_OUTPUT);
      else if (entries[i].fd == each->error) pass_on(each, &each->error, FRAME_ERROR);
      else if (entries[i].fd == each->input) write_pending(each);
    }
  }
  finish_all();
}
