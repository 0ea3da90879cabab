#ifndef CNCURSES_SHIMS_H
#define CNCURSES_SHIMS_H

#include <stddef.h>

// What needs state or a signal handler, and so cannot be Swift or an inline function of a header.

// A terminfo string of the current terminal; NULL when it has none.
const char *cn_terminfo(const char *name);

// Signals as bytes in a pipe. cn_signals_start catches WINCH, TERM, HUP, INT, QUIT, TSTP and CONT,
// except those that are ignored, and returns the pipe's end to read from, or -1.
int cn_signals_start(void);
// The next signal that came; 0 when there is none.
int cn_signals_next(void);
// Gives the signals back to whoever had them.
void cn_signals_stop(void);

// Stops the process group as Ctrl-Z does, and returns when it is continued. Does nothing where
// nobody could continue it.
void cn_stop_process(void);
// Whether another process group has the terminal, so that touching its modes would stop us.
int cn_is_in_background(int terminal);

// Puts the terminal back from a signal handler or at exit. Prepare notes the terminal and the modes it
// has now; stand_in, that `saved` is what `descriptor` was; arm, what to send, from when on.
void cn_restore_prepare(int terminal);
void cn_restore_stand_in(int descriptor, int saved);
void cn_restore_forget_stand_ins(void);
void cn_restore_arm(const char *bytes, size_t count);
void cn_restore_disarm(void);

#endif
