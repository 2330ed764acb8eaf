#include "views/adapters/view_edge.h"

#include <absl/time/clock.h>

#include <utility>

#include "platform/errors/status_macros.h"
#include "views/formats/agent_list.h"

namespace telex::views {
namespace {

RateLimitOptions OfServers(RateLimitOptions of_address) {
  of_address.per_second *= ViewEdge::kServerFactor;
  of_address.burst *= ViewEdge::kServerFactor;
  return of_address;
}

Knowledge KnowledgeOf(const ViewsStore& store, SaltKeeper& salts) {
  return {.find_article = [&store](const news::ArticleId& id) { return store.articles().Find(id); },
          .caught_up = [&store] { return store.KnowsAllArticles(); },
          .visitor_of =
              [&salts](const news::ArticleId& article, std::int64_t time_ms,
                       std::string_view address, std::string_view agent) {
                return salts.VisitorOf(article, time_ms, address, agent);
              }};
}

}  // namespace

absl::StatusOr<std::unique_ptr<ViewEdge>> ViewEdge::Make(const ViewsStore& store, SaltKeeper& salts,
                                                         observe::Metrics& metrics,
                                                         ViewEdgeOptions options) {
  ASSIGN_OR_RETURN(auto partners, PartnerFile::Open({.path = options.partners_file,
                                                     .on_reload = options.on_partners_reload}));
  return std::unique_ptr<ViewEdge>(
      new ViewEdge(store, salts, metrics, std::move(options), std::move(partners)));
}

ViewEdge::ViewEdge(const ViewsStore& store, SaltKeeper& salts, observe::Metrics& metrics,
                   ViewEdgeOptions options, std::unique_ptr<PartnerFile> partners)
    : partners_(std::move(partners)),
      agents_(AgentList::BuiltIn()),
      metrics_(metrics),
      readers_(options.limits),
      senders_(OfServers(options.limits)),
      intake_({.judge = Judge(options.rules, KnowledgeOf(store, salts)),
               .publish = [this](const View& view, auto done) { publish_(view, std::move(done)); },
               .connected =
                   [this, connected = std::move(options.connected)] {
                     return open_.load(std::memory_order_acquire) && connected();
                   },
               .clock = std::move(options.clock),
               .agents = agents_,
               .metrics = metrics_,
               .now_ms = [] { return absl::ToUnixMillis(absl::Now()); }}),
      batches_({.intake = intake_,
                .partners = *partners_,
                .readers = readers_,
                .senders = senders_,
                .internal = std::move(options.internal)}),
      beacons_(batches_, std::move(options.beacons)),
      record_views_(batches_) {}

void ViewEdge::PublishThrough(kafka::Publisher& publisher, std::int32_t partitions) {
  publish_ = PublishTo(publisher, partitions);
  open_.store(true, std::memory_order_release);
}

}  // namespace telex::views
