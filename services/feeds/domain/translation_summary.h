#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "news/article_id.h"

namespace telex::feeds {

// What the index needs of an article's translations into one language: which one holds, and what is
// known of all of them. Of two the one of the newer version of the article holds, of one version
// that of the greater revision.
struct TranslationSummary {
  news::ArticleId article;
  std::string language;       // BCP 47
  std::int64_t version = 0;   // of the article, that it is a translation of
  std::int64_t revision = 0;  // greater for each later one
  bool shown = true;          // false: it was rejected, or is forgotten
  // By the log's clock, Unix time: when it was made, and when the first of all and the last.
  std::int64_t made_ms = 0;
  std::int64_t first_ms = std::numeric_limits<std::int64_t>::max();
  std::int64_t last_ms = 0;

  std::pair<std::int64_t, std::int64_t> order() const { return {version, revision}; }
  bool operator==(const TranslationSummary&) const = default;
};

// What is known when `next` has been read, too. In any order, any number of times: the same.
TranslationSummary Merged(const TranslationSummary& known, const TranslationSummary& next);

}  // namespace telex::feeds
