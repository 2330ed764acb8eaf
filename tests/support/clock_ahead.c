// Preloaded into a program, it sets that program's wall clock ahead by as many seconds (a native int64, below 0: behind)
// as stand in the file TELEX_TEST_CLOCK_AHEAD_FILE: whoever writes there has the clock jump. Who waits until an instant
// waits by that clock, too (condition variables, and the futexes of abseil).
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t* file;

__attribute__((constructor)) static void map_file(void) {
  const char* path = getenv("TELEX_TEST_CLOCK_AHEAD_FILE");
  const int descriptor = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (descriptor < 0) return;
  void* mapped = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, descriptor, 0);
  close(descriptor);
  if (mapped != MAP_FAILED) file = mapped;
}

static int64_t ahead(void) { return file ? *file : 0; }

// Of an instant of that clock: the real one. One of the monotonic clock, which counts from the start of the machine, stays.
static const struct timespec* real_instant(const struct timespec* instant, struct timespec* room) {
  const time_t kSinceBootMax = 1000 * 1000 * 1000;
  if (!instant || instant->tv_sec < kSinceBootMax) return instant;
  *room = *instant;
  room->tv_sec -= ahead();
  return room;
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

int timespec_get(struct timespec* now, int base) {
  if (base != TIME_UTC) return 0;
  clock_gettime(CLOCK_REALTIME, now);
  return base;
}

int cnd_timedwait(cnd_t* condition, mtx_t* mutex, const struct timespec* until) {
  static int (*real)(cnd_t*, mtx_t*, const struct timespec*);
  if (!real) real = (int (*)(cnd_t*, mtx_t*, const struct timespec*))dlsym(RTLD_NEXT, "cnd_timedwait");
  struct timespec room;
  return real(condition, mutex, real_instant(until, &room));
}

int pthread_cond_timedwait(pthread_cond_t* condition, pthread_mutex_t* mutex, const struct timespec* until) {
  static int (*real)(pthread_cond_t*, pthread_mutex_t*, const struct timespec*);
  if (!real)
    real = (int (*)(pthread_cond_t*, pthread_mutex_t*, const struct timespec*))dlsym(RTLD_NEXT, "pthread_cond_timedwait");
  struct timespec room;
  return real(condition, mutex, real_instant(until, &room));
}

long syscall(long number, ...) {
  static long (*real)(long, ...);
  if (!real) real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
  enum { kArguments = 6, kFutexOperation = 1, kFutexUntil = 3 };
  long words[kArguments];
  va_list arguments;
  va_start(arguments, number);
  for (int i = 0; i < kArguments; ++i) words[i] = va_arg(arguments, long);
  va_end(arguments);
  struct timespec room;
  if (number == SYS_futex && (words[kFutexOperation] & FUTEX_CLOCK_REALTIME))
    words[kFutexUntil] = (long)real_instant((const struct timespec*)words[kFutexUntil], &room);
  return real(number, words[0], words[1], words[2], words[3], words[4], words[5]);
}
