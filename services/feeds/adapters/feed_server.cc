#include "feeds/adapters/feed_server.h"

#include <utility>

#include "platform/errors/status_macros.h"

namespace telex::feeds {

FeedServer::FeedServer(const FeedServerSources& sources, const FeedServerOptions& options)
    : fragments_(options.fragment_cache_bytes),
      bodies_(options.body_cache_bytes),
      pages_{.feeds = sources.feeds,
             .store = sources.store,
             .fragments = fragments_,
             .bodies = bodies_,
             .metrics = sources.metrics,
             .channel = options.channel,
             .window_items = options.window_items,
             .max_age = options.max_age,
             .views = sources.views},
      shared_(sources.redis, sources.metrics, options.shared),
      workers_(std::make_unique<runtime::WorkerPool>(options.render_threads)),
      waiting_(std::make_unique<WaitingRoom>(options.waiting_max)),
      serving_(*workers_, *waiting_, shared_, bodies_, sources.metrics,
               {.fold_wait_max = options.fold_wait_max}),
      handler_(pages_, serving_) {}

absl::StatusOr<std::unique_ptr<FeedServer>> FeedServer::Start(const FeedServerSources& sources,
                                                              FeedServerOptions options) {
  std::unique_ptr<FeedServer> made(new FeedServer(sources, options));
  const auto fold_changed = [&waiting = *made->waiting_] { waiting.FoldChanged(); };
  sources.feeds.OnChange(fold_changed);
  if (sources.views != nullptr) sources.views->OnChange(fold_changed);
  ASSIGN_OR_RETURN(made->server_, http::Server::Start(
                                      std::move(options.http),
                                      [&handler = made->handler_](const http::Request& request,
                                                                  http::Responder responder) {
                                        handler.Handle(request, std::move(responder));
                                      },
                                      sources.requests));
  return made;
}

FeedServer::~FeedServer() {
  server_.reset();
  waiting_.reset();  // those who wait are answered, which may still need the workers
  workers_.reset();
}

}  // namespace telex::feeds
