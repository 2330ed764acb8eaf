#include "ingestion/ingestion_metrics.h"

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

// The one that gives it.
Verdict VerdictOf(Reason reason) {
  switch (reason) {
    case Reason::kNone:
      return Verdict::kAccepted;
    case Reason::kSameContent:
    case Reason::kSameUpstream:
    case Reason::kAlreadySo:
    case Reason::kOtherVersion:
    case Reason::kTooEarly:
      return Verdict::kUnchanged;
    case Reason::kBaseNotHead:
    case Reason::kOlderUpstream:
      return Verdict::kStale;
    case Reason::kEditedByEditor:
      return Verdict::kHeld;
    case Reason::kArticleNotFound:
    case Reason::kArticlePurged:
    case Reason::kTooManyShelves:
    case Reason::kRequestIdReused:
    case Reason::kArticleTooLarge:
      return Verdict::kRefused;
  }
  return Verdict::kRefused;
}

}  // namespace

IngestionMetrics::IngestionMetrics(observe::Metrics& metrics)
    : metrics_(metrics),
      decision_seconds(metrics.Histogram(
          "telex_ingestion_decision_seconds",
          "From handing a submission in to its decision on record, at the replica that decided.",
          observe::LatencyBuckets())) {
  DeclareSeries();
}

void IngestionMetrics::DeclareSeries() {
  Decisions(Verdict::kAccepted, Reason::kNone);
  for (int n = 1;; ++n) {
    const auto reason = static_cast<Reason>(n);
    if (ReasonText(reason).empty()) break;  // behind the last one
    Decisions(VerdictOf(reason), reason);
  }
}

observe::Counter& IngestionMetrics::Decisions(Verdict verdict, Reason reason) {
  return metrics_.Counter(
      "telex_ingestion_decisions_total", "Decisions made by this replica, by verdict and reason.",
      {{"verdict", std::string(NameOf(verdict))}, {"reason", std::string(ReasonText(reason))}});
}

void IngestionMetrics::CountDecision(const Decision& decision, absl::Duration since_submission) {
  Decisions(decision.verdict, decision.reason).Increment();
  decision_seconds.Observe(absl::ToDoubleSeconds(since_submission));
}

}  // namespace telex::ingestion
