#pragma once

#include "platform/observe/metrics.h"

namespace telex::feeds {

// The counters of this service that more than one adapter needs: made once, at wiring.
struct FeedsMetrics {
  explicit FeedsMetrics(observe::Metrics& metrics)
      : renders(metrics.Counter("telex_feeds_renders_total",
                                "Feeds and articles rendered from the local store.")),
        render_seconds(metrics.Histogram("telex_feeds_render_seconds",
                                         "Time to have a rendition: from Redis or rendered.",
                                         observe::LatencyBuckets())),
        render_faults(metrics.Counter("telex_feeds_render_faults_total",
                                      "Renditions that could not be made.")),
        cache_hits(
            metrics.Counter("telex_feeds_cache_hits_total",
                            "Requests answered with a body from the cache of this process.")),
        cache_misses(metrics.Counter("telex_feeds_cache_misses_total",
                                     "Requests whose body had to be fetched or rendered.")),
        redis_hits(metrics.Counter("telex_feeds_redis_hits_total",
                                   "Renditions another replica had put into Redis.")),
        redis_misses(metrics.Counter("telex_feeds_redis_misses_total",
                                     "Renditions that were not in Redis.")),
        redis_faults(metrics.Counter("telex_feeds_redis_faults_total",
                                     "Calls to Redis that failed, or values that were damaged.")),
        waits(metrics.Counter("telex_feeds_waits_total",
                              "Requests with a tag newer than the fold, that waited for it.")),
        waits_overdue(
            metrics.Counter("telex_feeds_waits_overdue_total",
                            "Of those, answered 304 or 503 because the fold did not arrive.")),
        records(metrics.Counter("telex_feeds_records_total", "Records applied from the log.")),
        view_count_records(metrics.Counter("telex_feeds_view_count_records_total",
                                           "Records of counts applied from their log.")),
        view_count_faults(metrics.Counter("telex_feeds_view_count_faults_total",
                                          "Of those, passed over: they could not be read.")),
        visible_seconds(metrics.Histogram(
            "telex_feeds_publish_to_visible_seconds",
            "From versioncreated to being in the fold of this replica; records read live only.",
            {0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60})) {}

  observe::Counter& renders;
  observe::Histogram& render_seconds;
  observe::Counter& render_faults;
  observe::Counter& cache_hits;
  observe::Counter& cache_misses;
  observe::Counter& redis_hits;
  observe::Counter& redis_misses;
  observe::Counter& redis_faults;
  observe::Counter& waits;
  observe::Counter& waits_overdue;
  observe::Counter& records;
  observe::Counter& view_count_records;
  observe::Counter& view_count_faults;
  observe::Histogram& visible_seconds;
};

}  // namespace telex::feeds
