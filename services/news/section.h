#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace telex::news {

inline constexpr std::size_t kSectionBytesMax = 40;

// A section of the newsroom as it stands in addresses: lower-case letters, digits and single
// hyphens, 1–40 bytes
// (`world`, `south-caucasus`). `all` is not a section: it is the name of the feed of all of them.
class Section {
 public:
  Section() = default;  // no section; only as a placeholder

  static std::optional<Section> Parse(std::string_view slug);
  // The slug of a name printed in plain ASCII: "South  Caucasus" → south-caucasus. Only where
  // nothing is lost: letters, digits, blanks and hyphens, and no more of them than a slug holds.
  // For all else a source gives an alias (printed_name.h guesses one).
  static std::optional<Section> FromPrinted(std::string_view name);

  const std::string& slug() const { return slug_; }
  bool empty() const { return slug_.empty(); }
  auto operator<=>(const Section&) const = default;

 private:
  explicit Section(std::string slug) : slug_(std::move(slug)) {}
  std::string slug_;
};

inline constexpr std::string_view kAllSections = "all";

}  // namespace telex::news
