#include "platform/runtime/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "platform/errors/errors.h"

namespace telex::runtime {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

Check Named(std::string name, absl::Status* status) {
  return {.name = std::move(name),
          .severity = 2,
          .business_impact = "Stories arrive late.",
          .technical_summary = "The consumer follows the log.",
          .panic_guide = "docs/runbooks/broker.md",
          .status = [status] { return *status; }};
}

TEST(HealthTest, IsReadyWithoutChecks) {
  HealthChecks health;
  EXPECT_TRUE(health.Ready().ok);
  EXPECT_TRUE(health.Alive().ok);
}

TEST(HealthTest, AFailingCheckSaysWhatAPersonNeeds) {
  HealthChecks health;
  absl::Status fine;
  absl::Status broker =
      errors::Error(absl::StatusCode::kUnavailable, errors::kBrokerUnavailable, "refused \xFF");
  health.Add(Named("store", &fine));
  health.Add(Named("kafka", &broker));
  const HealthReport report = health.Ready();
  EXPECT_FALSE(report.ok);
  EXPECT_THAT(report.why_not, ElementsAre("kafka: UNAVAILABLE: refused \xFF"));
  const json page = json::parse(report.json);
  EXPECT_EQ(page["ready"], false);
  EXPECT_EQ(page["checks"].size(), 2U);
  EXPECT_EQ(page["checks"][0], (json{{"name", "kafka"},
                                     {"ok", false},
                                     {"severity", 2},
                                     {"gates_readiness", true},
                                     {"business_impact", "Stories arrive late."},
                                     {"technical_summary", "The consumer follows the log."},
                                     {"panic_guide", "docs/runbooks/broker.md"},
                                     {"error", "UNAVAILABLE: refused \xEF\xBF\xBD"},
                                     {"reason", "BROKER_UNAVAILABLE"}}));
  EXPECT_EQ(page["checks"][1]["ok"], true);
  broker = absl::OkStatus();
  EXPECT_TRUE(health.Ready().ok);
}

TEST(HealthTest, ACheckThatDoesNotGateIsShownOnly) {
  HealthChecks health;
  absl::Status away = absl::UnavailableError("away");
  Check check = Named("redis", &away);
  check.gates_readiness = false;
  health.Add(check);
  EXPECT_TRUE(health.Ready().ok);
  EXPECT_EQ(json::parse(health.Ready().json)["checks"][0]["ok"], false);
}

TEST(HealthTest, ACheckThatThrowsFails) {
  HealthChecks health;
  health.Add({.name = "odd",
              .business_impact = "",
              .technical_summary = "",
              .panic_guide = "",
              .status = []() -> absl::Status { throw std::runtime_error("odd"); }});
  EXPECT_THAT(health.Ready().why_not, ElementsAre("odd: INTERNAL: odd"));
  health.Remove("odd");
  EXPECT_TRUE(health.Ready().ok);
}

TEST(HealthTest, NotReadyIsForGoodAndKeepsItsFirstReason) {
  HealthChecks health;
  health.NotReady("stopping: SIGTERM");
  health.NotReady("later");
  EXPECT_THAT(health.Ready().why_not, ElementsAre("stopping: SIGTERM"));
  EXPECT_TRUE(health.Alive().ok);
}

TEST(HealthTest, AStarvingWatchdogMakesItNotAlive) {
  std::chrono::steady_clock::time_point now{};
  HealthChecks health([&now] { return now; });
  {
    Watchdog fold = health.Watch("fold", absl::Seconds(30));
    Watchdog poll = health.Watch("poll", absl::Seconds(60));
    now += std::chrono::seconds(30);
    EXPECT_TRUE(health.Alive().ok);
    now += std::chrono::milliseconds(1);
    const HealthReport report = health.Alive();
    EXPECT_THAT(report.why_not, ElementsAre("fold: silent for 30001 ms"));
    EXPECT_EQ(
        json::parse(report.json)["watchdogs"][0],
        (json{{"name", "fold"}, {"ok", false}, {"silent_ms", 30001}, {"silence_max_ms", 30000}}));
    EXPECT_TRUE(health.Ready().ok);  // a hang and a missing dependency are two things
    fold.Feed();
    EXPECT_TRUE(health.Alive().ok);
    now += std::chrono::seconds(100);
  }
  EXPECT_THAT(health.Alive().why_not, IsEmpty());  // a loop that has ended is no hang
  Watchdog none;
  none.Feed();
}

}  // namespace
}  // namespace telex::runtime
