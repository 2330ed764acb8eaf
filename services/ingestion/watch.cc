#include "ingestion/watch.h"

#include <vector>

#include "platform/kafka/lag.h"

namespace telex::ingestion {
namespace {

void AddChecks(service::Host& host, const owner::PartitionOwner& owner) {
  host.AddCheck({.name = "submissions",
                 .severity = 1,
                 .business_impact = "What is submitted to one partition is not decided here.",
                 .technical_summary = "Whether this release understands every submission of the "
                                      "partitions owned here.",
                 .panic_guide = "docs/runbooks/record-from-newer-release.md",
                 .status = [&owner] { return owner.Held(); }});
  host.AddCheck({.name = "partitions",
                 .severity = 1,
                 .business_impact = "What is submitted to one partition is not decided until it is "
                                    "taken over.",
                 .technical_summary = "Whether the partitions assigned to this replica are taken "
                                      "over in time.",
                 .panic_guide = "docs/runbooks/ingestion-not-ready.md",
                 .status = [&owner] { return owner.TakeoversUnderWay(); },
                 .gates_readiness = false});
}

}  // namespace

void WatchParts(service::Host& host, const LogStore& log_store, const DecidingOwner& deciding,
                const Submitter& submitter, const rpc::Authenticator& callers) {
  AddChecks(host, deciding.owner());
  host.WatchFile("callers",
                 "Callers that were added are refused; those that were taken away may call on.",
                 [&callers] { return callers.LastRead(); });
  host.Gauge("telex_ingestion_articles", "Articles in the local store.",
             [&] { return static_cast<double>(log_store.ArticleCount()); });
  host.Gauge("telex_ingestion_submissions_lag_seconds",
             "Age of the oldest submission of the partitions owned here that is not decided.", [&] {
               return absl::ToDoubleSeconds(kafka::LongestBehind(deciding.consumer().Lag()));
             });
  host.Gauge("telex_ingestion_submissions_lag_records",
             "Submissions of the partitions owned here that are not decided.",
             [&] { return static_cast<double>(kafka::RecordsBehind(deciding.consumer().Lag())); });
  host.Gauge("telex_ingestion_owned_partitions", "Partitions that this replica decides.",
             [&] { return static_cast<double>(deciding.owner().Owned().size()); });
  host.Gauge("telex_ingestion_calls_waiting", "Calls that wait for a decision.",
             [&] { return static_cast<double>(submitter.waiting()); });
}

}  // namespace telex::ingestion
