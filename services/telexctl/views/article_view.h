// Articles as a person reads them.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <string>

#include "telexctl/ingestion_api.h"
#include "telexctl/views/output.h"

namespace telex::cli {

// "2025-04-18T14:25:00Z"; empty when it is not set.
std::string TimeText(bool is_set, const google::protobuf::Timestamp& timestamp);

// usable, withheld, canceled; embargoed or expired where that hides a usable one; purged.
std::string StatusWord(const pb::Article& article);

Fields DescribeArticle(const pb::Article& article);

// A change that was asked for, and what stood before it.
struct AskedChange {
  enum class Kind { kContent, kWithhold, kKill, kReinstate, kPurge };
  Kind kind = Kind::kContent;
  std::string reason;               // of a withhold, kill or purge
  std::int64_t version_before = 0;  // 0: not known
};

// Whether it made no version. An answer other than what was asked for tells it, too: the replica
// that told the version before may have been behind.
bool IsUnchanged(const AskedChange& asked, const pb::Article& answer);

// "accepted: version 3 was made", or "unchanged: ..." with what stands and why nothing was made.
std::string VerdictOf(const AskedChange& asked, const pb::Article& answer);

// Where its feed is served: "https://…/feeds/world.en.rss". Empty while it stands on no shelf.
std::string FeedUrl(std::string_view feeds_url, const pb::Article& article,
                    std::string_view extension);
std::string ArticleUrl(std::string_view feeds_url, const pb::Article& article);

}  // namespace telex::cli
