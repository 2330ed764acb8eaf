#include "platform/http/get_only.h"

#include "platform/errors/reasons.h"

namespace telex::http {

std::optional<Response> RefuseAllButGet(const Request& request) {
  if (request.method == Method::kGet || request.method == Method::kHead) return std::nullopt;
  return Problem(405, errors::kMethodNotAllowed, "Method Not Allowed", "Only GET and HEAD.",
                 {{"Allow", "GET, HEAD"}});
}

}  // namespace telex::http
