#include "feeds/adapters/serving.h"

#include <utility>

#include "platform/compress/compress.h"
#include "platform/errors/reasons.h"
#include "platform/http/body_file.h"
#include "platform/observe/log.h"

namespace telex::feeds {
namespace {

// A feed of 100 stories (560 KB) takes a quarter of level 6's time and is a ninth larger: whoever
// polls a feed that changes sees a story that much sooner. The same on every replica, as the bytes
// are.
constexpr int kGzipLevel = 4;

http::Response RenderFault() {
  return http::Problem(503, errors::kStoreFailed, "Service Unavailable",
                       "The page could not be made just now.", {{"Retry-After", "5"}});
}

http::Response Behind() {
  return http::Problem(503, errors::kNotCaughtUp, "Service Unavailable",
                       "This replica has not seen yet what you have seen; ask again.",
                       {{"Retry-After", "1"}});
}

absl::StatusOr<std::string> Compress(std::string identity, Coding coding) {
  switch (coding) {
    case Coding::kIdentity:
      return identity;
    case Coding::kGzip:
      return compress::Gzip(identity, kGzipLevel);
    case Coding::kBrotli:
      return compress::Brotli(identity);
  }
  return identity;
}

}  // namespace

http::Response PreconditionFailed() {
  return http::Problem(412, errors::kPreconditionFailed, "Precondition Failed",
                       "What is here is not what If-Match asks for.");
}

Serving::Serving(runtime::WorkerPool& workers, WaitingRoom& waiting, RenditionStore& shared,
                 BodyCache& bodies, FeedsMetrics& metrics, Options options)
    : workers_(workers),
      waiting_(waiting),
      shared_(shared),
      bodies_(bodies),
      metrics_(metrics),
      options_(options) {}

void Serving::Serve(const std::shared_ptr<Page>& page, Ask ask) {
  if (Settle(page, ask, false)) return;
  metrics_.waits.Increment();
  auto held = std::make_shared<Ask>(std::move(ask));
  const bool seated =
      waiting_.Enter(absl::ToChronoNanoseconds(options_.fold_wait_max),
                     [this, page, held](bool last) { return Settle(page, *held, last); });
  if (!seated) Settle(page, *held, true);
}

bool Serving::Settle(const std::shared_ptr<Page>& page, Ask& ask, bool last) {
  Page::Look look = page->Now();
  const Judgement judgement = JudgeLook(look, ask.asked, ask.coding, !last);
  if (judgement.overdue) metrics_.waits_overdue.Increment();
  switch (judgement.verdict) {
    case Verdict::kSend:
      SendPresent(page, std::move(look), ask);
      return true;
    case Verdict::kNotModified:
      if (judgement.copy.empty()) {
        ask.responder.Send(look.rendition->NotModified(ask.coding));
      } else {
        // Of a copy that is newer than nothing we cannot say how long it holds.
        ask.responder.Send(NotModified(
            judgement.copy, look.rendition ? look.rendition->max_age() : absl::ZeroDuration()));
      }
      return true;
    case Verdict::kPreconditionFailed:
      ask.responder.Send(PreconditionFailed());
      return true;
    case Verdict::kBehind:
      ask.responder.Send(Behind());
      return true;
    case Verdict::kAwait:
      return false;
  }
  return true;
}

void Serving::SendPresent(const std::shared_ptr<Page>& page, Page::Look look, Ask& ask) {
  if (look.otherwise) {
    ask.responder.Send(std::move(look.otherwise));
  } else if (!look.rendition) {
    Explain(page, std::move(look.withdrawn), std::move(ask.responder));
  } else if (auto full = look.rendition->Full(ask.coding)) {
    metrics_.cache_hits.Increment();
    ask.responder.Send(std::move(full));
  } else {
    Want(page, std::move(look.rendition), ask.coding, std::move(ask.responder));
  }
}

void Serving::Explain(const std::shared_ptr<Page>& page, FeedIndex::Standing withdrawn,
                      http::Responder responder) {
  auto held = std::make_shared<http::Responder>(std::move(responder));
  workers_.Add(
      [page, withdrawn = std::move(withdrawn), held] { held->Send(page->Explain(withdrawn)); });
}

void Serving::Want(const std::shared_ptr<Page>& page, std::shared_ptr<const Rendition> rendition,
                   Coding coding, http::Responder responder) {
  metrics_.cache_misses.Increment();
  {
    std::lock_guard lock(page->flight_mutex);
    Page::SingleFlight& flight = page->flights[static_cast<std::size_t>(coding)];
    flight.requests.push_back(
        {.rendition = std::move(rendition), .responder = std::move(responder)});
    if (flight.under_way) return;
    flight.under_way = true;
  }
  workers_.Add([this, page, coding] { Make(page, coding); });
}

void Serving::Make(const std::shared_ptr<Page>& page, Coding coding) {
  Page::SingleFlight& flight = page->flights[static_cast<std::size_t>(coding)];
  std::shared_ptr<const Rendition> newest;
  {
    std::lock_guard lock(page->flight_mutex);
    for (const Page::PendingRequest& request : flight.requests) {
      if (!newest || request.rendition->serial() > newest->serial()) newest = request.rendition;
    }
  }
  const auto made =
      MakeAnswer(*page, {.rendition = newest}, [&](const std::shared_ptr<const Rendition>& now) {
        newest = now;
        const absl::Time start = absl::Now();
        auto body = BodyOf(*page, now, coding);
        metrics_.render_seconds.Observe(absl::ToDoubleSeconds(absl::Now() - start));
        return body;
      });
  std::shared_ptr<const http::Response> answer;
  if (made.ok()) {
    answer = made->otherwise;
  } else {
    metrics_.render_faults.Increment();
    observe::Log(observe::Severity::kError, "a page could not be made",
                 {{"error", made.status().ToString()}});
    answer = std::make_shared<const http::Response>(RenderFault());
  }
  std::vector<Page::PendingRequest> served;
  bool more = false;
  {
    std::lock_guard lock(page->flight_mutex);
    std::vector<Page::PendingRequest> rest;
    for (Page::PendingRequest& request : flight.requests) {
      (request.rendition->serial() <= newest->serial() ? served : rest)
          .push_back(std::move(request));
    }
    flight.requests = std::move(rest);
    more = flight.under_way = !flight.requests.empty();
  }
  for (Page::PendingRequest& request : served) request.responder.Send(answer);
  if (more) workers_.Add([this, page, coding] { Make(page, coding); });
}

absl::StatusOr<std::shared_ptr<const http::Response>> Serving::BodyOf(
    Page& page, const std::shared_ptr<const Rendition>& rendition, Coding coding) {
  if (auto full = rendition->Full(coding)) return full;
  const auto hold = [&](std::string bytes) {
    auto file = http::BodyFile::Make(bytes);
    auto full = rendition->Hold(coding, http::MakeBytes(std::move(bytes)), std::move(file));
    bodies_.Admit(rendition, coding, MemoryOf(*full));
    return full;
  };
  if (auto shared = shared_.Get(rendition->hash(), coding)) return hold(*std::move(shared));
  std::string identity;
  if (const auto full = rendition->Full(Coding::kIdentity)) {
    identity = *full->body;
  } else {
    auto rendered = page.Render(*rendition);
    if (!rendered.ok()) return rendered.status();
    metrics_.renders.Increment();
    identity = *std::move(rendered);
  }
  auto bytes = Compress(std::move(identity), coding);
  if (!bytes.ok()) return bytes.status();
  auto full = hold(*std::move(bytes));
  shared_.Put(rendition->hash(), coding, *full->body);
  return full;
}

}  // namespace telex::feeds
