#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "ingestion/domain/submission.h"
#include "news/article.h"

namespace telex::ingestion::rows {

// The keys and the small values of the log store's databases (log_store.h). Pure.

std::string ArticleKey(const news::ArticleId& id, news::Version version);
std::optional<std::pair<news::ArticleId, news::Version>> ReadArticleKey(std::string_view key);
std::string DecisionKey(std::int32_t partition, std::int64_t offset);
std::string RequestKey(const std::string& subject, const std::string& request_id);
std::string RecentKey(absl::Time versioncreated, const news::ArticleId& id);  // newest first
std::string RecentKeyFrom(absl::Time versioncreated);  // before all of that instant
std::string PendingKey(std::int32_t partition, absl::Time instant, const news::ArticleId& id);
std::string PendingKeyAfter(std::int32_t partition, absl::Time instant);
std::string PartitionKey(std::int32_t partition);
// All articles of one address, however it is spelled; and one of them.
std::string AddressPrefix(std::string_view comparable_address);
std::string AddressKey(std::string_view comparable_address, const news::ArticleId& id);

// What stands in `heads`.
struct HeadRow {
  news::Version version;
  absl::Time versioncreated;
  absl::Time pending = absl::InfiniteFuture();  // nothing is
};
std::string Encode(const HeadRow& row);
absl::StatusOr<HeadRow> DecodeHeadRow(std::string_view bytes);

// What stands in `recent`: what listings filter by.
struct RecentRow {
  std::string source;
  std::string section;
  std::string language;
  std::uint8_t status = 0;

  bool is_usable() const { return status == static_cast<std::uint8_t>(news::PubStatus::kUsable); }
};
std::string RecentValue(const news::Article& article);
absl::StatusOr<RecentRow> DecodeRecentRow(std::string_view bytes);

}  // namespace telex::ingestion::rows
