#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace telex::feeds {

// Which feed: a section in a language, or all sections of that language. Plain text, taken from
// records that were checked when they were written. A value; thread-safe as such.
struct FeedKey {
  std::string section;   // slug; empty: all sections
  std::string language;  // BCP 47, canonical case

  bool IsAll() const { return section.empty(); }

  // As it stands in addresses: `world.en`, `all.pt-BR`.
  std::string Slug() const;
  // Reads Slug() back; exact case. None when there is not one dot, or a part is empty.
  static std::optional<FeedKey> Parse(std::string_view slug);

  auto operator<=>(const FeedKey&) const = default;

  template <typename H>
  friend H AbslHashValue(H state, const FeedKey& key) {
    return H::combine(std::move(state), key.section, key.language);
  }
};

}  // namespace telex::feeds
