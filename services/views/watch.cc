#include "views/watch.h"

#include "platform/kafka/lag.h"

namespace telex::views {

void WatchStore(service::Host& host, const ViewsStore& store) {
  host.Gauge("telex_views_articles", "Stories that are known.",
             [&store] { return static_cast<double>(store.articles().size()); });
  host.Gauge("telex_views_counted_articles", "Stories that have views.",
             [&store] { return static_cast<double>(store.live().articles()); });
  host.Gauge("telex_views_trending_articles", "Stories that are ranked.",
             [&store] { return static_cast<double>(store.live().trending_stories()); });
}

void WatchFiles(service::Host& host, const rpc::Authenticator& callers,
                const PartnerFile& partners) {
  host.WatchFile("callers",
                 "Callers that were added are refused; those that were taken away may call on.",
                 [&callers] { return callers.LastRead(); });
  host.WatchFile("partners",
                 "Views of partners that were added count as other; suspended ones are taken.",
                 [&partners] { return partners.LastRead(); });
}

void WatchServer(service::Host& host, const ViewsServer& server) {
  host.Gauge("telex_http_connections", "Connections of clients that are open now.",
             [&server] { return static_cast<double>(server.connections()); });
}

void WatchSalts(service::Host& host, const SaltKeeper& salts) {
  host.AddCheck({.name = "salts",
                 .severity = 1,
                 .business_impact = "Views that are sent here are refused; pages send them again.",
                 .technical_summary = "Whether the salt of today is known, by which visitors are "
                                      "hashed.",
                 .panic_guide = "docs/runbooks/views-not-ready.md",
                 .status = [&salts] { return salts.Ready(); }});
  host.AddCheck(
      {.name = "salts in files",
       .severity = 2,
       .business_impact = "Who has Redis' files can try visitors of the last days against "
                          "addresses.",
       .technical_summary = "Whether Redis is set to write nothing to files, as far as it "
                            "tells.",
       .panic_guide = "docs/runbooks/views-not-ready.md",
       .status = [&salts] { return salts.Unwritten(); },
       .gates_readiness = false});
}

void WatchOwner(service::Host& host, const CountingOwner& owner) {
  host.AddCheck({.name = "views",
                 .severity = 2,
                 .business_impact = "The counts of one partition stand still.",
                 .technical_summary = "Whether this release can count every view of the partitions "
                                      "owned here.",
                 .panic_guide = "docs/runbooks/views-not-ready.md",
                 .status = [&owner] { return owner.owner().Held(); },
                 .gates_readiness = false});
  host.AddCheck(
      {.name = "partitions",
       .severity = 2,
       .business_impact = "The counts of one partition stand still until it is taken over.",
       .technical_summary = "Whether the partitions assigned to this replica are taken "
                            "over in time.",
       .panic_guide = "docs/runbooks/views-not-ready.md",
       .status = [&owner] { return owner.owner().TakeoversUnderWay(); },
       .gates_readiness = false});
  host.Gauge("telex_views_lag_seconds",
             "Age of the oldest view of the partitions owned here that is not counted.", [&owner] {
               return absl::ToDoubleSeconds(kafka::LongestBehind(owner.consumer().Lag()));
             });
  host.Gauge(
      "telex_views_lag_records", "Views of the partitions owned here that are not counted.",
      [&owner] { return static_cast<double>(kafka::RecordsBehind(owner.consumer().Lag())); });
  host.Gauge("telex_views_owned_partitions", "Partitions that this replica counts.",
             [&owner] { return static_cast<double>(owner.owner().Owned().size()); });
}

}  // namespace telex::views
