#ifndef CNCURSES_SHIMS_H
#define CNCURSES_SHIMS_H
void cn_install_crash_handler(void);
#endif
