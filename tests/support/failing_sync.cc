#include "tests/support/failing_sync.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace {

int Sync(long call, int fd) {
  if (!telex::tests::FailingSync::IsOn()) return static_cast<int>(::syscall(call, fd));
  errno = EIO;
  return -1;
}

}  // namespace

extern "C" {
__attribute__((visibility("default"))) int fsync(int fd) { return Sync(SYS_fsync, fd); }
__attribute__((visibility("default"))) int fdatasync(int fd) { return Sync(SYS_fdatasync, fd); }
}
