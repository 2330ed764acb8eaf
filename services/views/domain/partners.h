#pragma once

#include <absl/status/statusor.h>

#include <functional>
#include <map>
#include <memory>
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

// Who shows stories. From a file, a line each:
//   # id      status     hosts                       key
//   own       active     newsroom.example            -
//   panorama  active     panorama.example,p.example  0f3c...64 hex digits: SHA-256 of its key
// A host stands for those below it, too (www.panorama.example); `-`: none. A key is what servers
// send as a bearer token. Immutable, thread-safe.
class Partners {
 public:
  static constexpr std::size_t kPartnersMax = 10'000;

  // INVALID_ARGUMENT with the first ten faults, by line and field.
  static absl::StatusOr<Partners> Parse(std::string_view text);

  // Where a page on that host counts: an active partner's id, kOwnSite, or kOtherSite. While no
  // host is named at all: kOwnSite.
  std::string_view SiteOf(std::string_view host) const;
  // Null: unknown. The hash is 64 lower-case hex digits.
  const Partner* ByKeyHash(std::string_view hash) const;
  const Partner* ById(std::string_view id) const;

 private:
  using Places = std::map<std::string, std::size_t, std::less<>>;

  std::string ParseLine(std::string_view line);

  std::vector<Partner> partners_;
  Places by_id_;
  Places by_host_;
  Places by_key_hash_;
};

}  // namespace telex::views
