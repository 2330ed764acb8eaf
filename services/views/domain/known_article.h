// What counting needs to know of a story.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace telex::views {

// A story by its newest version. The views are into texts of whoever made it (ArticleIndex: for as
// long as that lives). What is purged has nothing but its version.
struct KnownArticle {
  // A headline as lists show it: cut by news::CutText.
  static constexpr std::size_t kHeadlineLettersMax = 80;
  static constexpr std::size_t kHeadlineBytesMax = 200;

  std::int64_t version = 0;
  std::int64_t printed_views = 0;  // what the imported page said it had before
  bool purged = false;             // forgotten, for ever
  bool live = false;               // partners may read it
  std::string_view language;       // its own, BCP 47
  // All that it ever stood in, its own among them; sorted.
  std::span<const std::string_view> languages;
  std::string_view source;   // the id
  std::string_view section;  // the slug
  std::string headline;
};

}  // namespace telex::views
