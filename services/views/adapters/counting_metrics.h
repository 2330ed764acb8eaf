#pragma once

#include <cstddef>

#include "platform/observe/metrics.h"

namespace telex::views {

// What an owner has done. Thread-safe.
class CountingMetrics {
 public:
  explicit CountingMetrics(observe::Metrics& metrics)
      : views_(metrics.Counter("telex_views_counted_total",
                               "Views that this replica has counted, or filtered.")),
        totals_(metrics.Counter("telex_views_totals_total",
                                "Totals of a story and day put on record.")) {}

  // CountingOwner::Ports::on_recorded.
  void Recorded(std::size_t views, std::size_t totals) {
    views_.Increment(views);
    totals_.Increment(totals);
  }

 private:
  observe::Counter& views_;
  observe::Counter& totals_;
};

}  // namespace telex::views
