#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "feeds/domain/feed_key.h"
#include "news/article.h"

namespace telex::feeds {

// Where an article stands with its readers. The numbers are stored: never reuse one.
enum class ArticleState : std::uint8_t {
  kVisible = 0,
  kWithheld = 1,
  kCanceled = 2,
  kEmbargoed = 3,
  kExpired = 4,
  kPurged = 5,
};

// What a partner is told about it, in problem details and logs: "visible", "withheld" …
std::string_view NameOf(ArticleState state);

// What the index needs of one version of an article; all else stays in the local store.
struct ArticleSummary {
  news::ArticleId id;
  std::int64_t version = 0;
  std::int64_t versioncreated_ms = 0;        // Unix time
  std::optional<std::int64_t> published_ms;  // Unix time; none: was never visible to a partner
  ArticleState state = ArticleState::kVisible;
  // The section feeds it ever stood in (never `all`: that follows from the language).
  std::vector<FeedKey> shelves;
  // The one it stands in now; none: purged, and then it stands as a tombstone on every shelf it
  // had.
  std::optional<FeedKey> shelf;

  bool operator==(const ArticleSummary&) const = default;
};

ArticleState StateOf(const news::Article& article);
ArticleSummary SummaryOf(const news::Article& article);

}  // namespace telex::feeds
