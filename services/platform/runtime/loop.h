#pragma once

#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

#include "platform/observe/heartbeat.h"

namespace telex::runtime {

// Blocks this thread for `how_long` (not negative), or until `stop` is requested: then false.
bool SleepFor(absl::Duration how_long, const std::stop_token& stop);

// A thread that takes a step, and the next one `interval` after the last has ended. Beats before
// each step. Stop() may be called from any thread but its own, more than once.
class PeriodicTask {
 public:
  // `step` must not throw; it hears from its token that Stop() waits for it. `heartbeat` may be
  // null.
  PeriodicTask(absl::Duration interval, std::shared_ptr<observe::Heartbeat> heartbeat,
               std::function<void(std::stop_token)> step);
  ~PeriodicTask();  // Stop()
  PeriodicTask(const PeriodicTask&) = delete;
  PeriodicTask& operator=(const PeriodicTask&) = delete;

  // Returns when the step that is under way has ended; there is no other one.
  void Stop();

 private:
  std::mutex joining_;
  std::jthread thread_;
};

}  // namespace telex::runtime
