#pragma once

#include <absl/status/status.h>

#include <atomic>
#include <functional>

#include "platform/runtime/worker_pool.h"

namespace telex::rpc {

// Threads for calls that may wait for the disk, or compute for long: gRPC's own must not.
// Thread-safe.
class CallWorkers {
 public:
  static constexpr int kWaitingMax = 32;  // for each thread

  explicit CallWorkers(int threads = 1) : waiting_max_(threads * kWaitingMax), workers_(threads) {}

  // UNAVAILABLE / OVERLOADED: as many wait as may; the job is not taken. Those that wait when this
  // is destroyed are dropped.
  absl::Status Add(std::function<void()> job);

 private:
  const int waiting_max_;
  std::atomic<int> waiting_ = 0;
  runtime::WorkerPool workers_;  // last: its jobs use the rest
};

}  // namespace telex::rpc
