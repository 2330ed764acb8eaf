#include "views/adapters/refusal.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

#include "platform/errors/errors.h"

namespace telex::views {
namespace {

using absl::StatusCode;

// All others: the request has to be changed.
constexpr std::array<std::pair<std::string_view, StatusCode>, 8> kCodes = {{
    {errors::kArticleNotFound, StatusCode::kNotFound},
    {errors::kPathNotFound, StatusCode::kNotFound},
    {errors::kArticlePurged, StatusCode::kFailedPrecondition},
    {errors::kBrokerUnavailable, StatusCode::kUnavailable},
    {errors::kNotCaughtUp, StatusCode::kUnavailable},
    {errors::kSaltUnknown, StatusCode::kUnavailable},
    {errors::kClockSkewed, StatusCode::kUnavailable},
    {errors::kOverloaded, StatusCode::kUnavailable},
}};

StatusCode CodeOf(std::string_view reason) {
  for (const auto& [known, code] : kCodes) {
    if (known == reason) return code;
  }
  return StatusCode::kInvalidArgument;
}

}  // namespace

absl::Status ErrorOf(const Refusal& refusal) {
  const StatusCode code = CodeOf(refusal.reason);
  if (refusal.field.empty()) return errors::Error(code, refusal.reason, refusal.message);
  return errors::WithField(
      errors::Error(code, refusal.reason, fmt::format("{}: {}", refusal.field, refusal.message)),
      refusal.field, refusal.reason, refusal.message);
}

bool IsTransient(const Refusal& refusal) {
  return CodeOf(refusal.reason) == StatusCode::kUnavailable;
}

}  // namespace telex::views
