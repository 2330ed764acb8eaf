#include "platform/resilience/breaker.h"

#include <algorithm>
#include <utility>

namespace telex::resilience {
namespace {

BreakerOptions Bounded(BreakerOptions options) {
  options.failures_max = std::max<std::uint32_t>(options.failures_max, 1);
  return options;
}

}  // namespace

std::string_view NameOf(BreakerState state) {
  switch (state) {
    case BreakerState::kClosed:
      return "closed";
    case BreakerState::kHalfOpen:
      return "half-open";
    case BreakerState::kOpen:
      break;
  }
  return "open";
}

Breaker::Breaker(BreakerOptions options, std::function<void(BreakerState)> on_change)
    : options_(Bounded(options)), on_change_(std::move(on_change)) {}

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
  if (state_ == BreakerState::kClosed) {
    if (failures_ == 0 || now - first_failure_ > options_.window) {
      failures_ = 0;
      first_failure_ = now;
    }
    if (++failures_ < options_.failures_max) return;
  }
  retry_at_ = now + options_.open_for;
  Change(BreakerState::kOpen);
}

void Breaker::OpenUntil(Time until) {
  const std::lock_guard lock(mutex_);
  retry_at_ = state_ == BreakerState::kOpen ? std::max(retry_at_, until) : until;
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

}  // namespace telex::resilience
