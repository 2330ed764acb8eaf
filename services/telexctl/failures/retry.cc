#include "telexctl/failures/retry.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/errors/retry_after.h"

namespace telex::cli {
namespace {

absl::Duration AskedFor(const errors::Metadata& metadata) {
  return absl::Milliseconds(errors::RetryAfterMs(metadata).value_or(0));
}

}  // namespace

Retrier::Retrier(RetryPolicy policy, Sleep sleep, Tell tell)
    : policy_(policy), sleep_(std::move(sleep)), tell_(std::move(tell)) {}

bool Retrier::PauseAfter(std::string_view what, const absl::Status& failure, int calls) {
  if (!absl::IsUnavailable(failure) || calls >= policy_.calls_max) return false;
  const errors::Details details = errors::DetailsOf(failure).value_or(errors::Details{});
  absl::Duration pause = policy_.pause_first;
  for (int i = 1; i < calls; ++i) pause *= 2;
  pause = std::min(std::max(pause, AskedFor(details.metadata)), policy_.pause_max);
  tell_(fmt::format("{}: {}; asking again in {:.2f} s ({} of {})", what,
                    details.reason.empty() ? std::string("no answer") : details.reason,
                    absl::ToDoubleSeconds(pause), calls + 1, policy_.calls_max));
  sleep_(pause);
  return true;
}

}  // namespace telex::cli
