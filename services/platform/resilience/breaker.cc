#include "platform/resilience/breaker.h"

#include <algorithm>

namespace telex::resilience {
namespace {

BreakerOptions Bounded(BreakerOptions options) {
  options.failures_max = std::max<std::uint32_t>(options.failures_max, 1);
  return options;
}

}  // namespace

Breaker::Breaker(BreakerOptions options) : options_(Bounded(options)) {}

Breaker::Admission Breaker::Admit(Time now) {
  const std::lock_guard lock(mutex_);
  if (state_ == BreakerState::kClosed) return Admission::kGo;
  if (state_ == BreakerState::kHalfOpen || now < retry_at_) return Admission::kRefused;
  state_ = BreakerState::kHalfOpen;
  return Admission::kProbe;
}

void Breaker::Succeeded() {
  const std::lock_guard lock(mutex_);
  // A call from before it opened says nothing about now.
  if (state_ == BreakerState::kOpen) return;
  failures_ = 0;
  state_ = BreakerState::kClosed;
}

void Breaker::Failed(Time now) {
  const std::lock_guard lock(mutex_);
  if (state_ == BreakerState::kOpen) return;
  if (state_ == BreakerState::kClosed && ++failures_ < options_.failures_max) return;
  retry_at_ = now + options_.open_for;
  state_ = BreakerState::kOpen;
}

void Breaker::Abandon(Admission admission) {
  if (admission != Admission::kProbe) return;
  const std::lock_guard lock(mutex_);
  // The time of the next try has passed already, so the next call is the probe.
  if (state_ == BreakerState::kHalfOpen) state_ = BreakerState::kOpen;
}

BreakerState Breaker::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

}  // namespace telex::resilience
