#include "platform/kafka/watchdog.h"

#include <absl/time/clock.h>

#include <algorithm>
#include <utility>

#include "platform/kafka/worker.h"

namespace telex::kafka::internal {

void Watchdog::Start(absl::Duration limit, OnStuck on_stuck) {
  const absl::Duration interval =
      std::clamp(limit / 2, absl::Milliseconds(10), absl::Duration(absl::Seconds(1)));
  thread_ = std::jthread(
      [this, limit, interval, on_stuck = std::move(on_stuck)](const std::stop_token& stop) {
        while (Sleep(interval, stop)) Look(limit, on_stuck);
      });
}

void Watchdog::Stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void Watchdog::Look(absl::Duration limit, const OnStuck& on_stuck) {
  TopicPartition what;
  absl::Duration running;
  {
    const std::lock_guard lock(mutex_);
    if (!current_) return;
    if (current_->deadline.Passed() && current_->stop) current_->stop->request_stop();
    what = current_->what;
    running = current_->Running();
  }
  if (running > limit && on_stuck) on_stuck(what, running);
}

Watchdog::Watch Watchdog::Begin(const TopicPartition& what) {
  const std::lock_guard lock(mutex_);
  current_.emplace().what = what;
  return Watch(this);
}

Watchdog::Watch Watchdog::BeginUntil(const TopicPartition& what, runtime::Deadline deadline,
                                     std::stop_source stop) {
  const std::lock_guard lock(mutex_);
  Current& current = current_.emplace();
  current.what = what;
  current.deadline = deadline;
  current.stop = std::move(stop);
  return Watch(this);
}

Watchdog::Watch Watchdog::BeginUntil(const TopicPartition& what, absl::Time deadline,
                                     std::stop_source stop) {
  return BeginUntil(what, runtime::Deadline::After(deadline - absl::Now()), std::move(stop));
}

void Watchdog::End() {
  const std::lock_guard lock(mutex_);
  current_.reset();
}

absl::Duration Watchdog::Running() const {
  const std::lock_guard lock(mutex_);
  return current_ ? current_->Running() : absl::ZeroDuration();
}

}  // namespace telex::kafka::internal
