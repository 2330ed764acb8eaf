// A disk that refuses: while one of these lives, fsync and fdatasync of this process fail with EIO.
// A program that has failing_sync.cc among its sources calls these in place of the C library's.
#pragma once

#include <atomic>

namespace telex::tests {

class FailingSync {
 public:
  FailingSync() { ++failing_; }
  ~FailingSync() { --failing_; }
  FailingSync(const FailingSync&) = delete;
  FailingSync& operator=(const FailingSync&) = delete;

  static bool IsOn() { return failing_ > 0; }

 private:
  static inline std::atomic<int> failing_ = 0;
};

}  // namespace telex::tests
