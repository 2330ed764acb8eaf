#include "platform/http_client/message.h"

#include "platform/http/syntax.h"

namespace telex::http_client {

std::string_view NameOf(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kHead:
      return "HEAD";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kPatch:
      return "PATCH";
    case Method::kDelete:
      break;
  }
  return "DELETE";
}

std::string_view NameOf(Outcome outcome) {
  switch (outcome) {
    case Outcome::kDone:
      return "done";
    case Outcome::kRefused:
      return "refused";
    case Outcome::kTryLater:
      return "try-later";
    case Outcome::kNotSent:
      return "not-sent";
    case Outcome::kUnknown:
      return "unknown";
    case Outcome::kBadAnswer:
      break;
  }
  return "bad-answer";
}

std::optional<std::string_view> Headers::Find(std::string_view name) const {
  for (const auto& [line_name, value] : lines_) {
    if (http::EqualsIgnoringCase(line_name, name)) return value;
  }
  return std::nullopt;
}

}  // namespace telex::http_client
