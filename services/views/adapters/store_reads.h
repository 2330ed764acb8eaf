#pragma once

#include <absl/status/status.h>

#include <atomic>
#include <functional>

#include "platform/runtime/worker_pool.h"

namespace telex::views {

// Reads of the local store that may wait for the disk, on a thread of their own: those of reports.
// Thread-safe.
class StoreReads {
 public:
  static constexpr int kWaitingMax = 32;

  // UNAVAILABLE / OVERLOADED: kWaitingMax of them wait; the job is not taken. Those that wait when
  // this is destroyed are dropped.
  absl::Status Add(std::function<void()> job);

 private:
  std::atomic<int> waiting_ = 0;
  runtime::WorkerPool worker_{1};  // last: its job uses the rest
};

}  // namespace telex::views
