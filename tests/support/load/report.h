// What is told of a run: a line a call, and a summary.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "tests/support/load/runner.h"
#include "tests/support/load/stories.h"

namespace telex::load {

// One JSON object on one line, with its newline. `code` and `reason` are the refusal's; "OK" and
// empty for what was acknowledged; `result` is null for a release that does not tell it. Times are
// seconds since 1970.
std::string LineOf(const Outcome& outcome, const Stories& stories);

// Not thread-safe.
class Summary {
 public:
  void Add(const Outcome& outcome);
  // One JSON object on one line, with its newline: counts, calls a second, percentiles of the
  // latency of acknowledged calls from the moment they were due.
  std::string Line(const std::string& run, absl::Duration took) const;

 private:
  std::vector<double> latencies_ms_;
  std::map<std::string, std::int64_t> steps_;     // acknowledged, by step
  std::map<std::string, std::int64_t> failures_;  // by code and reason
  std::int64_t repeats_ = 0;
};

}  // namespace telex::load
