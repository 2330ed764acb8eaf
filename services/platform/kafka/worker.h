// Inside this room only: a thread that may have to be left behind, and what loops of readers share.
#pragma once

#include <absl/time/time.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>

#include "platform/observe/heartbeat.h"
#include "platform/runtime/loop.h"

namespace telex::kafka::internal {

// The pause before the next attempt. False when `stop` was requested before the time was over.
inline bool Sleep(absl::Duration how_long, const std::stop_token& stop) {
  const observe::Waiting waiting("the next attempt");
  return runtime::SleepFor(how_long, stop);
}

class Backoff {
 public:
  Backoff(absl::Duration min, absl::Duration max) : min_(min), max_(max), next_(min) {}
  absl::Duration Next() { return std::exchange(next_, std::min(next_ * 2, max_)); }
  void Reset() { next_ = min_; }

 private:
  absl::Duration min_;
  absl::Duration max_;
  absl::Duration next_;
};

// One thread. What it runs must keep alive what it uses (capture a shared_ptr): when it does not
// end in time it is detached.
class Worker {
 public:
  ~Worker() {
    if (thread_.joinable()) thread_.detach();
  }

  void Start(std::function<void(std::stop_token)> run) {
    thread_ = std::thread([this, run = std::move(run), stop = stop_.get_token()] {
      run(stop);
      const std::lock_guard lock(mutex_);
      finished_ = true;
      changed_.notify_all();
    });
  }

  void RequestStop() { stop_.request_stop(); }
  std::stop_token token() const { return stop_.get_token(); }

  // False when the thread has not ended by then.
  bool Await(absl::Duration within) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, absl::ToChronoNanoseconds(within), [&] { return finished_; })) {
      return false;
    }
    lock.unlock();
    if (thread_.joinable()) thread_.join();
    return true;
  }

 private:
  std::stop_source stop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool finished_ = false;
  std::thread thread_;
};

}  // namespace telex::kafka::internal
