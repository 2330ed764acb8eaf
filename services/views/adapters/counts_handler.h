#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string>
#include <string_view>

#include "platform/http/message.h"
#include "views/adapters/view_service.h"

namespace telex::views {

// What pages show of views, for everybody, from any origin: GET /v1/counts/{article}, the number
// under a story, and GET /v1/trending?section=&language=&window=hour|day|week&page_size=. Answers
// from memory, to be kept for `max_age`. Thread-safe; never blocks.
class CountsHandler {
 public:
  // The service outlives it.
  explicit CountsHandler(const ViewService& service, absl::Duration max_age = absl::Seconds(5));

  // Of the routes kCounts and kTrending.
  http::Response Handle(const http::Request& request) const;

 private:
  absl::StatusOr<std::string> Counts(std::string_view article) const;
  absl::StatusOr<std::string> Trending(std::string_view query) const;

  const ViewService& service_;
  const http::HeaderBlock head_;
};

}  // namespace telex::views
