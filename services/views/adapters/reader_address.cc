#include "views/adapters/reader_address.h"

#include <algorithm>

#include "platform/text/ascii.h"

namespace telex::views {
namespace {

constexpr std::size_t kV6NetworkBytes = 8;

// "192.0.2.1", "192.0.2.1:80", "[2001:db8::1]:80", "2001:db8::1", any of them in quotes.
std::optional<IpAddress> ParseNode(std::string_view text) {
  text = text::TrimAscii(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') {
    text = text.substr(1, text.size() - 2);
  }
  if (text.starts_with('[')) {
    text = text.substr(1, text.find(']') - 1);
  } else if (const auto colon = text.find(':');
             colon != std::string_view::npos && text.find(':', colon + 1) == text.npos) {
    text = text.substr(0, colon);
  }
  const auto address = IpAddress::Parse(text);
  if (!address) return std::nullopt;
  return net::Unwrapped(*address);
}

// RFC 7239: for=192.0.2.60;proto=http
std::string_view ForOf(std::string_view element) {
  while (!element.empty()) {
    const std::string_view pair = element.substr(0, element.find(';'));
    element.remove_prefix(std::min(pair.size() + 1, element.size()));
    const std::string_view trimmed = text::TrimAscii(pair);
    if (text::StartsWithIgnoringAsciiCase(trimmed, "for=")) return trimmed.substr(4);
  }
  return {};
}

}  // namespace

std::optional<IpAddress> ClientAddress(std::string_view peer, std::string_view forwarded,
                                       ForwardedBy by, const std::vector<Network>& proxies) {
  std::optional<IpAddress> address = ParseNode(peer);
  while (address && Contains(proxies, *address) && !forwarded.empty()) {
    const auto comma = forwarded.rfind(',');
    const std::string_view element =
        comma == std::string_view::npos ? forwarded : forwarded.substr(comma + 1);
    forwarded = comma == std::string_view::npos ? std::string_view() : forwarded.substr(0, comma);
    if (text::TrimAscii(element).empty()) continue;  // RFC 9110, 5.6.1.2
    const auto next = ParseNode(by == ForwardedBy::kForwarded ? ForOf(element) : element);
    if (!next) break;
    address = next;
  }
  return address;
}

std::string_view BytesOf(const IpAddress& address) {
  const auto bytes = address.bytes();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string_view LimitKeyOf(const IpAddress& address) {
  return address.is_v4() ? BytesOf(address) : BytesOf(address).substr(0, kV6NetworkBytes);
}

}  // namespace telex::views
