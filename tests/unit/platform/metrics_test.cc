#include "platform/observe/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "platform/observe/process_metrics.h"

namespace telex::observe {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(MetricsTest, TheSameNameAndLabelsAreTheSameCounter) {
  Metrics metrics;
  Counter& counter = metrics.Counter("telex_test_items_total", "Items", {{"kind", "a"}});
  counter.Increment();
  metrics.Counter("telex_test_items_total", "Items", {{"kind", "a"}}).Increment(2);
  metrics.Counter("telex_test_items_total", "Items", {{"kind", "b"}}).Increment();
  EXPECT_EQ(counter.Value(), 3U);
  EXPECT_EQ(metrics.Render(),
            "# HELP telex_test_items_total Items\n"
            "# TYPE telex_test_items_total counter\n"
            "telex_test_items_total{kind=\"a\"} 3\n"
            "telex_test_items_total{kind=\"b\"} 1\n");
}

TEST(MetricsTest, LabelValuesAreEscaped) {
  Metrics metrics;
  metrics.Gauge("telex_test_level", "Level", {{"kind", "a\"b\\c\nd"}}).Set(1.5);
  EXPECT_THAT(metrics.Render(), HasSubstr("telex_test_level{kind=\"a\\\"b\\\\c\\nd\"} 1.5\n"));
}

TEST(MetricsTest, HistogramsCountUpToAndIncludingTheBound) {
  Metrics metrics;
  Histogram& histogram = metrics.Histogram("telex_test_wait_seconds", "Wait", {0.1, 1});
  for (const double value : {0.05, 0.1, 0.5, 3.0}) histogram.Observe(value);
  EXPECT_EQ(histogram.Count(), 4U);
  const std::string text = metrics.Render();
  EXPECT_THAT(text, HasSubstr("telex_test_wait_seconds_bucket{le=\"0.1\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("telex_test_wait_seconds_bucket{le=\"1\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("telex_test_wait_seconds_bucket{le=\"+Inf\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("telex_test_wait_seconds_count 4\n"));
  EXPECT_THAT(text, HasSubstr("telex_test_wait_seconds_sum 3.65\n"));
}

TEST(MetricsTest, FaultsOfTheProgramThrow) {
  Metrics metrics;
  metrics.Gauge("telex_test_level", "Level");
  EXPECT_THROW(metrics.Counter("telex_test_level", "no _total"), std::invalid_argument);
  EXPECT_THROW(metrics.Gauge("telex_test_level_total", "x"), std::invalid_argument);
  EXPECT_THROW(metrics.Histogram("telex_test_level", "two kinds", {1}), std::invalid_argument);
  EXPECT_THROW(metrics.Gauge("telex-test", "x"), std::invalid_argument);
  EXPECT_THROW(metrics.Gauge("telex_test", "x", {{"le", "1"}}), std::invalid_argument);
  EXPECT_THROW(metrics.Histogram("telex_test_x", "x", {2, 1}), std::invalid_argument);
}

TEST(MetricsTest, CallbacksAreAskedAtScrapeUntilTheHandleEnds) {
  Metrics metrics;
  double level = 1;
  {
    const auto older = metrics.GaugeCallback("telex_test_level", "L", {}, [&] { return level; });
    level = 7;
    EXPECT_THAT(metrics.Render(), HasSubstr("telex_test_level 7\n"));
    {
      const auto newer = metrics.GaugeCallback("telex_test_level", "L", {}, [] { return 42; });
      EXPECT_THAT(metrics.Render(), HasSubstr("telex_test_level 42\n"));
    }
    EXPECT_THAT(metrics.Render(), HasSubstr("telex_test_level 7\n"));
  }
  EXPECT_EQ(metrics.Render(), "");
}

TEST(MetricsTest, ACallbackThatThrowsCostsItsOwnValueOnly) {
  Metrics metrics;
  metrics.Gauge("telex_test_other", "O").Set(1);
  const auto handle = metrics.GaugeCallback("telex_test_level", "L", {},
                                            []() -> double { throw std::runtime_error("x"); });
  EXPECT_THAT(metrics.Render(), HasSubstr("telex_test_other 1\n"));
  EXPECT_THAT(metrics.Render(), HasSubstr("telex_test_level Nan\n"));
}

TEST(MetricsTest, AHandleMayOutliveItsMetrics) {
  const auto level = std::make_shared<int>(1);
  CallbackHandle handle;
  {
    Metrics metrics;
    handle = metrics.GaugeCallback("telex_test_level", "L", {}, [level] { return *level; });
    EXPECT_EQ(level.use_count(), 2);
  }
  EXPECT_EQ(level.use_count(), 1) << "the handle keeps a callback that nobody asks any more";
  Metrics later;
  const CallbackHandle other = later.GaugeCallback("telex_test_level", "L", {}, [] { return 2; });
  handle = {};  // withdraws its own, which is gone, and no other of the same name
  EXPECT_THAT(later.Render(), HasSubstr("telex_test_level 2\n"));
}

TEST(MetricsTest, TheNumberOfSeriesIsBounded) {
  Metrics metrics;
  for (std::size_t i = 0; i < kSeriesPerNameMax + 5; ++i) {
    metrics.Counter("telex_test_items_total", "Items", {{"id", std::to_string(i)}}).Increment();
  }
  EXPECT_THAT(metrics.Render(), HasSubstr("telex_test_items_total{id=\"other\"} 5\n"));
  EXPECT_THAT(metrics.Render(), Not(HasSubstr("id=\"1001\"")));
}

TEST(MetricsTest, CountsFromManyThreads) {
  Metrics metrics;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&metrics] {
        Counter& counter = metrics.Counter("telex_test_items_total", "Items");
        Histogram& histogram = metrics.Histogram("telex_test_wait_seconds", "W", LatencyBuckets());
        for (int i = 0; i < 1000; ++i) {
          counter.Increment();
          histogram.Observe(0.001);
        }
      });
    }
    for (int i = 0; i < 10; ++i) metrics.Render();
  }
  EXPECT_EQ(metrics.Counter("telex_test_items_total", "Items").Value(), 4000U);
  EXPECT_EQ(metrics.Histogram("telex_test_wait_seconds", "W", {}).Count(), 4000U);
}

TEST(MetricsTest, TheProcessDescribesItself) {
  Metrics metrics;
  const auto handles = AddProcessMetrics(metrics, "telex-test", "1.2.3");
  const std::string text = metrics.Render();
  EXPECT_THAT(text, HasSubstr("telex_build_info{program=\"telex-test\",version=\"1.2.3\"} 1\n"));
  for (const char* name : {"process_cpu_seconds_total ", "process_resident_memory_bytes ",
                           "process_open_fds ", "telex_log_lines_total{severity=\"ERROR\"} "}) {
    EXPECT_THAT(text, HasSubstr(name));
  }
}

}  // namespace
}  // namespace telex::observe
