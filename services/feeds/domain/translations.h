#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "feeds/domain/translation_summary.h"
#include "news/article_id.h"

namespace telex::feeds {

// The translations that the index knows of, by article and by the id they have as items. An article
// without any takes no memory; a translation takes about 150 bytes. Not thread-safe.
class Translations {
 public:
  // Null when the article has none. Sorted by language; valid until the next Apply.
  const std::vector<TranslationSummary>* Of(const news::ArticleId& article) const;

  struct Known {
    std::optional<TranslationSummary> before;  // none: it is the first into its language
    TranslationSummary now;
  };
  // Takes one in. None: nothing has changed.
  std::optional<Known> Apply(const TranslationSummary& summary);

  // The one that has this id as an item; null: none has. Valid until the next Apply.
  const TranslationSummary* Find(const news::ArticleId& item) const;

  std::size_t size() const { return by_item_.size(); }
  std::size_t EstimatedBytes() const;  // in memory

 private:
  using Language = std::uint16_t;
  struct Place {
    news::ArticleId article;
    Language language = 0;
  };

  Language NumberOf(const std::string& language);

  std::vector<std::string> languages_;
  absl::flat_hash_map<news::ArticleId, std::vector<TranslationSummary>> by_article_;
  absl::flat_hash_map<news::ArticleId, Place> by_item_;
};

}  // namespace telex::feeds
