#include "platform/service/clock_check.h"

#include <fmt/format.h>

#include "platform/errors/errors.h"

namespace telex::service {
namespace {

constexpr absl::Duration kNoise = absl::Seconds(1);

}  // namespace

void ClockComparison::Learn(absl::Duration ahead) {
  const std::lock_guard lock(mutex_);
  const auto now = clock_();
  const bool fresh = now - learnt_ <= kCountsFor;
  // A broker whose clock is wrong must not take every replica out of service: the one that differs
  // least counts.
  if (fresh && absl::AbsDuration(ahead) > absl::AbsDuration(ahead_) + kNoise) return;
  ahead_ = ahead;
  learnt_ = now;
}

absl::Duration ClockComparison::Ahead() const {
  const std::lock_guard lock(mutex_);
  return clock_() - learnt_ > kCountsFor ? absl::ZeroDuration() : ahead_;
}

absl::Status ClockComparison::Check() const {
  const absl::Duration ahead = Ahead();
  if (absl::AbsDuration(ahead) <= skew_max_) return absl::OkStatus();
  return errors::Error(absl::StatusCode::kUnavailable, errors::kClockSkewed,
                       fmt::format("the clock of this machine is {:.1f} s {} the broker's",
                                   absl::ToDoubleSeconds(absl::AbsDuration(ahead)),
                                   ahead > absl::ZeroDuration() ? "ahead of" : "behind"));
}

runtime::Check ClockCheck(const ClockComparison& clocks) {
  return {.name = "clock",
          .severity = 2,
          .business_impact =
              "Times that this replica sets or judges are wrong; other replicas "
              "take the calls.",
          .technical_summary = "Whether the clock of this machine agrees with the brokers'.",
          .panic_guide = "docs/runbooks/clock-skewed.md",
          .status = [&clocks] { return clocks.Check(); }};
}

}  // namespace telex::service
