#include "views/domain/partners.h"

#include <fmt/format.h>

#include <utility>

#include "platform/text/ascii.h"

namespace telex::views {

std::string Partners::Add(Partner partner, std::string_view key_hash) {
  if (partners_.size() == kPartnersMax) return "too many partners";
  if (by_id_.contains(partner.id)) return "id: stands on an earlier line, too";
  for (const std::string& host : partner.hosts) {
    if (!by_host_.emplace(host, partners_.size()).second) {
      return fmt::format("hosts: '{}' is named before", host);
    }
  }
  if (!key_hash.empty() && !by_key_hash_.emplace(key_hash, partners_.size()).second) {
    return "key: is an earlier line's";
  }
  by_id_.emplace(partner.id, partners_.size());
  partners_.push_back(std::move(partner));
  return "";
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
