#include "views/domain/partners.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_split.h>
#include <fmt/format.h>

#include <algorithm>

#include "platform/errors/errors.h"
#include "platform/text/ascii.h"

namespace telex::views {
namespace {

constexpr std::size_t kIdBytesMax = 64;
constexpr std::size_t kHostBytesMax = 253;  // RFC 1035, 2.3.4
constexpr std::size_t kFaultsToldMax = 10;
constexpr std::string_view kNone = "-";

bool IsMadeOf(std::string_view text, std::string_view bytes) {
  return !text.empty() && text.find_first_not_of(bytes) == std::string_view::npos;
}

bool IsHost(std::string_view text) {
  return text.size() <= kHostBytesMax && !text.starts_with('.') && !text.ends_with('.') &&
         IsMadeOf(text, "abcdefghijklmnopqrstuvwxyz0123456789.-_");
}

}  // namespace

// What is wrong with the line; "" when it was taken.
std::string Partners::ParseLine(std::string_view line) {
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
  if (by_id_.contains(partner.id)) return "id: stands on an earlier line, too";
  if (columns[2] != kNone) partner.hosts = absl::StrSplit(columns[2], ',');
  for (std::string& host : partner.hosts) {
    host = text::AsciiLower(host);
    if (!IsHost(host)) {
      return fmt::format("hosts: '{}' is no host name as browsers send it (xn--mnchen-3ya.example)",
                         host);
    }
    if (!by_host_.emplace(host, partners_.size()).second) {
      return fmt::format("hosts: '{}' is named before", host);
    }
  }
  const std::string hash = text::AsciiLower(columns[3]);
  if (hash != kNone) {
    if (hash.size() != 64 || !IsMadeOf(hash, "0123456789abcdef")) {  // not quoted: may be the key
      return "key: expects the SHA-256 of the key (64 hex digits) or -";
    }
    if (!by_key_hash_.emplace(hash, partners_.size()).second) return "key: is an earlier line's";
  }
  by_id_.emplace(partner.id, partners_.size());
  partners_.push_back(std::move(partner));
  return "";
}

absl::StatusOr<Partners> Partners::Parse(std::string_view text) {
  Partners partners;
  std::vector<std::string> faults;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view whole = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(whole.size() + 1, text.size()));
    const std::string_view line = whole.substr(0, whole.find('#'));
    if (text::TrimAscii(line).empty()) continue;
    std::string fault =
        partners.partners_.size() == kPartnersMax ? "too many partners" : partners.ParseLine(line);
    if (!fault.empty() && faults.size() < kFaultsToldMax) {
      faults.push_back(fmt::format("line {}: {}", number, fault));
    }
  }
  if (faults.empty()) return partners;
  return errors::Error(absl::StatusCode::kInvalidArgument, errors::kFieldInvalid,
                       fmt::format("{}", fmt::join(faults, "; ")));
}

std::string_view Partners::SiteOf(std::string_view host) const {
  if (by_host_.empty()) return kOwnSite;
  const std::string lower = text::AsciiLower(host);
  std::string_view rest = lower;
  while (!rest.empty()) {
    const auto found = by_host_.find(rest);
    if (found != by_host_.end()) {
      const Partner& partner = partners_[found->second];
      return partner.active ? std::string_view(partner.id) : kOtherSite;
    }
    const std::size_t dot = rest.find('.');
    rest.remove_prefix(dot == std::string_view::npos ? rest.size() : dot + 1);
  }
  return kOtherSite;
}

const Partner* Partners::ByKeyHash(std::string_view hash) const {
  const auto found = by_key_hash_.find(hash);
  return found == by_key_hash_.end() ? nullptr : &partners_[found->second];
}

const Partner* Partners::ById(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &partners_[found->second];
}

}  // namespace telex::views
