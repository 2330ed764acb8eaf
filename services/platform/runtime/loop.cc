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

Repeater::Repeater(absl::Duration interval, std::shared_ptr<observe::Pulse> pulse,
                   std::function<void(std::stop_token)> step)
    : thread_([interval, pulse = std::move(pulse),
               step = std::move(step)](const std::stop_token& stop) {
        const observe::ScopedPulse carried(pulse);
        do {
          observe::Beat();
          step(stop);
        } while (SleepFor(interval, stop));
      }) {}

Repeater::~Repeater() { Stop(); }

void Repeater::Stop() {
  thread_.request_stop();
  const std::lock_guard lock(joining_);
  if (thread_.joinable()) thread_.join();
}

}  // namespace telex::runtime
