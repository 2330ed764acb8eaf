#include "ingestion/ingestion_metrics.h"

#include <algorithm>
#include <string>

#include "ingestion/adapters/record_codec.h"

namespace telex::ingestion {
namespace {

std::string_view NameOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAccepted:
      return "accepted";
    case Verdict::kUnchanged:
      return "unchanged";
    case Verdict::kStale:
      return "stale";
    case Verdict::kHeld:
      return "held";
    case Verdict::kRefused:
      return "refused";
  }
  return "unknown";
}

double LongestBehind(const std::vector<kafka::PartitionLag>& lags) {
  absl::Duration behind = absl::ZeroDuration();
  for (const kafka::PartitionLag& lag : lags) behind = std::max(behind, lag.behind);
  return absl::ToDoubleSeconds(behind);
}

double Records(const std::vector<kafka::PartitionLag>& lags) {
  double records = 0;
  for (const kafka::PartitionLag& lag : lags) records += static_cast<double>(lag.records);
  return records;
}

}  // namespace

IngestionMetrics::IngestionMetrics(observe::Metrics& metrics)
    : metrics_(metrics),
      kafka_errors(metrics.Counter("telex_ingestion_kafka_errors_total",
                                   "Errors that the Kafka clients reported; they go on trying.")),
      retries(metrics.Counter("telex_ingestion_decide_retries_total",
                              "Batches of submissions that were tried again.")),
      decision_seconds(metrics.Histogram(
          "telex_ingestion_decision_seconds",
          "From handing a submission in to its decision on record, at the replica that decided.",
          observe::LatencyBuckets())) {}

void IngestionMetrics::CountDecision(const Decision& decision, absl::Duration since_submission) {
  metrics_
      .Counter("telex_ingestion_decisions_total",
               "Decisions made by this replica, by verdict and reason.",
               {{"verdict", std::string(NameOf(decision.verdict))},
                {"reason", std::string(ReasonText(decision.reason))}})
      .Increment();
  decision_seconds.Observe(absl::ToDoubleSeconds(since_submission));
}

void IngestionMetrics::CountCall(std::string_view method, absl::StatusCode code,
                                 absl::Duration took) {
  const std::string name(method.substr(method.rfind('/') + 1));
  metrics_
      .Counter("telex_ingestion_calls_total", "gRPC calls answered, by method and status code.",
               {{"method", name}, {"code", absl::StatusCodeToString(code)}})
      .Increment();
  metrics_
      .Histogram("telex_ingestion_call_seconds", "How long a gRPC call took.",
                 observe::LatencyBuckets(), {{"method", name}})
      .Observe(absl::ToDoubleSeconds(took));
}

void IngestionMetrics::CountDeadLetter(std::string_view topic, std::string_view reason) {
  metrics_
      .Counter("telex_ingestion_dead_letters_total",
               "Records set aside because they could not be read.",
               {{"topic", std::string(topic)}, {"reason", std::string(reason)}})
      .Increment();
}

std::vector<observe::CallbackHandle> IngestionMetrics::Watch(
    observe::Metrics& metrics, const Library& library, const kafka::LogReader& reader,
    const kafka::GroupConsumer& consumer, const Decider& decider, const Submitter& submitter) {
  std::vector<observe::CallbackHandle> handles;
  handles.push_back(
      metrics.GaugeCallback("telex_ingestion_articles", "Articles in the local store.", {},
                            [&] { return static_cast<double>(library.ArticleCount()); }));
  handles.push_back(
      metrics.GaugeCallback("telex_ingestion_store_used_bytes", "Size of the local store.", {},
                            [&] { return static_cast<double>(library.Stats().used_bytes); }));
  handles.push_back(
      metrics.GaugeCallback("telex_ingestion_library_lag_seconds",
                            "Age of the oldest record of the log that this replica has not read.",
                            {}, [&] { return LongestBehind(reader.Lag()); }));
  handles.push_back(metrics.GaugeCallback(
      "telex_ingestion_submissions_lag_seconds",
      "Age of the oldest submission of the partitions owned here that is not decided.", {},
      [&] { return LongestBehind(consumer.Lag()); }));
  handles.push_back(
      metrics.GaugeCallback("telex_ingestion_submissions_lag_records",
                            "Submissions of the partitions owned here that are not decided.", {},
                            [&] { return Records(consumer.Lag()); }));
  handles.push_back(metrics.GaugeCallback(
      "telex_ingestion_owned_partitions", "Partitions that this replica decides.", {},
      [&] { return static_cast<double>(decider.Owned().size()); }));
  handles.push_back(
      metrics.GaugeCallback("telex_ingestion_calls_waiting", "Calls that wait for a decision.", {},
                            [&] { return static_cast<double>(submitter.waiting()); }));
  return handles;
}

}  // namespace telex::ingestion
