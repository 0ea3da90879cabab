#ifndef CNCURSES_SHIM_H
#define CNCURSES_SHIM_H

// Wide-character API. Must come before <curses.h>. Not taken from `pkg-config
// --cflags`: SwiftPM refuses its -D flags ("prohibited flag(s)").
#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700
#endif
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE 1
#endif
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <wchar.h>
#include <locale.h>
#include <stdio.h>
#include <langinfo.h>
#include <string.h>

// A UTF-8 LC_CTYPE: the user's if it is one, else C.UTF-8. False when neither exists.
// Only LC_CTYPE: no decimal comma may come into numbers that other libraries read and write.
static inline _Bool cn_set_utf8_locale(void) {
  setlocale(LC_CTYPE, "");
  if (strcmp(nl_langinfo(CODESET), "UTF-8") == 0) return 1;
  return setlocale(LC_CTYPE, "C.UTF-8") != NULL;
}

// Mutable C globals (stdscr, COLORS...) are errors in Swift 6 mode: accessors. WINDOW * is another
// Swift type on each system, so it stays in here.
static inline WINDOW *cn_stdscr(void) { return stdscr; }
static inline int cn_colors(void) { return COLORS; }
static inline int cn_color_pairs(void) { return COLOR_PAIRS; }

// Macros with casts/arguments are not imported: constants as functions/enum.
enum {
  CN_A_BOLD = A_BOLD, CN_A_DIM = A_DIM, CN_A_REVERSE = A_REVERSE,
  CN_A_UNDERLINE = A_UNDERLINE, CN_A_ITALIC = A_ITALIC,
};
static inline void cn_getmaxyx(int *y, int *x) { getmaxyx(stdscr, *y, *x); }

// Set attributes with an extended (int) colour pair: wattr_set's short pair
// argument is ignored when opts is given (ncurses >= 6.1).
static inline int cn_set_style(attr_t attrs, int pair) {
  return wattr_set(stdscr, attrs, (short)(pair > 32767 ? 0 : pair), &pair);
}
#endif
