#include "views/formats/partner_list.h"

#include <absl/strings/str_split.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "platform/errors/errors.h"
#include "platform/text/ascii.h"

namespace telex::views {
namespace {

constexpr std::size_t kIdBytesMax = 64;
constexpr std::size_t kHostBytesMax = 253;  // RFC 1035, 2.3.4
constexpr std::size_t kFaultsToldMax = 10;
constexpr std::string_view kOwnId = "own";
constexpr std::string_view kNone = "-";

bool IsMadeOf(std::string_view text, std::string_view bytes) {
  return !text.empty() && text.find_first_not_of(bytes) == std::string_view::npos;
}

bool IsHost(std::string_view text) {
  return text.size() <= kHostBytesMax && !text.starts_with('.') && !text.ends_with('.') &&
         IsMadeOf(text, "abcdefghijklmnopqrstuvwxyz0123456789.-_");
}

// What is wrong with the line; "" when it was taken.
std::string TakeLine(std::string_view line, Partners& partners) {
  const std::vector<std::string> columns = absl::StrSplit(
      absl::string_view(line.data(), line.size()), absl::ByAnyChar(" \t\r"), absl::SkipEmpty());
  if (columns.size() != 4) return "expects four columns: id status hosts key";
  const std::string& id = columns[0];
  if (id.size() > kIdBytesMax || !IsMadeOf(id, "abcdefghijklmnopqrstuvwxyz0123456789._-")) {
    return "id: expects lower-case letters, digits and . _ -, 64 at most";
  }
  if (id == kOtherSite) return "id: 'other' is what no partner shows";
  Partner partner = {.id = std::string(id == kOwnId ? kOwnSite : std::string_view(id)),
                     .active = columns[1] == "active"};
  if (!partner.active && columns[1] != "suspended") return "status: expects active or suspended";
  if (columns[2] != kNone) partner.hosts = absl::StrSplit(columns[2], ',');
  for (std::string& host : partner.hosts) {
    host = text::AsciiLower(host);
    if (!IsHost(host)) {
      return fmt::format("hosts: '{}' is no host name as browsers send it (xn--mnchen-3ya.example)",
                         host);
    }
  }
  std::string hash = text::AsciiLower(columns[3]);
  if (hash == kNone) return partners.Add(std::move(partner), "");
  if (hash.size() != 64 || !IsMadeOf(hash, "0123456789abcdef")) {  // not quoted: may be the key
    return "key: expects the SHA-256 of the key (64 hex digits) or -";
  }
  return partners.Add(std::move(partner), hash);
}

}  // namespace

absl::StatusOr<Partners> ParsePartners(std::string_view text) {
  Partners partners;
  std::vector<std::string> faults;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view whole = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(whole.size() + 1, text.size()));
    const std::string_view line = whole.substr(0, whole.find('#'));
    if (text::TrimAscii(line).empty()) continue;
    const std::string fault = TakeLine(line, partners);
    if (!fault.empty() && faults.size() < kFaultsToldMax) {
      faults.push_back(fmt::format("line {}: {}", number, fault));
    }
  }
  if (faults.empty()) return partners;
  return errors::Error(absl::StatusCode::kInvalidArgument, errors::kFieldInvalid,
                       fmt::format("{}", fmt::join(faults, "; ")));
}

}  // namespace telex::views
