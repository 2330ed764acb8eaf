#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "feeds/domain/window_item.h"
#include "news/article.h"
#include "news/translation.h"

namespace telex::feeds {

struct ChannelSettings;

// The same story in another language, as an item of its own.
struct Alternate {
  std::string language;  // BCP 47; empty: the source names none
  std::string urn;
  std::string url;  // of its page here
  bool is_original = false;
};

// What is told of a translation.
struct TranslationNote {
  std::string original;  // URN of the article
  std::string from;      // BCP 47
  std::int64_t version = 0;
  std::int64_t revision = 0;
  news::TranslationStanding standing = news::TranslationStanding::kMachine;
  bool engine_had_part = false;
  bool is_stale = false;  // the article has changed since
};

// What a format spells: an article, or a translation put into its article's place.
struct ItemSource {
  news::Article article;
  std::vector<Alternate> alternates = {};  // the original first, then by language; of a story only
  std::optional<TranslationNote> translation = {};
};

// The item of that place. `article`: the newest version, from which comes all but the text: rights,
// media, section, where it comes from. `translation`: its text; none of an article, and of what is
// taken back. Alternative texts of media are those of the translation or none. Pure.
ItemSource SourceOf(const WindowItem& item, news::Article article,
                    const std::optional<news::Translation>& translation,
                    const ChannelSettings& settings);

}  // namespace telex::feeds
