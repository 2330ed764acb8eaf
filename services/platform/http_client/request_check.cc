#include "platform/http_client/request_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "platform/errors/errors.h"
#include "platform/http/syntax.h"

namespace telex::http_client::internal {
namespace {

constexpr std::size_t kHeadersBytesMax = 64 * 1024;

constexpr std::array<std::string_view, 7> kClientsOwn = {
    "Host",   "Content-Length", "Transfer-Encoding", "Connection",
    "Expect", "User-Agent",     "Accept-Encoding"};
constexpr std::array<std::string_view, 3> kAlwaysSecret = {"Authorization", "Cookie",
                                                           "Proxy-Authorization"};

template <std::size_t kCount>
bool IsOneOf(const std::array<std::string_view, kCount>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [name](std::string_view one) { return http::EqualsIgnoringCase(one, name); });
}

absl::Status Wrong(std::string_view field, std::string_view why) {
  return errors::FieldError(field, errors::kFieldInvalid, why);
}

absl::Status CheckHeaders(const Request& request) {
  std::size_t bytes = 0;
  for (const Header& header : request.headers) {
    if (!http::IsToken(header.name)) return Wrong("headers", "a name is no token");
    if (IsOneOf(kClientsOwn, header.name)) {
      return Wrong("headers", fmt::format("{} is the client's own", header.name));
    }
    if (!http::IsFieldValue(header.value)) {
      // A line break would begin a header, or a request, of its own.
      return Wrong("headers", fmt::format("{} has a control character in it", header.name));
    }
    bytes += header.name.size() + header.value.size() + 4;
  }
  if (bytes > kHeadersBytesMax) {
    return Wrong("headers", fmt::format("they are larger than {} bytes", kHeadersBytesMax));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRequest(const Request& request) {
  if (auto status = CheckHeaders(request); !status.ok()) return status;
  const bool get_or_head = request.method == Method::kGet || request.method == Method::kHead;
  if (get_or_head && !request.body.empty()) return Wrong("body", "GET and HEAD have none");
  if (request.body.size() > kRequestBodyBytesMax) {
    return Wrong("body", fmt::format("it is larger than {} bytes", kRequestBodyBytesMax));
  }
  if (request.redirects_max < 0 || request.redirects_max > kRedirectsMax) {
    return Wrong("redirects_max", fmt::format("0 to {}", kRedirectsMax));
  }
  return absl::OkStatus();
}

absl::Status CheckUrl(const Url& url, const AddressRules& rules) {
  const auto forbidden = [](std::string_view why) {
    return errors::Error(absl::StatusCode::kPermissionDenied, errors::kAddressForbidden, why);
  };
  if (rules.https_only() && !url.https()) return forbidden("only https is asked");
  if (!rules.AllowsPort(url.port))
    return forbidden(fmt::format("port {} is not allowed", url.port));
  return absl::OkStatus();
}

bool IsSecret(const Header& header) { return header.secret || IsOneOf(kAlwaysSecret, header.name); }

}  // namespace telex::http_client::internal
