#pragma once

#include <optional>
#include <string>

#include "ingestion/domain/source.h"
#include "ingestion/domain/submission.h"
#include "news/article.h"

namespace telex::ingestion {

// The newest version of an article, and what the next decision needs of its past. One is recorded
// with each version, so the log's last record of an article is all the state there is.
struct ArticleHead {
  news::Article article;
  std::string content_hash;          // of article.content
  SubmissionPosition position;       // of the submission that made this version
  std::optional<Upstream> upstream;  // what the source last said
  bool edited = false;               // a person has set the content since the source did
  int rule = 0;

  bool operator==(const ArticleHead&) const = default;
};

// The newest version of a source.
struct SourceHead {
  Source source;
  SubmissionPosition position;
  int rule = 0;

  bool operator==(const SourceHead&) const = default;
};

inline news::Version VersionOf(const ArticleHead& head) { return head.article.version; }
inline news::Version VersionOf(const SourceHead& head) { return head.source.version; }

}  // namespace telex::ingestion
