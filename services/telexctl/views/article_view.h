// Articles as a person reads them.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <string>
#include <string_view>

#include "telexctl/ingestion_api.h"
#include "telexctl/views/output.h"

namespace telex::cli {

// "2025-04-18T14:25:00Z"; empty when it is not set.
std::string TimeText(bool is_set, const google::protobuf::Timestamp& timestamp);

std::string_view PubStatusWord(const pb::Article& article);  // usable, withheld, canceled

// The same; embargoed or expired where that hides a usable one; purged.
std::string StatusWord(const pb::Article& article);

Fields DescribeArticle(const pb::Article& article);

// Where its feed is served: "https://…/feeds/world.en.rss". Empty while it stands on no shelf.
std::string FeedUrl(std::string_view feeds_url, const pb::Article& article,
                    std::string_view extension);
// Where it is served itself. Empty while no version of it stands.
std::string ArticleUrl(std::string_view feeds_url, const pb::Article& article);

}  // namespace telex::cli
