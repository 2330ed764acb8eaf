#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <optional>
#include <string>

namespace telex::feeds {

// How old the state is that this replica serves, and whether it may say that it is ready with it.
// Pure; not thread-safe. Instants are those of the machine's clock, since one of them comes from
// the process before.
class Freshness {
 public:
  // A state older than `stale_max` is not served at a start, and makes the replica unready at any
  // time.
  explicit Freshness(absl::Duration stale_max) : stale_max_(stale_max) {}

  // The local store has all of the log as of then.
  void Stored(absl::Time as_of) { as_of_ = as_of; }
  // The end that the log had at the start is reached.
  void CaughtUp(absl::Time now);
  // The log is being read and every broker answers: what is folded is what there is. Counts once it
  // has caught up.
  void ReadOn(absl::Time now);
  // At the start: no broker answers, and what is stored is all there is.
  void BrokerAway() { broker_away_ = true; }

  // Nothing stored and not caught up: infinite.
  absl::Duration Age(absl::Time now) const;
  // Whether what is stored may be served before the log is read.
  bool MayServeStored(absl::Time now) const { return as_of_ && Age(now) <= stale_max_; }
  // UNAVAILABLE / NOT_CAUGHT_UP with `waiting_for`, or with the age where that is what is wrong.
  absl::Status Readiness(absl::Time now, const std::string& waiting_for) const;

 private:
  absl::Duration stale_max_;
  std::optional<absl::Time> as_of_;
  bool caught_up_ = false;
  bool broker_away_ = false;
};

}  // namespace telex::feeds
