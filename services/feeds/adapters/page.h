#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "feeds/adapters/article_store.h"
#include "feeds/adapters/body_cache.h"
#include "feeds/adapters/feeds_metrics.h"
#include "feeds/adapters/live_feeds.h"
#include "feeds/adapters/live_view_counts.h"
#include "feeds/adapters/rendition.h"
#include "feeds/adapters/shared_slot.h"
#include "feeds/domain/judgement.h"
#include "feeds/formats/format.h"
#include "platform/http/server.h"

namespace telex::feeds {

// What all pages are made from; lives as long as the service.
struct PageSources {
  LiveFeeds& feeds;
  ArticleStore& store;
  FragmentCache& fragments;
  BodyCache& bodies;
  FeedsMetrics& metrics;
  ChannelSettings channel;
  std::size_t window_items = 100;
  absl::Duration max_age = absl::Seconds(30);
  LiveViewCounts* views = nullptr;  // null: none are known
};

// Something with an address, whose state follows the fold. Thread-safe.
class Page {
 public:
  virtual ~Page() = default;

  struct Look {
    std::shared_ptr<const Rendition> rendition;       // or, when there is nothing to show:
    std::shared_ptr<const http::Response> otherwise;  // 404, 410; or null:
    FeedIndex::Standing withdrawn;                    // whose words are to be read: Explain it
    // How far the fold has come with what is not there; for requests that have seen more.
    Stamp stamp;
    ResourceNumber resource = 0;
  };
  // The present state; no IO.
  virtual Look Now() = 0;

  // 410, with what was said when it was withdrawn; for pages whose Look asks for it. May read the
  // disk; worker threads only.
  virtual std::shared_ptr<const http::Response> Explain(const FeedIndex::Standing& withdrawn);

  // The bytes of that state, as identity. ABORTED when the state is past and what it was made of is
  // gone: look again. May read the disk; worker threads only.
  virtual absl::StatusOr<std::string> Render(const Rendition& rendition) = 0;

  // Requests that wait for a body, by coding: one thread makes it for all of them (Serving's).
  struct PendingRequest {
    std::shared_ptr<const Rendition> rendition;
    http::Responder responder;
  };
  struct SingleFlight {
    std::vector<PendingRequest> requests;
    bool under_way = false;
  };
  std::mutex flight_mutex;
  std::array<SingleFlight, kCodings> flights;
};

// Judge or JudgeAbsent, whichever it is.
Judgement JudgeLook(const Page::Look& look, const Asked& asked, Coding coding, bool time_to_wait);

// A rendition's bytes as a response. ABORTED as of Page::Render.
using MakeBody = absl::FunctionRef<absl::StatusOr<std::shared_ptr<const http::Response>>(
    const std::shared_ptr<const Rendition>&)>;
// The look with its answer as `otherwise`, made of its rendition if it has one. Where that state is
// past and what it was made of is gone, it is the present look, and so on: a page that changes
// faster than it can be read is given up. Errors are those of `make_body`. Worker threads only.
absl::StatusOr<Page::Look> MakeAnswer(Page& page, Page::Look look, MakeBody make_body);

// A feed in a format, with or without the views of its stories.
class FeedPage final : public Page {
 public:
  FeedPage(PageSources& sources, FeedKey key, FeedNumber feed, const LiveFeeds::Changes& changes,
           const FeedFormat& format, bool with_views);
  Look Now() override;
  absl::StatusOr<std::string> Render(const Rendition& rendition) override;

 private:
  class State;
  // The present state, once `past` is none any more; its serial is greater.
  std::shared_ptr<const State> Refresh(const State* past) const;

  PageSources& sources_;
  const FeedKey key_;
  const FeedNumber feed_;
  const LiveFeeds::Changes& changes_;
  const FeedFormat& format_;
  const bool with_views_;
  LiveViewCounts* const views_;  // null: it shows none
  const ResourceNumber resource_;
  std::mutex refresh_mutex_;
  SharedSlot<const State> state_;
};

// A feed of which this replica knows nothing: 404, and the feed as soon as the fold has it. Made
// for one request, and kept by it alone.
class UnknownFeedPage final : public Page {
 public:
  UnknownFeedPage(PageSources& sources, FeedKey key, const FeedFormat& format, bool with_views);
  Look Now() override;
  absl::StatusOr<std::string> Render(const Rendition& rendition) override;

 private:
  std::shared_ptr<FeedPage> Find();

  PageSources& sources_;
  const FeedKey key_;
  const FeedFormat& format_;
  const bool with_views_;
  std::mutex mutex_;
  std::shared_ptr<FeedPage> feed_;
};

// The page of an article, or of a translation of one. Its 410 has a tag with the stamp, too, so
// that who has seen a takedown here is shown nothing older by a replica that is behind. A 404 has
// none: it would tell of an embargo.
class ArticlePage final : public Page {
 public:
  ArticlePage(PageSources& sources, const news::ArticleId& id);
  Look Now() override;
  std::shared_ptr<const http::Response> Explain(const FeedIndex::Standing& withdrawn) override;
  absl::StatusOr<std::string> Render(const Rendition& rendition) override;

 private:
  class State;
  Stamp StampOf(const FeedIndex::Standing& standing) const;
  // With its tag.
  std::shared_ptr<const http::Response> Gone(const FeedIndex::Standing& standing,
                                             std::string_view reason,
                                             std::string_view words = "") const;
  Look LookOfGone(const FeedIndex::Standing& standing);

  PageSources& sources_;
  const news::ArticleId id_;
  const ResourceNumber resource_;
  std::mutex mutex_;
  std::shared_ptr<const State> state_;
  Stamp gone_stamp_;  // whose 410 this is:
  std::shared_ptr<const http::Response> gone_;
};

// The item as the format spells it, from the cache or the store.
absl::StatusOr<std::shared_ptr<const Fragment>> FragmentOf(PageSources& sources,
                                                           const WindowItem& item,
                                                           const Format& format);

}  // namespace telex::feeds
