#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "feeds/domain/article_summary.h"
#include "news/article_id.h"

namespace telex::feeds {

// Of what an item is a translation.
struct TranslationOf {
  news::ArticleId article;
  std::int64_t article_version = 0;  // the newest: all but the text is of that one
  std::string language;              // BCP 47
  std::int64_t version = 0;          // the one that was translated
  std::int64_t revision = 0;
  std::int64_t updated_ms = 0;  // Unix time: of the newer of both
  bool rejected = false;        // it has no text, though its article may be visible

  // The article has changed since, and the text may say what is no longer said.
  bool IsStale() const { return version < article_version; }
  bool operator==(const TranslationOf&) const = default;
};

// A place in a feed, and all that its bytes depend on: an article, or a translation of one.
struct WindowItem {
  news::ArticleId id;
  std::int64_t version = 0;
  std::int64_t published_ms = 0;  // Unix time
  ArticleState state = ArticleState::kVisible;
  std::optional<TranslationOf> translation = {};
  // Those in which a visible item is to be had as well, its own and the article's left out; sorted.
  std::vector<std::string> languages = {};

  const news::ArticleId& article() const { return translation ? translation->article : id; }
  std::int64_t article_version() const {
    return translation ? translation->article_version : version;
  }
  bool IsTombstone() const { return state != ArticleState::kVisible; }
  // Looks are counted by article: a translation has no number of its own.
  bool HasViews() const { return !IsTombstone() && !translation; }
  bool operator==(const WindowItem&) const = default;
};

}  // namespace telex::feeds
