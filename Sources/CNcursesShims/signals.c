#define _GNU_SOURCE 1
#include "CNcursesShims.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static const int caught[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT};
enum { caught_count = sizeof caught / sizeof *caught };

static struct sigaction old_actions[caught_count];
static int ends[2] = {-1, -1};

static void note(int sig) {
  int saved = errno;
  unsigned char byte = (unsigned char)sig;
  // A full pipe holds more signals than anyone can have missed.
  if (write(ends[1], &byte, 1) < 0) { }
  errno = saved;
}

int cn_signals_start(void) {
  if (ends[0] >= 0) return ends[0];
  if (pipe(ends) != 0) {
    ends[0] = ends[1] = -1;
    return -1;
  }
  for (int i = 0; i < 2; i++) {
    fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    fcntl(ends[i], F_SETFL, O_NONBLOCK);
  }
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = note;
  action.sa_flags = SA_RESTART;
  for (int i = 0; i < caught_count; i++) {
    sigaction(caught[i], NULL, &old_actions[i]);
    // nohup, or a shell without job control.
    if (old_actions[i].sa_handler == SIG_IGN && caught[i] != SIGWINCH) continue;
    sigaction(caught[i], &action, NULL);
  }
  return ends[0];
}

int cn_signals_next(void) {
  unsigned char byte;
  return ends[0] >= 0 && read(ends[0], &byte, 1) == 1 ? byte : 0;
}

void cn_signals_stop(void) {
  if (ends[0] < 0) return;
  for (int i = 0; i < caught_count; i++) sigaction(caught[i], &old_actions[i], NULL);
  close(ends[0]);
  close(ends[1]);
  ends[0] = ends[1] = -1;
}

void cn_stop_process(void) {
  struct sigaction action, mine;
  sigaction(SIGTSTP, NULL, &mine);
  if (mine.sa_handler == SIG_IGN) return;
  memset(&action, 0, sizeof action);
  // The others of the group first (a make or a script that runs us), then this thread: a signal to
  // oneself is taken before pthread_kill returns, one to the process perhaps by another thread later.
  action.sa_handler = SIG_IGN;
  sigaction(SIGTSTP, &action, NULL);
  kill(0, SIGTSTP);
  action.sa_handler = SIG_DFL;
  sigaction(SIGTSTP, &action, NULL);
  sigset_t set, old;
  sigemptyset(&set);
  sigaddset(&set, SIGTSTP);
  pthread_sigmask(SIG_UNBLOCK, &set, &old);
  pthread_kill(pthread_self(), SIGTSTP);
  pthread_sigmask(SIG_SETMASK, &old, NULL);
  sigaction(SIGTSTP, &mine, NULL);
}

int cn_is_in_background(int terminal) {
  pid_t group = tcgetpgrp(terminal);
  return group > 0 && group != getpgrp();
}
