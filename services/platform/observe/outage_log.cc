#include "platform/observe/outage_log.h"

#include <utility>

namespace telex::observe {

OutageLog::OutageLog(std::string what, absl::Duration interval, Clock clock)
    : what_(std::move(what)),
      interval_(interval),
      clock_(clock ? std::move(clock) : Clock(&std::chrono::steady_clock::now)) {}

void OutageLog::Failed(std::string_view error) {
  const std::lock_guard lock(mutex_);
  const auto now = clock_();
  ++failures_;
  if (!failing_) {
    failing_ = true;
    since_ = said_ = now;
    Log(Severity::kWarning, "failing", {{"what", what_}, {"error", error}});
    return;
  }
  if (absl::FromChrono(now - said_) < interval_) {
    ++unsaid_;
    return;
  }
  Log(Severity::kWarning, "still failing",
      {{"what", what_},
       {"error", error},
       {"for_seconds", absl::ToInt64Seconds(absl::FromChrono(now - since_))},
       {"failures_unsaid", unsaid_}});
  said_ = now;
  unsaid_ = 0;
}

void OutageLog::Recovered() {
  const std::lock_guard lock(mutex_);
  if (!failing_) return;
  Log(Severity::kInfo, "recovered",
      {{"what", what_},
       {"after_seconds", absl::ToInt64Seconds(absl::FromChrono(clock_() - since_))},
       {"failures", failures_}});
  failing_ = false;
  unsaid_ = failures_ = 0;
}

bool OutageLog::failing() const {
  const std::lock_guard lock(mutex_);
  return failing_;
}

}  // namespace telex::observe
