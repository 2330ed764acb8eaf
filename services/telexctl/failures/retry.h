// Asking again where that is safe: reads, and changes that carry a request_id, after UNAVAILABLE
// (no connection, DECISION_PENDING, a replica that stops). Bounded, and told.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <functional>
#include <optional>
#include <string_view>

namespace telex::cli {

struct RetryPolicy {
  int calls_max = 5;
  absl::Duration pause_first = absl::Milliseconds(250);  // doubled each time
  absl::Duration pause_max = absl::Seconds(5);           // also of what a server asks for
};

class Retrier {
 public:
  using Sleep = std::function<void(absl::Duration)>;
  using Tell = std::function<void(std::string_view line)>;

  Retrier(RetryPolicy policy, Sleep sleep, Tell tell);

  // What the last call answered. The same request goes out each time, its request_id included.
  template <typename Call>
  auto Run(std::string_view what, Call call) -> decltype(call()) {
    for (int calls = 1;; ++calls) {
      auto answer = call();
      if (answer.ok() || !PauseAfter(what, answer.status(), calls)) return answer;
    }
  }

 private:
  // False: that was the last call, or another would not help.
  bool PauseAfter(std::string_view what, const absl::Status& failure, int calls);

  RetryPolicy policy_;
  Sleep sleep_;
  Tell tell_;
};

}  // namespace telex::cli
