#pragma once

#include <absl/status/status.h>

#include <string_view>

#include "ingestion/domain/decision.h"

namespace telex::ingestion {

// The errors that RPCs of ingestion answer, each made in one place. All are pure.

absl::Status NotFound(std::string_view article);       // NOT_FOUND / ARTICLE_NOT_FOUND
absl::Status SourceNotFound(std::string_view source);  // NOT_FOUND / SOURCE_NOT_FOUND
absl::Status SourceExists(std::string_view source);    // ALREADY_EXISTS / SOURCE_EXISTS
absl::Status Purged(std::string_view article);         // FAILED_PRECONDITION / ARTICLE_PURGED
// ABORTED / STALE_ETAG; metadata `version`: the one that stands, `etag`: the caller's, if any.
absl::Status StaleEtag(std::string_view name, news::Version standing, std::string_view etag = "");
// What a stale creation is: ALREADY_EXISTS / ARTICLE_EXISTS, with the metadata of `stale`.
absl::Status ArticleExists(const absl::Status& stale);
// The same, told to a source that may not call UpdateArticle. Its story's `source` and `key` are
// metadata, for the import that corrects it; a key that is cut there is left out.
absl::Status ArticleExistsForSource(const absl::Status& stale, std::string_view source,
                                    std::string_view key);

// What a decision answers its caller: OK when something stands that can be shown, else the error.
absl::Status RefusalOf(const Decision& decision);

}  // namespace telex::ingestion
