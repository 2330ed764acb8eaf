#include "platform/text/page_token.h"

#include <fmt/format.h>

#include <optional>

#include "platform/checksum/crc32.h"
#include "platform/errors/errors.h"

namespace telex::text {
namespace {

constexpr std::size_t kScopeDigits = 8;
constexpr std::size_t kTokenBytesMax = 1'100;

std::optional<std::string> FromHex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  const auto digit = [](char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = digit(hex[i]);
    const int low = digit(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

// The check covers the place too, so that a token that was cut or changed is noticed.
std::string Check(std::string_view place, std::string_view scope) {
  return fmt::format("{:08x}", checksum::Crc32(scope, place));
}

}  // namespace

std::string MakePageToken(std::string_view place, std::string_view scope) {
  std::string token = Check(place, scope);
  for (const unsigned char byte : place) token += fmt::format("{:02x}", byte);
  return token;
}

absl::StatusOr<std::string> ReadPageToken(std::string_view token, std::string_view scope) {
  if (token.size() > kScopeDigits && token.size() <= kTokenBytesMax) {
    const auto place = FromHex(token.substr(kScopeDigits));
    if (place && Check(*place, scope) == token.substr(0, kScopeDigits)) return *place;
  }
  return errors::FieldError("page_token", errors::kBadPageToken,
                            "is not one that this listing, with these filters, gave out; leave it "
                            "empty to start from the beginning");
}

}  // namespace telex::text
