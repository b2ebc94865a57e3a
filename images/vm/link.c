// Process 1 of the machine: boots, says hello on the link to the runner outside, and serves what comes over it.
#define _GNU_SOURCE
#include "machine.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum { QUEUE_MOST = 1024 * 1024, FIELDS_MOST = 2048, POLLED_MOST = 1024 };

static int link_to_runner;
static uint8_t *queue;
static size_t queued, queue_room;

uint32_t read_u32(const uint8_t *at) { return at[0] | at[1] << 8 | at[2] << 16 | (uint32_t)at[3] << 24; }

static void write_u32(uint8_t *at, uint32_t value) {
  for (int i = 0; i < 4; i++) at[i] = value >> (8 * i);
}

int has_room(void) { return queued < QUEUE_MOST; }

static void flush_queue(void) {
  size_t sent = 0;
  while (sent < queued) {
    ssize_t written = write(link_to_runner, queue + sent, queued - sent);
    if (written <= 0) break;
    sent += written;
  }
  memmove(queue, queue + sent, queued - sent);
  queued -= sent;
}

void send_frame(uint32_t channel, enum frame_kind kind, const void *data, uint32_t length) {
  size_t needed = queued + FRAME_HEAD + length;
  if (needed > queue_room) {
    queue_room = needed * 2;
    queue = realloc(queue, queue_room);
    if (queue == NULL) die("memory");
  }
  uint8_t *at = queue + queued;
  write_u32(at, channel);
  write_u32(at + 4, kind);
  write_u32(at + 8, length);
  if (length > 0) memcpy(at + FRAME_HEAD, data, length);
  queued = needed;
  flush_queue();
}

// Fields of a frame, each made to end with a NUL by a copy. False when the frame is not well formed.
static int read_fields(const uint8_t *data, uint32_t length, struct field *fields, size_t *count, char *texts) {
  uint32_t at = 0;
  *count = 0;
  while (at < length) {
    if (length - at < 5 || *count == FIELDS_MOST) return 0;
    uint32_t size = read_u32(data + at + 1);
    if (size > length - at - 5) return 0;
    fields[(*count)++] = (struct field){data[at], size, texts};
    memcpy(texts, data + at + 5, size);
    texts[size] = 0;
    texts += size + 1;
    at += 5 + size;
  }
  return 1;
}

static void say_hello(void) {
  struct utsname kernel;
  uname(&kernel);
  char hello[300];
  int length = snprintf(hello, sizeof hello, "%s %s %s", kernel.sysname, kernel.release, kernel.version);
  send_frame(0, FRAME_HELLO, hello, length);
}

static void take_frame(uint32_t channel, uint32_t kind, const uint8_t *data, uint32_t length) {
  static struct field fields[FIELDS_MOST];
  static char texts[FRAME_MOST * 2 + FIELDS_MOST];
  size_t count;
  switch (kind) {
    case FRAME_SETUP:
    case FRAME_START:
      if (!read_fields(data, length, fields, &count, texts)) die("a frame with bad fields");
      if (kind == FRAME_START) {
        start_process(channel, fields, count);
      } else {
        set_up(fields, count);
        close_up();
      }
      return;
    case FRAME_CLOCK: {
      if (length != 8) die("a clock of another size");
      struct timespec now = {.tv_sec = read_u32(data), .tv_nsec = read_u32(data + 4)};
      clock_settime(CLOCK_REALTIME, &now);
      return;
    }
    case FRAME_SEED:
      seed_random(data, length);
      say_hello();
      return;
    case FRAME_POWER_OFF:
      power_off();
    default:
      feed_process(channel, kind, data, length);
  }
}

static void read_link(void) {
  static uint8_t held[FRAME_HEAD + FRAME_MOST * 2];
  static size_t have;
  ssize_t got = read(link_to_runner, held + have, sizeof held - have);
  if (got <= 0) return;
  have += got;
  size_t at = 0;
  while (have - at >= FRAME_HEAD) {
    uint32_t length = read_u32(held + at + 8);
    if (length > FRAME_MOST) die("a frame that is too long");
    if (have - at < FRAME_HEAD + length) break;
    take_frame(read_u32(held + at), read_u32(held + at + 4), held + at + FRAME_HEAD, length);
    at += FRAME_HEAD + length;
  }
  memmove(held, held + at, have - at);
  have -= at;
}

int main(void) {
  if (getpid() != 1) {
    errno = EPERM;
    die("not process 1");
  }
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, NULL);
  signal(SIGPIPE, SIG_IGN);
  link_to_runner = boot();
  int ended = signalfd(-1, &children, SFD_NONBLOCK | SFD_CLOEXEC);
  if (ended < 0) die("signalfd");
  say_hello();
  for (;;) {
    static struct pollfd polled[POLLED_MOST];
    polled[0] = (struct pollfd){.fd = link_to_runner, .events = POLLIN | (queued > 0 ? POLLOUT : 0)};
    polled[1] = (struct pollfd){.fd = ended, .events = POLLIN};
    size_t count = 2 + list_polled(polled + 2, POLLED_MOST - 2);
    if (poll(polled, count, -1) < 0 && errno != EINTR) die("poll");
    if (polled[0].revents & POLLHUP) usleep(10000); // the runner is not there yet, or gone: the machine ends with it
    if (polled[0].revents & POLLOUT) flush_queue();
    serve_polled(polled + 2, count - 2);
    if (polled[1].revents & POLLIN) {
      struct signalfd_siginfo about;
      while (read(ended, &about, sizeof about) > 0);
      reap_processes();
    }
    if (polled[0].revents & POLLIN) read_link();
  }
}
