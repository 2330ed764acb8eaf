// Makes the calls: as many at once as allowed, at the rate asked for, and the same again elsewhere
// where no answer came.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "telex/news/v1/write_result.pb.h"
#include "tests/support/load/stories.h"

namespace telex::load {

struct RunSettings {
  std::vector<std::string> addresses;  // host:port; the calls go round, a repeat to the next one
  std::string token;
  std::string source = "load.example";      // made when it is not there
  std::int64_t count = 1000;                // stories
  const std::atomic<bool>* stop = nullptr;  // set: what was begun is ended, nothing new begins
  double rate = 0;                          // calls a second; 0: as fast as `concurrency` lets
  int concurrency = 16;                     // calls in flight at most
  absl::Duration deadline;                  // of one try
  absl::Duration give_up_after;             // of a call with all its repeats
  absl::Duration step_pause;                // at least so long from a story's step to its next one
};

// A call that came to its end.
struct Outcome {
  std::int64_t story = 0;
  Step step = Step::kCreate;
  absl::Status status;  // of the last try
  std::string name;     // articles/{article}; empty unless answered
  std::int64_t version = 0;
  std::string pub_status;
  std::uint32_t body_crc32 = 0;                  // of body_html as answered
  std::string headline;                          // as answered
  std::optional<news::v1::WriteResult> result;   // none: not answered, or an older release
  std::optional<absl::Time> embargoed, expires;  // as submitted; of kCreate alone
  std::string address;                           // who answered
  int tries = 0;
  absl::Time due;      // when its turn came; what came late counts from here
  absl::Time started;  // of its first try
  absl::Time tried;    // of its last one
  absl::Time ended;
};

// Blocks until all stories have gone through their steps. `tell` is called on one thread at a time.
// An error when the source cannot be made or no address can be used.
absl::Status Run(const RunSettings& settings, const Stories& stories,
                 const std::function<void(const Outcome&)>& tell);

}  // namespace telex::load
