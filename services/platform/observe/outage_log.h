#pragma once

// The log of something that may fail many times in a row: the first failure is said at once, then
// one line an interval ("still failing", with the number of failures that were not said), then the
// recovery, with how long it took.

#include <absl/time/time.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "platform/observe/log.h"

namespace telex::observe {

// Thread-safe.
class OutageLog {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  // `what` names the thing that may be away, e.g. "kafka broker". The clock: steady_clock by
  // default.
  explicit OutageLog(std::string what, absl::Duration interval = absl::Seconds(30),
                     Clock clock = {});

  void Failed(std::string_view error);

  // Says that it is over; nothing when it had not failed.
  void Recovered();

  bool failing() const;

 private:
  const std::string what_;
  const absl::Duration interval_;
  const Clock clock_;
  mutable std::mutex mutex_;
  bool failing_ = false;
  std::chrono::steady_clock::time_point since_;
  std::chrono::steady_clock::time_point said_;
  std::uint64_t unsaid_ = 0;
  std::uint64_t failures_ = 0;
};

}  // namespace telex::observe
