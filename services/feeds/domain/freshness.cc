#include "feeds/domain/freshness.h"

#include <fmt/format.h>

#include <algorithm>

#include "platform/errors/errors.h"

namespace telex::feeds {

void Freshness::CaughtUp(absl::Time now) {
  caught_up_ = true;
  as_of_ = now;
}

void Freshness::ReadOn(absl::Time now) {
  if (caught_up_) as_of_ = now;
}

absl::Duration Freshness::Age(absl::Time now) const {
  return as_of_ ? std::max(now - *as_of_, absl::ZeroDuration()) : absl::InfiniteDuration();
}

absl::Status Freshness::Readiness(absl::Time now, const std::string& waiting_for) const {
  const auto refuse = [](std::string_view why) {
    return errors::Error(absl::StatusCode::kUnavailable, errors::kNotCaughtUp, why);
  };
  if (!caught_up_ && !(broker_away_ && as_of_)) return refuse(waiting_for);
  if (Age(now) <= stale_max_) return absl::OkStatus();
  return refuse(fmt::format("the log was last read {} s ago, which is more than {} s",
                            absl::ToInt64Seconds(Age(now)), absl::ToInt64Seconds(stale_max_)));
}

}  // namespace telex::feeds
