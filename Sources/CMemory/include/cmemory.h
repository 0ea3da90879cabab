#ifndef CMEMORY_H
#define CMEMORY_H

// How the C library's allocator works for a program that reads much at once and then keeps little of it for weeks.

// Before anything is allocated on other threads: few arenas, and large blocks given back when they are freed.
void cm_tune(void);

// Gives free memory back to the system, and lets go of the pages of the program's own file that were needed for the start; what is needed
// again comes back from the page cache.
void cm_trim(void);

#endif
