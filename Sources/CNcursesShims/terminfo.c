#define NCURSES_WIDECHAR 1
#define _GNU_SOURCE 1
#include "CNcursesShims.h"
#include <curses.h>
#include <term.h>

const char *cn_terminfo(const char *name) {
  const char *text = tigetstr(name);
  return text == (const char *)-1 ? NULL : text;
}
