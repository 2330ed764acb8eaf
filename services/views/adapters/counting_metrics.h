#pragma once

#include "platform/observe/metrics.h"
#include "views/adapters/counting_fold.h"

namespace telex::views {

// What an owner has done. Thread-safe.
class CountingMetrics {
 public:
  explicit CountingMetrics(observe::Metrics& metrics)
      : views_(metrics.Counter("telex_views_counted_total",
                               "Views that this replica has counted, or filtered.")),
        totals_(metrics.Counter("telex_views_totals_total",
                                "Totals of a story and day put on record.")),
        events_not_remembered_(
            metrics.Counter("telex_views_events_not_remembered_total",
                            "Views that would be counted again if they were sent again: more came "
                            "in their second than are remembered.")),
        seconds_closed_early_(
            metrics.Counter("telex_views_seconds_closed_early_total",
                            "Seconds of looks that were closed before the lateness was over: more "
                            "visitors than are remembered.")) {}

  // CountingParts::on_recorded.
  void Recorded(const CountingProgress& progress) {
    views_.Increment(progress.views);
    totals_.Increment(progress.totals);
    events_not_remembered_.Increment(progress.events_not_remembered);
    seconds_closed_early_.Increment(progress.seconds_closed_early);
  }

 private:
  observe::Counter& views_;
  observe::Counter& totals_;
  observe::Counter& events_not_remembered_;
  observe::Counter& seconds_closed_early_;
};

}  // namespace telex::views
