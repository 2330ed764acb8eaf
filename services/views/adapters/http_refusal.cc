#include "views/adapters/http_refusal.h"

#include <string>

#include "platform/errors/errors.h"

namespace telex::views {
namespace {

int StatusOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      return 400;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kUnavailable:
      return 503;
    default:
      return 500;
  }
}

}  // namespace

http::Response HttpRefusal(const absl::Status& status) {
  const int code = StatusOf(status.code());
  const std::string given = errors::ReasonOf(status);
  http::Response response =
      http::Problem(code, given.empty() ? errors::kInternal : std::string_view(given),
                    http::ReasonPhrase(code), std::string(status.message()));
  if (code == 401) response.extra = http::HeaderBlock({{"WWW-Authenticate", "Bearer"}});
  if (code == 503) response.extra = http::HeaderBlock({{"Retry-After", "2"}});
  return response;
}

}  // namespace telex::views
