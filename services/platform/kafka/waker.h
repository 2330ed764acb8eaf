// Inside this room only: wakes a loop that waits for several things. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace telex::kafka::internal {

class Waker {
 public:
  void Wake() {
    {
      const std::lock_guard lock(mutex_);
      if (woken_) return;
      woken_ = true;
    }
    changed_.notify_one();
  }

  // Until it is woken (or was, since the last time) or `within` is over.
  void Await(std::chrono::milliseconds within) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, within, [this] { return woken_; });
    woken_ = false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;
};

}  // namespace telex::kafka::internal
