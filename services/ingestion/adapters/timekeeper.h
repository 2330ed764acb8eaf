#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>

#include "ingestion/adapters/due_times.h"
#include "ingestion/adapters/log_store.h"
#include "platform/observe/heartbeat.h"
#include "platform/runtime/loop.h"

namespace telex::ingestion {

// Says that the time has come: a thread around DueTimes, over the local store and a clock.
class Timekeeper {
 public:
  struct Ports {
    std::function<absl::Time()> now;
    std::function<std::set<std::int32_t>()> owned;  // partitions
    std::function<void(const Submission&)> submit;
    std::shared_ptr<observe::Heartbeat> heartbeat;  // of its thread; may be null
  };

  // `log_store` outlives it. Starts its thread; the destructor ends it.
  Timekeeper(const LogStore& log_store, std::int32_t partitions, int rule, Ports ports);

  // One look at what is due: the number of submissions made. For tests; the thread does the same.
  std::size_t Tick();
  void Stop();

  static constexpr absl::Duration kInterval = absl::Milliseconds(200);

 private:
  const LogStore& log_store_;
  const Ports ports_;
  std::mutex mutex_;
  DueTimes times_;
  runtime::PeriodicTask task_;
};

}  // namespace telex::ingestion
