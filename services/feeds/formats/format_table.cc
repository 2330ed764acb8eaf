// Every format there is. docs/guides/adding-a-feed-format.md.
#include <array>

#include "feeds/formats/format.h"
#include "feeds/formats/json_feed.h"
#include "feeds/formats/ninjs.h"
#include "feeds/formats/rss.h"

namespace telex::feeds {
namespace {

const std::array<const FeedFormat*, 2> kFeedFormats = {
    &Rss(),
    &JsonFeed(),
};

}  // namespace

std::span<const FeedFormat* const> FeedFormats() { return kFeedFormats; }

const FeedFormat* FindFeedFormat(std::string_view extension) {
  for (const FeedFormat* format : kFeedFormats) {
    if (format->traits().extension == extension) return format;
  }
  return nullptr;
}

const Format& ArticleFormat() { return Ninjs(); }

std::span<const Format* const> AllFormats() {
  static const auto all = [] {
    std::array<const Format*, kFeedFormats.size() + 1> formats{};
    std::copy(kFeedFormats.begin(), kFeedFormats.end(), formats.begin());
    formats.back() = &ArticleFormat();
    return formats;
  }();
  return all;
}

}  // namespace telex::feeds
