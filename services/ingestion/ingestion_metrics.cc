#include "ingestion/ingestion_metrics.h"

#include <google/protobuf/descriptor.h>

#include <array>
#include <string>

#include "ingestion/adapters/record_codec.h"
#include "telex/ingestion/v1/ingestion_service.pb.h"
#include "telex/ingestion/v1/source_service.pb.h"

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

constexpr std::array kCodes = {
    absl::StatusCode::kOk,
    absl::StatusCode::kCancelled,
    absl::StatusCode::kUnknown,
    absl::StatusCode::kInvalidArgument,
    absl::StatusCode::kDeadlineExceeded,
    absl::StatusCode::kNotFound,
    absl::StatusCode::kAlreadyExists,
    absl::StatusCode::kPermissionDenied,
    absl::StatusCode::kResourceExhausted,
    absl::StatusCode::kFailedPrecondition,
    absl::StatusCode::kAborted,
    absl::StatusCode::kOutOfRange,
    absl::StatusCode::kUnimplemented,
    absl::StatusCode::kInternal,
    absl::StatusCode::kUnavailable,
    absl::StatusCode::kDataLoss,
    absl::StatusCode::kUnauthenticated,
};

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
  for (const google::protobuf::ServiceDescriptor* service :
       {v1::CreateArticleRequest::descriptor()->file()->service(0),
        v1::CreateSourceRequest::descriptor()->file()->service(0)}) {
    for (int n = 0; n < service->method_count(); ++n) {
      const std::string& method = service->method(n)->name();
      CallSeconds(method);
      for (const absl::StatusCode code : kCodes) Calls(method, code);
    }
  }
}

observe::Counter& IngestionMetrics::Decisions(Verdict verdict, Reason reason) {
  return metrics_.Counter(
      "telex_ingestion_decisions_total", "Decisions made by this replica, by verdict and reason.",
      {{"verdict", std::string(NameOf(verdict))}, {"reason", std::string(ReasonText(reason))}});
}

observe::Counter& IngestionMetrics::Calls(std::string_view method, absl::StatusCode code) {
  return metrics_.Counter(
      "telex_ingestion_calls_total", "gRPC calls answered, by method and status code.",
      {{"method", std::string(method)}, {"code", absl::StatusCodeToString(code)}});
}

observe::Histogram& IngestionMetrics::CallSeconds(std::string_view method) {
  return metrics_.Histogram("telex_ingestion_call_seconds", "How long a gRPC call took.",
                            observe::LatencyBuckets(), {{"method", std::string(method)}});
}

void IngestionMetrics::CountDecision(const Decision& decision, absl::Duration since_submission) {
  Decisions(decision.verdict, decision.reason).Increment();
  decision_seconds.Observe(absl::ToDoubleSeconds(since_submission));
}

void IngestionMetrics::CountCall(std::string_view method, absl::StatusCode code,
                                 absl::Duration took) {
  const std::string_view name = method.substr(method.rfind('/') + 1);
  Calls(name, code).Increment();
  CallSeconds(name).Observe(absl::ToDoubleSeconds(took));
}

}  // namespace telex::ingestion
