#include "platform/config/host_port.h"

#include <absl/strings/ascii.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace telex::config {
namespace {

bool IsHost(std::string_view host, std::string_view punctuation) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [punctuation](char c) {
    return absl::ascii_isalnum(c) || punctuation.find(c) != std::string_view::npos;
  });
}

}  // namespace

std::string HostPort::ToString() const {
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                             : fmt::format("[{}]:{}", host, port);
}

std::optional<HostPort> ParseHostPort(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view port = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
    if (host.find(':') == std::string_view::npos || !IsHost(host, ":.%")) return std::nullopt;
  } else if (!IsHost(host, ".-_")) {
    return std::nullopt;
  }
  HostPort parsed{std::string(host), 0};
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), parsed.port);
  if (error != std::errc() || end != port.data() + port.size()) return std::nullopt;
  return parsed;
}

}  // namespace telex::config
