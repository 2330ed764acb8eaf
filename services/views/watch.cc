#include "views/watch.h"

namespace telex::views {

void WatchStore(service::Host& host, const ViewsStore& store) {
  host.Gauge("telex_views_articles", "Stories that are known.",
             [&store] { return static_cast<double>(store.articles().size()); });
  host.Gauge("telex_views_counted_articles", "Stories that have views.",
             [&store] { return static_cast<double>(store.live().articles()); });
  host.Gauge("telex_views_trending_articles", "Stories that are ranked.",
             [&store] { return static_cast<double>(store.live().trending_stories()); });
}

void WatchPartners(service::Host& host, const PartnerFile& partners) {
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
       .technical_summary = "Whether Redis is set to write nothing to files and to SLOWLOG, as "
                            "far as it tells.",
       .panic_guide = "docs/runbooks/views-not-ready.md",
       .status = [&salts] { return salts.Unwritten(); },
       .gates_readiness = false});
}

}  // namespace telex::views
