#define NCURSES_WIDECHAR 1
#define _GNU_SOURCE 1
#include "CNcursesShims.h"
#include <curses.h>
#include <signal.h>
#include <string.h>

// Puts the terminal back before Swift's own crash handler (the backtracer, which the
// runtime installed first) prints. endwin is not async-signal-safe: last resort only.
static struct sigaction old_actions[32];

static void crash(int sig) {
  endwin();
  sigaction(sig, &old_actions[sig], NULL);  // returning re-runs the faulting instruction
}

void cn_install_crash_handler(void) {
  static const int signals[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
  struct sigaction act;
  memset(&act, 0, sizeof act);
  act.sa_handler = crash;
  for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
    sigaction(signals[i], &act, &old_actions[signals[i]]);
}
