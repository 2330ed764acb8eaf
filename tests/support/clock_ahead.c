// Preloaded into a program, it sets that program's wall clock ahead by TELEX_TEST_CLOCK_AHEAD_SECONDS.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long ahead(void) {
  static long seconds = -1;
  if (seconds < 0) {
    const char* text = getenv("TELEX_TEST_CLOCK_AHEAD_SECONDS");
    seconds = text ? atol(text) : 0;
  }
  return seconds;
}

int clock_gettime(clockid_t clock, struct timespec* now) {
  static int (*real)(clockid_t, struct timespec*);
  if (!real) real = (int (*)(clockid_t, struct timespec*))dlsym(RTLD_NEXT, "clock_gettime");
  const int result = real(clock, now);
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) now->tv_sec += ahead();
  return result;
}

int gettimeofday(struct timeval* now, void* zone) {
  (void)zone;
  struct timespec instant;
  clock_gettime(CLOCK_REALTIME, &instant);
  now->tv_sec = instant.tv_sec;
  now->tv_usec = instant.tv_nsec / 1000;
  return 0;
}

time_t time(time_t* where) {
  struct timespec instant;
  clock_gettime(CLOCK_REALTIME, &instant);
  if (where) *where = instant.tv_sec;
  return instant.tv_sec;
}
