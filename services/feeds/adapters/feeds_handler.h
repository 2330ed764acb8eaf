#pragma once

#include <array>
#include <cstddef>
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

// The routes: /feeds/{section|all}.{language}.{format}, with kViewsQuery or without,
// /articles/{id}.json and / (the list of feeds, for people and machines). Another spelling of an
// address (percent-encoding, the case of a language or an id, something beside kViewsQuery) is
// answered by 301 to the canonical one. Any other query is passed over. Thread-safe; never blocks.
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
  template <typename Value>
  using ByPath = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;
  using FeedPages = std::array<std::shared_ptr<Page>, 2>;  // without views, with them; may be null

  std::shared_ptr<Page> FindKnown(std::string_view path, bool with_views);
  struct Found {
    std::shared_ptr<Page> page;  // null: there is none
    std::string canonical_path;  // the one address of the page; empty while nothing is there
    http::Response why_not;      // when there is none
  };
  Found Find(std::string_view path, bool with_views);  // in text::NormalEscapes' spelling
  Found FindFeedPage(std::string_view name, bool with_views);
  Found FindArticlePage(std::string_view name);
  http::Response Index(const http::Request& request) const;

  PageSources& sources_;
  Serving& serving_;
  std::shared_mutex mutex_;
  ByPath<FeedPages> feeds_;                 // as many as there are feeds and formats
  ByPath<std::shared_ptr<Page>> articles_;  // at most kArticlePagesMax
};

// For metrics: the routes, and which of them a path belongs to.
inline constexpr std::array<std::string_view, 4> kRoutes = {"feed", "article", "index", "other"};
std::size_t RouteOf(std::string_view path);

inline constexpr std::size_t kArticlePagesMax = 20'000;

}  // namespace telex::feeds
