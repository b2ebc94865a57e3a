// What the parts of a machine's first program share: the boot, the link to the runner outside, and the agent's processes.
#ifndef TRADEBOX_MACHINE_H
#define TRADEBOX_MACHINE_H

#include <linux/filter.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Kinds of frames on the link; src/vm/frames.ts holds the same numbers and says what each carries.
enum frame_kind {
  FRAME_SETUP = 1,
  FRAME_START = 2,
  FRAME_INPUT = 3,
  FRAME_INPUT_END = 4,
  FRAME_RESIZE = 5,
  FRAME_SIGNAL = 6,
  FRAME_TAKEN = 7,
  FRAME_CLOCK = 8,
  FRAME_POWER_OFF = 9,
  FRAME_SEED = 10,
  FRAME_HELLO = 16,
  FRAME_OUTPUT = 17,
  FRAME_ERROR = 18,
  FRAME_EXIT = 19,
};

enum { FRAME_HEAD = 12, FRAME_MOST = 64 * 1024, WINDOW = 256 * 1024, SEED = 64 };

// A field of a SETUP or START frame: one letter, a length, bytes; `text` ends with a NUL that is not part of `length`.
struct field {
  char name;
  uint32_t length;
  char *text;
};

// Says the last word on the console and ends the machine.
void die(const char *what) __attribute__((noreturn));

// boot.c: file systems, modules, the agent's root; returns the open link. Then the setup that came over it.
int boot(void);
void seed_random(const uint8_t *bytes, uint32_t length);
void set_up(struct field *fields, size_t count);
// Settings of the kernel that nobody may change afterwards; the pid namespace that all later children live in.
void close_up(void);
void power_off(void) __attribute__((noreturn));

// processes.c
struct limits {
  char pids[16];
  uint64_t open_files;
  int group; // where a process writes "0" to be under them
};
extern struct limits limits;
void start_process(uint32_t channel, struct field *fields, size_t count);
// `frame` belongs to a running process.
void feed_process(uint32_t channel, enum frame_kind kind, const uint8_t *data, uint32_t length);
void reap_processes(void);
// Entries for poll(2), and what to do after it.
size_t list_polled(struct pollfd *entries, size_t room);
void serve_polled(const struct pollfd *entries, size_t count);

// link.c
void send_frame(uint32_t channel, enum frame_kind kind, const void *data, uint32_t length);
// False while the runner outside does not take what was sent: nobody should read more output then.
int has_room(void);

// filter.bpf of the initial file system, made by make-filter.c; empty when there is none.
extern struct sock_fprog agent_filter;

uint32_t read_u32(const uint8_t *at);

#endif
