#include "telexctl/http.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "platform/errors/errors.h"
#include "platform/json/json.h"

namespace telex::cli {
namespace {

absl::StatusCode CodeOf(int status) {
  switch (status) {
    case 401:
      return absl::StatusCode::kUnauthenticated;
    case 403:
      return absl::StatusCode::kPermissionDenied;
    case 404:
    case 410:
      return absl::StatusCode::kNotFound;
    case 429:
    case 502:
    case 503:
    case 504:
      return absl::StatusCode::kUnavailable;
    default:
      return status >= 500 ? absl::StatusCode::kInternal : absl::StatusCode::kFailedPrecondition;
  }
}

}  // namespace

absl::Status FailureOf(const HttpAnswer& answer, const std::string& url) {
  std::string reason;
  std::string words;
  const auto problem = json::Parse(answer.body);
  if (problem && problem->is_object()) {
    const auto text = [&](const char* name) {
      const auto found = problem->find(name);
      return found != problem->end() && found->is_string() ? found->get<std::string>()
                                                           : std::string();
    };
    reason = text("reason");
    words = text("detail").empty() ? text("title") : text("detail");
  }
  const std::string message =
      fmt::format("{}: HTTP {}{}{}", url, answer.status, words.empty() ? "" : ": ", words);
  if (reason.empty()) return absl::Status(CodeOf(answer.status), message);
  return errors::Error(CodeOf(answer.status), reason, message);
}

}  // namespace telex::cli
