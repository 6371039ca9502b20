#define _POSIX_C_SOURCE 200809L
#include <time.h>

#include "hiberlet.h"

int64_t hb_monotonic_millis(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
