#include "platform/config/settings_text.h"

#include <absl/strings/ascii.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace telex::config {
namespace {

constexpr std::size_t kShownBytesMax = 200;
constexpr std::string_view kNamePrefix = "TELEX_";

}  // namespace

bool IsSettingName(std::string_view name) {
  if (!name.starts_with(kNamePrefix) || name.size() == kNamePrefix.size()) return false;
  if (name.ends_with('_') || name.find("__") != std::string_view::npos) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string FlagOf(std::string_view name) {
  std::string flag = "--";
  for (const char c : name.substr(kNamePrefix.size()))
    flag += c == '_' ? '-' : absl::ascii_tolower(c);
  return flag;
}

std::string VariablePrefixOf(std::string_view program) {
  std::string prefix;
  for (const char c : program) prefix += c == '-' ? '_' : absl::ascii_toupper(c);
  return prefix + "_";
}

std::string RedactUrls(std::string_view text) {
  std::string out;
  while (true) {
    const std::size_t scheme = text.find("://");
    if (scheme == std::string_view::npos) return out.append(text);
    const std::size_t start = scheme + 3;
    out += text.substr(0, start);
    text.remove_prefix(start);
    const std::string_view authority = text.substr(0, text.find_first_of("/?#, "));
    const std::size_t at = authority.rfind('@');
    const std::size_t colon = authority.substr(0, at).find(':');
    if (at == std::string_view::npos || colon == std::string_view::npos) continue;
    out += text.substr(0, colon + 1);
    out += kRedacted;
    text.remove_prefix(at);
  }
}

std::string Quoted(std::string_view value) {
  std::string out = "\"";
  for (const char c : value.substr(0, kShownBytesMax)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(byte));
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out + (value.size() > kShownBytesMax ? "...\"" : "\"");
}

bool IsServiceLink(std::string_view name, std::string_view value) {
  if (name.ends_with("_SERVICE_HOST") || name.find("_SERVICE_PORT") != std::string_view::npos) {
    return true;
  }
  if (name.ends_with("_PORT") && value.starts_with("tcp://")) return true;
  const std::size_t port = name.find("_PORT_");
  if (port == std::string_view::npos) return false;
  const std::string_view rest = name.substr(port + 6);
  const std::size_t digits = rest.find_first_not_of("0123456789");
  return digits != 0 && digits != std::string_view::npos &&
         (rest.substr(digits).starts_with("_TCP") || rest.substr(digits).starts_with("_UDP"));
}

}  // namespace telex::config
