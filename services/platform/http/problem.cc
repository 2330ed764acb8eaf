#include "platform/http/problem.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "platform/errors/errors.h"
#include "platform/errors/retry_after.h"

namespace telex::http {
namespace {

constexpr std::string_view kRetryAfterSeconds = "2";

constexpr std::array<std::pair<std::string_view, int>, 5> kOfReasons = {{
    {errors::kMethodNotAllowed, 405},
    {errors::kNotAcceptable, 406},
    {errors::kArticlePurged, 410},
    {errors::kBodyTooLarge, 413},
    {errors::kUnsupportedMediaType, 415},
}};

int StatusOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
      return 409;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kUnimplemented:
      return 501;
    case absl::StatusCode::kUnavailable:
      return 503;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    default:
      return 500;
  }
}

}  // namespace

int StatusOf(const absl::Status& error) {
  const std::string reason = errors::ReasonOf(error);
  for (const auto& [known, status] : kOfReasons) {
    if (known == reason) return status;
  }
  return StatusOf(error.code());
}

std::string RetryAfterOf(const absl::Status& error) {
  if (const auto details = errors::DetailsOf(error)) {
    const auto wait_ms = errors::RetryAfterMs(details->metadata);
    if (wait_ms) return fmt::to_string(*wait_ms / 1000 + (*wait_ms % 1000 == 0 ? 0 : 1));
  }
  return StatusOf(error) == 503 ? std::string(kRetryAfterSeconds) : "";
}

Response ProblemOf(const absl::Status& error, std::initializer_list<Header> lines) {
  const int status = StatusOf(error);
  const auto details = errors::DetailsOf(error).value_or(errors::Details{});
  const std::string_view reason =
      details.reason.empty() ? errors::kInternal : std::string_view(details.reason);
  const std::string_view field =
      details.fields.empty() ? std::string_view() : details.fields.front().field;
  const std::string retry_after = RetryAfterOf(error);
  std::vector<Header> all(lines);
  if (!retry_after.empty()) all.push_back({"Retry-After", retry_after});
  if (status == 401) all.push_back({"WWW-Authenticate", "Bearer"});
  return Problem({.status = status,
                  .reason = reason,
                  .title = ReasonPhrase(status),
                  .detail = std::string_view(error.message().data(), error.message().size()),
                  .field = field},
                 all);
}

}  // namespace telex::http
