#pragma once

// URLs as the client takes them: http or https, a host, no user and password (a credential belongs
// into a header that is marked secret). Read by libcurl's own parser, so that what was checked is
// what is asked. Pure, any thread.

#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace telex::http_client {

inline constexpr std::size_t kUrlBytesMax = 8 * 1024;

struct Url {
  std::string whole;   // as it is asked, without a fragment
  std::string scheme;  // "http" or "https"
  std::string host;
  std::uint16_t port = 0;
  std::string path;  // without the query

  bool https() const { return scheme == "https"; }
  // Scheme, host and port: who is asked.
  std::string Origin() const;
  // How it is told in logs and errors: without its query, and without its path where that is
  // secret.
  std::string Told(bool secret_path) const;
};

// INVALID_ARGUMENT / FIELD_INVALID for anything else; the message does not repeat what is wrong.
absl::StatusOr<Url> ParseUrl(const std::string& text);

// What a Location header means, seen from `base` (RFC 3986, 5).
absl::StatusOr<Url> ResolveUrl(const Url& base, const std::string& location);

}  // namespace telex::http_client
