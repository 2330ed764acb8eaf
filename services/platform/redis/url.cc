#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <optional>

#include "platform/errors/errors.h"
#include "platform/redis/client.h"

namespace telex::redis {
namespace {

constexpr std::string_view kTcpScheme = "redis://";
constexpr std::string_view kUnixScheme = "unix://";
constexpr std::string_view kDatabaseQuery = "?db=";

template <typename Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

absl::Status Fault(std::string_view description) {
  return errors::FieldError("url", errors::kFieldInvalid, description);
}

absl::StatusOr<Endpoint> ParseUnix(std::string_view rest) {
  Endpoint endpoint;
  if (const std::size_t query = rest.find('?'); query != std::string_view::npos) {
    const std::string_view text = rest.substr(query);
    const auto database = text.starts_with(kDatabaseQuery)
                              ? ParseNumber<std::uint32_t>(text.substr(kDatabaseQuery.size()))
                              : std::nullopt;
    if (!database.has_value()) return Fault("after the socket's path only ?db=NUMBER may stand");
    endpoint.database = *database;
    rest = rest.substr(0, query);
  }
  if (!rest.starts_with('/')) return Fault("the socket's path is absolute: unix:///path");
  endpoint.unix_path = std::string(rest);
  return endpoint;
}

absl::StatusOr<Endpoint> ParseTcp(std::string_view rest) {
  Endpoint endpoint;
  if (const std::size_t slash = rest.find('/'); slash != std::string_view::npos) {
    const std::string_view path = rest.substr(slash + 1);
    if (!path.empty()) {
      const auto database = ParseNumber<std::uint32_t>(path);
      if (!database.has_value()) return Fault("the database is a number: redis://host:port/NUMBER");
      endpoint.database = *database;
    }
    rest = rest.substr(0, slash);
  }
  if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
    const std::string_view user = rest.substr(0, at);
    if (user.find(':') != std::string_view::npos) {
      return Fault("a password does not stand in a URL but in a setting of its own");
    }
    endpoint.username = std::string(user);
    rest = rest.substr(at + 1);
  }
  std::string_view host = rest;
  std::string_view port;
  if (rest.starts_with('[')) {
    const std::size_t close = rest.find(']');
    if (close == std::string_view::npos) return Fault("a v6 address ends with ]");
    host = rest.substr(1, close - 1);
    port = rest.substr(close + 1);
    if (!port.empty() && !port.starts_with(':')) return Fault("after ] only :PORT may stand");
  } else if (const std::size_t colon = rest.rfind(':'); colon != std::string_view::npos) {
    host = rest.substr(0, colon);
    port = rest.substr(colon);
    if (host.find(':') != std::string_view::npos) return Fault("a v6 address stands in [ ]");
  }
  if (host.empty()) return Fault("the host is missing");
  endpoint.host = std::string(host);
  if (!port.empty()) {
    const auto number = ParseNumber<std::uint16_t>(port.substr(1));
    if (!number.has_value() || *number == 0) return Fault("the port is a number from 1 to 65535");
    endpoint.port = *number;
  }
  return endpoint;
}

}  // namespace

absl::StatusOr<Endpoint> ParseUrl(std::string_view url) {
  if (url.starts_with(kTcpScheme)) return ParseTcp(url.substr(kTcpScheme.size()));
  if (url.starts_with(kUnixScheme)) return ParseUnix(url.substr(kUnixScheme.size()));
  return Fault("redis://[user@]host[:port][/db] or unix:///path[?db=n] is wanted");
}

}  // namespace telex::redis
