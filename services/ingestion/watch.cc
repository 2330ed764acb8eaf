#include "ingestion/watch.h"

namespace telex::ingestion {
void WatchParts(service::Host& host, const LogStore& log_store, const Submitter& submitter) {
  host.Gauge("telex_ingestion_articles", "Articles in the local store.",
             [&] { return static_cast<double>(log_store.ArticleCount()); });
  host.Gauge("telex_ingestion_calls_waiting", "Calls that wait for a decision.",
             [&] { return static_cast<double>(submitter.waiting()); });
}

}  // namespace telex::ingestion
