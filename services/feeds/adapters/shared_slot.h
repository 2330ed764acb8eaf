#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace telex::feeds {

// A shared_ptr that threads put and take. In place of std::atomic<std::shared_ptr>, whose load in
// libstdc++ 12 gives its lock back without release, so that a later store races with it. The lock
// covers the copy of two words. Thread-safe.
template <typename T>
class SharedSlot {
 public:
  std::shared_ptr<T> Get() const {
    std::lock_guard lock(mutex_);
    return value_;
  }
  void Set(std::shared_ptr<T> value) {
    std::lock_guard lock(mutex_);
    value_.swap(value);  // what was there is freed by the caller's copy, outside of the lock
  }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<T> value_;
};

}  // namespace telex::feeds
