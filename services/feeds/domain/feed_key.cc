#include "feeds/domain/feed_key.h"

#include "news/section.h"

namespace telex::feeds {

std::string FeedKey::Slug() const {
  std::string slug = IsAll() ? std::string(news::kAllSections) : section;
  slug += '.';
  slug += language;
  return slug;
}

std::optional<FeedKey> FeedKey::Parse(std::string_view slug) {
  const auto dot = slug.find('.');
  if (dot == std::string_view::npos || dot == 0 || dot + 1 == slug.size()) return std::nullopt;
  const std::string_view section = slug.substr(0, dot);
  const std::string_view language = slug.substr(dot + 1);
  if (language.find('.') != std::string_view::npos) return std::nullopt;
  return FeedKey{.section = section == news::kAllSections ? "" : std::string(section),
                 .language = std::string(language)};
}

}  // namespace telex::feeds
