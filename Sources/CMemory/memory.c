#define _GNU_SOURCE
#include "cmemory.h"

#ifdef __linux__
#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

void cm_tune(void) {
#ifdef __GLIBC__
  // Each arena holds on to its own free memory. Two are enough for two threads that decode.
  mallopt(M_ARENA_MAX, 2);
  // Setting these also stops the library from raising them at the first large block that is freed.
  mallopt(M_MMAP_THRESHOLD, 256 * 1024);
  mallopt(M_TRIM_THRESHOLD, 512 * 1024);
#endif
}

// The parts of the program's file that are mapped and never written.
static int drop_pages(struct dl_phdr_info *info, size_t size, void *unused) {
  (void)size;
  (void)unused;
  uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int index = 0; index < info->dlpi_phnum; index++) {
    const ElfW(Phdr) *part = &info->dlpi_phdr[index];
    if (part->p_type != PT_LOAD || (part->p_flags & PF_W)) continue;
    uintptr_t start = (info->dlpi_addr + part->p_vaddr + page - 1) & ~(page - 1);
    uintptr_t end = (info->dlpi_addr + part->p_vaddr + part->p_memsz) & ~(page - 1);
    if (end > start) madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return 1;  // The first one is the program; libraries are shared by others.
}

void cm_trim(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
  dl_iterate_phdr(drop_pages, NULL);
}
#else
void cm_tune(void) {}
void cm_trim(void) {}
#endif
