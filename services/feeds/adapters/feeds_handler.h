#pragma once

#include <functional>
#include <list>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "feeds/adapters/page.h"
#include "feeds/adapters/serving.h"
#include "platform/http/server.h"

namespace telex::feeds {

// The routes: /feeds/{section|all}.{language}.{format}, /articles/{id}.json and / (the list of
// feeds, for people and machines). Thread-safe; never blocks.
class FeedsHandler {
 public:
  // Both outlive it.
  FeedsHandler(PageSources& sources, Serving& serving);

  void Handle(const http::Request& request, http::Responder responder);

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>()(text);
    }
  };
  using PagesByPath =
      std::unordered_map<std::string, std::shared_ptr<Page>, TextHash, std::equal_to<>>;

  std::shared_ptr<Page> FindKnown(std::string_view path);
  // Null when there is no such page; `why_not` then says so.
  std::shared_ptr<Page> FindFeedPage(std::string_view path, http::Response& why_not);
  std::shared_ptr<Page> FindArticlePage(std::string_view path, http::Response& why_not);
  http::Response Index(const http::Request& request) const;

  PageSources& sources_;
  Serving& serving_;
  std::shared_mutex mutex_;
  PagesByPath feeds_;     // as many as there are feeds and formats
  PagesByPath articles_;  // at most kArticlePagesMax
};

// Which route a path belongs to, for metrics: "feed", "article", "index" or "other".
std::string_view RouteOf(std::string_view path);

inline constexpr std::size_t kArticlePagesMax = 20'000;

}  // namespace telex::feeds
