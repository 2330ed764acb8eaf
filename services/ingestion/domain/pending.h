#pragma once

#include <absl/time/time.h>

#include <compare>

#include "news/article_id.h"
#include "news/version.h"

namespace telex::ingestion {

// An embargo's end or an expiry that is to come.
struct Pending {
  absl::Time instant;
  news::ArticleId article;
  news::Version version;

  std::strong_ordering operator<=>(const Pending&) const = default;
};

// A version of a purged article that was read without a tombstone behind it.
struct UnpurgedVersion {
  news::ArticleId article;
  news::Version version;

  auto operator<=>(const UnpurgedVersion&) const = default;
};

}  // namespace telex::ingestion
