#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <string_view>

#include "news/article.h"

namespace telex::news {

inline const std::string kArticlesTopic = "telex.articles.v1";

// What a record of telex.articles.v1 says of one version.
struct VersionRecord {
  ArticleId id;
  Version version;
  std::optional<Article> article;  // none: a tombstone, the version is purged
};

// Errors are those of ArticleOfRecord; INVALID_ARGUMENT also for a key that names no version, or
// another one than the value. Pure; any thread.
absl::StatusOr<VersionRecord> ReadVersion(std::string_view key,
                                          const std::optional<std::string>& value);

}  // namespace telex::news
