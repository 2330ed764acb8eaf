#include "platform/requests/log_requests.h"

namespace telex::requests {
namespace {

absl::Status Unavailable(std::string_view reason, std::string_view message) {
  return errors::Error(absl::StatusCode::kUnavailable, reason, message);
}

}  // namespace

absl::Status AnswerPending() {
  return Unavailable(errors::kDecisionPending,
                     "not decided before the deadline; it may have been submitted, and the same "
                     "request can be repeated safely");
}

absl::Status Stopping() {
  return Unavailable(
      errors::kStopping,
      "this replica is stopping; the same request can be repeated safely at another");
}

absl::Status Overloaded(std::size_t waiting) {
  return Unavailable(
      errors::kOverloaded,
      fmt::format("{} calls wait for their decisions at this replica already", waiting));
}

absl::Status NotAppended(const absl::Status& why) {
  if (absl::IsInvalidArgument(why)) return why;
  return Unavailable(errors::kBrokerUnavailable, fmt::format("not submitted: {}", why.ToString()));
}

}  // namespace telex::requests
