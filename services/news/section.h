#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace telex::news {

// A section of the newsroom as it stands in addresses: lower-case letters, digits and single
// hyphens, 1–40 bytes
// (`world`, `south-caucasus`). `all` is not a section: it is the name of the feed of all of them.
class Section {
 public:
  Section() = default;  // no section; only as a placeholder

  static std::optional<Section> Parse(std::string_view slug);
  // Makes a slug of a printed name: "South  Caucasus" → south-caucasus. Empty when nothing is left
  // of it (a name without Latin letters or digits: a source gives an alias for such).
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
