#include "platform/runtime/loop.h"

#include <condition_variable>
#include <utility>

namespace telex::runtime {

bool SleepFor(absl::Duration how_long, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, absl::ToChronoNanoseconds(how_long), [] { return false; });
  return !stop.stop_requested();
}

PeriodicTask::PeriodicTask(absl::Duration interval, std::shared_ptr<observe::Heartbeat> heartbeat,
                           std::function<void(std::stop_token)> step)
    : thread_([interval, heartbeat = std::move(heartbeat),
               step = std::move(step)](const std::stop_token& stop) {
        const observe::ScopedHeartbeat carried(heartbeat);
        do {
          observe::Beat();
          step(stop);
        } while (SleepFor(interval, stop));
      }) {}

PeriodicTask::~PeriodicTask() { Stop(); }

void PeriodicTask::Stop() {
  thread_.request_stop();
  const std::lock_guard lock(joining_);
  if (thread_.joinable()) thread_.join();
}

}  // namespace telex::runtime
