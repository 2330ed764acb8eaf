#pragma once

#include <absl/time/time.h>

#include "ingestion/domain/decision.h"
#include "platform/observe/metrics.h"

namespace telex::ingestion {

// The metrics of telex-ingestion; docs/reference/metrics.md explains them. Every series whose
// labels are known beforehand is there from the start, at 0: of a counter that appears with its
// first event, rate() and increase() never see that one. Thread-safe.
class IngestionMetrics {
 public:
  explicit IngestionMetrics(observe::Metrics& metrics);

  void CountDecision(const Decision& decision, absl::Duration since_submission);

 private:
  void DeclareSeries();
  observe::Counter& Decisions(Verdict verdict, Reason reason);

  observe::Metrics& metrics_;

 public:
  observe::Histogram& decision_seconds;
};

}  // namespace telex::ingestion
