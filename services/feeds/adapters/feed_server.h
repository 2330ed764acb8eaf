#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <memory>

#include "feeds/adapters/article_store.h"
#include "feeds/adapters/body_cache.h"
#include "feeds/adapters/feeds_handler.h"
#include "feeds/adapters/feeds_metrics.h"
#include "feeds/adapters/live_feeds.h"
#include "feeds/adapters/page.h"
#include "feeds/adapters/rendition_store.h"
#include "feeds/adapters/serving.h"
#include "feeds/adapters/waiting_room.h"
#include "platform/http/server.h"
#include "platform/redis/client.h"
#include "platform/runtime/worker_pool.h"

namespace telex::feeds {

struct FeedServerOptions {
  http::ServerOptions http;
  ChannelSettings channel;
  std::size_t window_items = 100;
  absl::Duration max_age = absl::Seconds(30);
  std::size_t fragment_cache_bytes = 1 << 20;
  std::size_t body_cache_bytes = 1 << 20;
  int render_threads = 2;
  std::size_t waiting_max = 100;
  absl::Duration fold_wait_max = absl::Milliseconds(500);
  RenditionStore::Options shared;
};

// What the parts of a replica that answer requests are made with; all outlive the server.
struct FeedServerSources {
  ArticleStore& store;
  LiveFeeds& feeds;
  FeedsMetrics& metrics;
  LiveViewCounts* views = nullptr;           // null: none are known
  redis::Client* redis = nullptr;            // null: renditions are not shared
  http::ServerObserver* requests = nullptr;  // may be null
};

// All that stands between the folded log and its readers. Thread-safe. Destroyed once nobody folds.
class FeedServer {
 public:
  // Binds and serves; what is asked before the fold serves gets 503.
  static absl::StatusOr<std::unique_ptr<FeedServer>> Start(const FeedServerSources& sources,
                                                           FeedServerOptions options);
  ~FeedServer();

  // What is under way is answered, `within` at most.
  void Stop(absl::Duration within) { server_->Stop(within); }

  std::uint16_t port() const { return server_->port(); }
  int connections() const { return server_->connections(); }
  std::size_t body_cache_bytes() const { return bodies_.bytes(); }
  std::size_t waiting() const { return waiting_->waiting(); }

 private:
  FeedServer(const FeedServerSources& sources, const FeedServerOptions& options);

  FragmentCache fragments_;
  BodyCache bodies_;
  PageSources pages_;
  RenditionStore shared_;
  std::unique_ptr<runtime::WorkerPool> workers_;
  std::unique_ptr<WaitingRoom> waiting_;
  Serving serving_;
  FeedsHandler handler_;
  std::unique_ptr<http::Server> server_;
};

}  // namespace telex::feeds
