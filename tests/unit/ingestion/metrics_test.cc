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
       {R"(telex_ingestion_calls_total{code="UNAVAILABLE",method="CreateArticle"} 0)",
        R"(telex_ingestion_calls_total{code="INTERNAL",method="ListSources"} 0)",
        R"(telex_ingestion_calls_total{code="OK",method="KillArticle"} 0)",
        R"(telex_ingestion_call_seconds_count{method="ImportDocument"} 0)",
        R"(telex_ingestion_decisions_total{reason="",verdict="accepted"} 0)",
        R"(telex_ingestion_decisions_total{reason="EDITED_BY_EDITOR",verdict="held"} 0)",
        R"(telex_ingestion_decisions_total{reason="OLDER_UPSTREAM",verdict="stale"} 0)"}) {
    EXPECT_THAT(page, HasSubstr(std::string(series) + "\n"));
  }
  // Each method with each of the 17 codes of gRPC.
  EXPECT_EQ(SeriesOf(metrics, "telex_ingestion_calls_total").size(), 14u * 17u);
}

TEST(IngestionMetricsTest, WhatIsCountedAddsNoSeries) {
  observe::Metrics metrics;
  IngestionMetrics measures(metrics);
  const std::size_t decisions = SeriesOf(metrics, "telex_ingestion_decisions_total").size();
  const std::size_t calls = SeriesOf(metrics, "telex_ingestion_calls_total").size();
  measures.CountDecision({.verdict = Verdict::kAccepted}, absl::Seconds(1));
  measures.CountDecision({.verdict = Verdict::kUnchanged, .reason = Reason::kSameContent},
                         absl::Seconds(1));
  measures.CountDecision({.verdict = Verdict::kHeld, .reason = Reason::kEditedByEditor},
                         absl::Seconds(1));
  measures.CountDecision({.verdict = Verdict::kRefused, .reason = Reason::kArticleNotFound},
                         absl::Seconds(1));
  measures.CountCall("/telex.ingestion.v1.SourceService/GetSource", absl::StatusCode::kNotFound,
                     absl::Milliseconds(1));
  EXPECT_EQ(SeriesOf(metrics, "telex_ingestion_decisions_total").size(), decisions);
  EXPECT_EQ(SeriesOf(metrics, "telex_ingestion_calls_total").size(), calls);
  EXPECT_THAT(
      metrics.Render(),
      HasSubstr("telex_ingestion_calls_total{code=\"NOT_FOUND\",method=\"GetSource\"} 1\n"));
  EXPECT_THAT(metrics.Render(), HasSubstr("telex_ingestion_decisions_total{reason=\"SAME_CONTENT\","
                                          "verdict=\"unchanged\"} 1\n"));
}

}  // namespace
}  // namespace telex::ingestion
