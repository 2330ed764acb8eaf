#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "ingestion/domain/decision.h"
#include "ingestion/ingestion_metrics.h"

namespace telex::ingestion {
namespace {

using ::testing::HasSubstr;

std::vector<std::string> SeriesOf(const observe::Metrics& metrics, const std::string& name) {
  std::vector<std::string> series;
  std::istringstream text(metrics.Render());
  for (std::string line; std::getline(text, line);) {
    if (line.starts_with(name + "{")) series.push_back(line);
  }
  return series;
}

TEST(IngestionMetricsTest, SeriesThatAreKnownBeforehandAreThereFromTheStartAtZero) {
  observe::Metrics metrics;
  const IngestionMetrics measures(metrics);
  const std::string page = metrics.Render();
  // What the runbooks and alerts ask for.
  for (const char* series :
       {R"(telex_ingestion_decisions_total{reason="",verdict="accepted"} 0)",
        R"(telex_ingestion_decisions_total{reason="EDITED_BY_EDITOR",verdict="held"} 0)",
        R"(telex_ingestion_decisions_total{reason="OLDER_UPSTREAM",verdict="stale"} 0)"}) {
    EXPECT_THAT(page, HasSubstr(std::string(series) + "\n"));
  }
}

TEST(IngestionMetricsTest, WhatIsCountedAddsNoSeries) {
  observe::Metrics metrics;
  IngestionMetrics measures(metrics);
  const std::size_t decisions = SeriesOf(metrics, "telex_ingestion_decisions_total").size();
  measures.CountDecision({.verdict = Verdict::kAccepted}, absl::Seconds(1));
  measures.CountDecision({.verdict = Verdict::kUnchanged, .reason = Reason::kSameContent},
                         absl::Seconds(1));
  measures.CountDecision({.verdict = Verdict::kHeld, .reason = Reason::kEditedByEditor},
                         absl::Seconds(1));
  measures.CountDecision({.verdict = Verdict::kRefused, .reason = Reason::kArticleNotFound},
                         absl::Seconds(1));
  EXPECT_EQ(SeriesOf(metrics, "telex_ingestion_decisions_total").size(), decisions);
  EXPECT_THAT(metrics.Render(), HasSubstr("telex_ingestion_decisions_total{reason=\"SAME_CONTENT\","
                                          "verdict=\"unchanged\"} 1\n"));
}

}  // namespace
}  // namespace telex::ingestion
