#define _GNU_SOURCE 1
#include "CNcursesShims.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

// Puts the terminal back when the process dies without closing its screen. Only calls that a signal
// handler may make: what to send and which modes to set were noted while all was well.
static volatile sig_atomic_t armed;
static int terminal = -1;
static struct { int descriptor, saved; } stand_ins[4];
static int stand_in_count;
static struct termios modes;
static int has_modes;
static char sequence[512];
static size_t sequence_count;

static const int fatal[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
enum { fatal_count = sizeof fatal / sizeof *fatal };
static struct sigaction old_actions[fatal_count];
static int is_installed;
static int is_at_exit;

static void restore(void) {
  if (!armed) return;
  armed = 0;
  if (write(terminal, sequence, sequence_count) < 0) { }
  if (has_modes) tcsetattr(terminal, TCSANOW, &modes);
  for (int i = 0; i < stand_in_count; i++) dup2(stand_ins[i].saved, stand_ins[i].descriptor);
}

static void crash(int sig, siginfo_t *info, void *context) {
  (void)context;
  restore();
  // The handler that was there before (Swift's backtracer) sees the fault on a sane terminal:
  // returning runs the faulting instruction again.
  for (int i = 0; i < fatal_count; i++)
    if (fatal[i] == sig) sigaction(sig, &old_actions[i], NULL);
  // Nothing faults again when the signal was sent.
  if (info->si_code <= 0) raise(sig);
}

void cn_restore_prepare(int fd) {
  terminal = fd;
  has_modes = tcgetattr(fd, &modes) == 0;
}

void cn_restore_stand_in(int descriptor, int saved) {
  if (stand_in_count == sizeof stand_ins / sizeof *stand_ins) return;
  stand_ins[stand_in_count].descriptor = descriptor;
  stand_ins[stand_in_count++].saved = saved;
}

void cn_restore_forget_stand_ins(void) { stand_in_count = 0; }

void cn_restore_arm(const char *bytes, size_t count) {
  sequence_count = count < sizeof sequence ? count : sizeof sequence;
  memcpy(sequence, bytes, sequence_count);
  armed = 1;
  if (!is_at_exit) {
    is_at_exit = 1;
    atexit(restore);
  }
  if (is_installed) return;
  is_installed = 1;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = crash;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (int i = 0; i < fatal_count; i++) sigaction(fatal[i], &action, &old_actions[i]);
}

void cn_restore_disarm(void) {
  armed = 0;
  if (!is_installed) return;
  is_installed = 0;
  for (int i = 0; i < fatal_count; i++) sigaction(fatal[i], &old_actions[i], NULL);
}
