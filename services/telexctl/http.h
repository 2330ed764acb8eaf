// Answers over HTTP, as telexctl asks for them.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>

namespace telex::cli {

struct HttpAnswer {
  int status = 0;
  std::string content_type;
  std::string body;
};

class Http {
 public:
  virtual ~Http() = default;
  // Any status is an answer. UNAVAILABLE, DEADLINE_EXCEEDED: there was none. A body of more than
  // 64 MiB is RESOURCE_EXHAUSTED.
  virtual absl::StatusOr<HttpAnswer> Get(const std::string& url, const std::string& accept) = 0;
};

// The error that an answer other than 200 stands for: reason and words of its problem+json
// (RFC 9457) where it has one.
absl::Status FailureOf(const HttpAnswer& answer, const std::string& url);

}  // namespace telex::cli
