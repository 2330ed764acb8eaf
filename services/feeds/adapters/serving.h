#pragma once

#include <absl/time/clock.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>

#include "feeds/adapters/body_cache.h"
#include "feeds/adapters/feeds_metrics.h"
#include "feeds/adapters/page.h"
#include "feeds/adapters/rendition_store.h"
#include "feeds/adapters/waiting_room.h"
#include "feeds/domain/judgement.h"
#include "platform/http/server.h"
#include "platform/runtime/worker_pool.h"

namespace telex::feeds {

// What a request asks of a page. The views hold until the responder has answered.
struct Ask {
  Coding coding = Coding::kIdentity;
  Asked asked;
  http::Responder responder;
};

http::Response PreconditionFailed();  // 412

// Answers for pages: 304 to those who have it, from memory what lies ready, and all else made once
// by a worker while everybody who wants it waits. Never blocks the caller. Thread-safe.
class Serving {
 public:
  struct Options {
    absl::Duration fold_wait_max = absl::Milliseconds(500);
  };
  // All outlive it and the workers' jobs.
  Serving(runtime::WorkerPool& workers, WaitingRoom& waiting, RenditionStore& shared,
          BodyCache& bodies, FeedsMetrics& metrics, Options options);

  void Serve(const std::shared_ptr<Page>& page, Ask ask);

 private:
  // False: the client has seen more than our fold has; nothing was answered. Never with `last`.
  bool Settle(const std::shared_ptr<Page>& page, Ask& ask, bool last);
  // 200, 404 or 410.
  void SendPresent(const std::shared_ptr<Page>& page, Page::Look look, Ask& ask);
  void Explain(const std::shared_ptr<Page>& page, FeedIndex::Standing withdrawn,
               http::Responder responder);
  void Want(const std::shared_ptr<Page>& page, std::shared_ptr<const Rendition> rendition,
            Coding coding, http::Responder responder);
  // Makes the newest body that is wanted, answers all that wait for it or an older one.
  void Make(const std::shared_ptr<Page>& page, Coding coding);
  absl::StatusOr<std::shared_ptr<const http::Response>> BodyOf(
      Page& page, const std::shared_ptr<const Rendition>& rendition, Coding coding);

  runtime::WorkerPool& workers_;
  WaitingRoom& waiting_;
  RenditionStore& shared_;
  BodyCache& bodies_;
  FeedsMetrics& metrics_;
  Options options_;
};

}  // namespace telex::feeds
