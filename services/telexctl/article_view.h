// Articles as a person reads them.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "telexctl/newsroom.h"
#include "telexctl/output.h"

namespace telex::cli {

// "2025-04-18T14:25:00Z"; empty when it is not set.
std::string TimeText(bool is_set, const google::protobuf::Timestamp& timestamp);

// usable, withheld, canceled; embargoed or expired where that hides a usable one; purged.
std::string StatusWord(const pb::Article& article);

Fields DescribeArticle(const pb::Article& article);

// Where its feed is served: "https://…/feeds/world.en.rss". Empty while it stands on no shelf.
std::string FeedUrl(std::string_view feeds_url, const pb::Article& article,
                    std::string_view extension);
std::string ArticleUrl(std::string_view feeds_url, const pb::Article& article);

}  // namespace telex::cli
