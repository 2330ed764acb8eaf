#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace telex::views {

// What a view says of where it was shown, besides a partner's id.
inline constexpr std::string_view kOwnSite = "";
inline constexpr std::string_view kOtherSite = "other";
// kOwnSite, where people name it.
inline constexpr std::string_view kOwnId = "own";

struct Partner {
  std::string id;  // kOwnSite: the publisher itself
  bool active = true;
  std::vector<std::string> hosts;
};

// Who shows stories, where, and with which key. A host stands for those below it, too
// (www.panorama.example). Any thread, once all are added.
class Partners {
 public:
  static constexpr std::size_t kPartnersMax = 10'000;

  // One more; its hosts and the hash of its key ("": none) are lower-case. "", or what is wrong
  // with it, by field: then these partners are of no use any more.
  std::string Add(Partner partner, std::string_view key_hash);

  // Where a page on that host counts: an active partner's id, kOwnSite, or kOtherSite. While no
  // host is named at all: kOwnSite.
  std::string_view SiteOf(std::string_view host) const;
  // Null: unknown. The hash is 64 lower-case hex digits.
  const Partner* ByKeyHash(std::string_view hash) const;
  const Partner* ById(std::string_view id) const;

 private:
  using Places = std::map<std::string, std::size_t, std::less<>>;

  std::vector<Partner> partners_;
  Places by_id_;
  Places by_host_;
  Places by_key_hash_;
};

}  // namespace telex::views
