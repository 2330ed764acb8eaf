#include "platform/http_client/outcome.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "platform/errors/errors.h"
#include "platform/http/conditional.h"

namespace telex::http_client {
namespace {

// nullopt: no number. One too large for its type is a long wait all the same.
std::optional<absl::Duration> DelaySeconds(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc::result_out_of_range) return absl::InfiniteDuration();
  return absl::Seconds(seconds);
}

}  // namespace

std::optional<absl::Duration> RetryAfter(const Headers& headers, absl::Time now,
                                         absl::Duration max) {
  const auto value = headers.Find("Retry-After");
  if (!value) return std::nullopt;
  std::optional<absl::Duration> wait = DelaySeconds(*value);
  if (!wait) {
    const auto at = http::ParseHttpDate(*value);
    if (!at) return std::nullopt;
    const auto date = http::ParseHttpDate(headers.Find("Date").value_or(""));
    wait = *at - date.value_or(now);
  }
  return std::clamp(*wait, absl::ZeroDuration(), max);
}

Outcome OutcomeOf(int status, bool has_retry_after) {
  if ((status >= 200 && status < 300) || status == 304) return Outcome::kDone;
  if (status == 408 || status == 425 || status == 429) return Outcome::kTryLater;
  // Without Retry-After it may be a gateway's, whose own request got through.
  if (status == 503 && has_retry_after) return Outcome::kTryLater;
  return status < 500 ? Outcome::kRefused : Outcome::kUnknown;
}

absl::Status StatusOf(Outcome outcome, std::string_view what, int status,
                      std::optional<absl::Duration> retry_after) {
  if (outcome == Outcome::kDone) return absl::OkStatus();
  errors::Metadata metadata{{"http_status", fmt::format("{}", status)}};
  std::string message = fmt::format("{}: HTTP {}", what, status);
  if (retry_after) {
    const auto seconds = absl::ToInt64Seconds(absl::Ceil(*retry_after, absl::Seconds(1)));
    metadata.emplace("retry_after_seconds", fmt::format("{}", seconds));
    message += fmt::format(", to be tried again in {} s", seconds);
  }
  switch (outcome) {
    case Outcome::kTryLater:
      return errors::Error(absl::StatusCode::kUnavailable, errors::kPeerTryLater, message,
                           metadata);
    case Outcome::kUnknown:
      return errors::Error(absl::StatusCode::kUnavailable, errors::kPeerFailed, message, metadata);
    default:
      return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kPeerRefused, message,
                           metadata);
  }
}

}  // namespace telex::http_client
