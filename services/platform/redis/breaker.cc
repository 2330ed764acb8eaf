#include "platform/redis/breaker.h"

#include <algorithm>
#include <utility>

namespace telex::redis {

Breaker::Breaker(std::uint32_t failures_max, Duration open_for,
                 std::function<void(BreakerState)> on_change)
    : failures_max_(std::max<std::uint32_t>(failures_max, 1)),
      open_for_(open_for),
      on_change_(std::move(on_change)) {}

Breaker::Admission Breaker::Admit(Time now) {
  const std::lock_guard lock(mutex_);
  if (state_ == BreakerState::kClosed) return Admission::kGo;
  if (state_ == BreakerState::kHalfOpen || now < retry_at_) return Admission::kRefused;
  Change(BreakerState::kHalfOpen);
  return Admission::kProbe;
}

void Breaker::Succeeded() {
  const std::lock_guard lock(mutex_);
  // A call from before it opened says nothing about now.
  if (state_ == BreakerState::kOpen) return;
  failures_ = 0;
  Change(BreakerState::kClosed);
}

void Breaker::Failed(Time now) {
  const std::lock_guard lock(mutex_);
  if (state_ == BreakerState::kOpen) return;
  if (state_ == BreakerState::kClosed && ++failures_ < failures_max_) return;
  retry_at_ = now + open_for_;
  Change(BreakerState::kOpen);
}

void Breaker::Abandon(Admission admission) {
  if (admission != Admission::kProbe) return;
  const std::lock_guard lock(mutex_);
  // The time of the next try has passed already, so the next call is the probe.
  if (state_ == BreakerState::kHalfOpen) Change(BreakerState::kOpen);
}

BreakerState Breaker::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void Breaker::Change(BreakerState state) {
  if (state_ == state) return;
  state_ = state;
  if (on_change_) on_change_(state);
}

}  // namespace telex::redis
