#include "feeds/watch.h"

namespace telex::feeds {

void WatchParts(service::Host& host, const FeedReplica& replica, const FeedServer& server) {
  host.Gauge("telex_feeds_articles", "Articles in the index.",
             [&] { return static_cast<double>(replica.feeds().articles()); });
  host.Gauge("telex_feeds_translations", "Translations in the index.",
             [&] { return static_cast<double>(replica.feeds().translations()); });
  host.Gauge("telex_feeds_index_bytes", "Memory of the index, estimated.",
             [&] { return static_cast<double>(replica.feeds().estimated_bytes()); });
  host.Gauge("telex_feeds_body_cache_bytes", "Bodies that are cached.",
             [&] { return static_cast<double>(server.body_cache_bytes()); });
  host.Gauge("telex_http_connections", "Connections of clients that are open now.",
             [&] { return static_cast<double>(server.connections()); });
  host.Gauge("telex_feeds_waiting_requests", "Requests that wait for the fold.",
             [&] { return static_cast<double>(server.waiting()); });
  host.Gauge("telex_feeds_state_age_seconds",
             "How long ago what is served was all there is; infinite before it ever was.",
             [&] { return absl::ToDoubleSeconds(replica.Age()); });
}

void WatchViewCounts(service::Host& host, const ViewCountsReplica& view_counts) {
  host.AddCheck({.name = "view counts",
                 .severity = 3,
                 .business_impact = "Feeds that are asked for with views show none, or old ones.",
                 .technical_summary = "Whether telex.view-counts.v1 is read. All else is served.",
                 .panic_guide = "docs/runbooks/feeds-not-ready.md",
                 .status = [&view_counts] { return view_counts.status(); },
                 .gates_readiness = false});
  host.Gauge("telex_feeds_view_counts_known", "1 while there are views to show in feeds.",
             [&view_counts] { return view_counts.live().known() ? 1.0 : 0.0; });
  host.Gauge("telex_feeds_view_count_articles", "Articles whose views are in memory.",
             [&view_counts] { return static_cast<double>(view_counts.live().articles()); });
}

void WatchPeers(service::Host& host, const Peers& peers) {
  host.AddCheck({.name = "peers",
                 .severity = 1,
                 .business_impact = "Readers of this replica would see older feeds than others.",
                 .technical_summary = "How long this replica has been behind the positions its "
                                      "peers publish in Redis.",
                 .panic_guide = "docs/runbooks/feeds-behind.md",
                 .status = [&peers] { return peers.status(); }});
  host.Gauge("telex_feeds_behind_peers_seconds", "How long other replicas have been ahead.",
             [&peers] { return absl::ToDoubleSeconds(peers.behind()); });
}

}  // namespace telex::feeds
