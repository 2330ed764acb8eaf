#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "news/article_id.h"
#include "news/wire/view_counts_log.h"

namespace telex::feeds {

using news::kViewCountsTopic;

// What a record of telex.view-counts.v1 says, as far as feeds need it
// (proto/telex/views/v1/view_counts.proto).
struct ViewCountRecord {
  // Of one story and day. Of two the one with the greater position holds, whichever lies behind the
  // other.
  struct Totals {
    std::int64_t position = 0;
    std::int64_t views = 0;
  };
  news::ArticleId article;
  std::string day;               // yyyy-mm-dd
  std::optional<Totals> totals;  // none: a tombstone, the article was purged
};

// None: a checkpoint of who counts. INVALID_ARGUMENT for what is neither; a newer release's members
// are passed over. Pure; any thread.
absl::StatusOr<std::optional<ViewCountRecord>> ReadViewCount(
    std::string_view key, const std::optional<std::string>& value);

}  // namespace telex::feeds
