#include "platform/runtime/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>

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

// The watched loop is the test's own thread, and time is the test's.
class LoopTest : public testing::Test {
 protected:
  std::shared_ptr<observe::Heartbeat> Watch(const std::string& name, absl::Duration silence_max) {
    return health_.Watch({.name = name,
                          .severity = 1,
                          .business_impact = "Takedowns do not get out.",
                          .technical_summary = "Folds the log.",
                          .panic_guide = "docs/runbooks/process-hangs.md",
                          .silence_max = silence_max});
  }
  void Pass(std::chrono::milliseconds time) { now_ += time; }

  std::chrono::steady_clock::time_point now_{std::chrono::hours(1)};
  HealthChecks health_{[this] { return now_; }};
};

TEST_F(LoopTest, ALoopWithoutProgressMakesItNotAlive) {
  const auto fold = Watch("fold", absl::Seconds(30));
  const observe::ScopedHeartbeat carried(fold);
  Pass(std::chrono::seconds(30));
  EXPECT_TRUE(health_.Alive().ok);
  Pass(std::chrono::milliseconds(1));
  const HealthReport report = health_.Alive();
  EXPECT_FALSE(report.ok);
  EXPECT_THAT(report.why_not, ElementsAre("fold: hung, no progress for 30001 ms"));
  const json page = json::parse(report.json);
  EXPECT_EQ(page["alive"], false);
  EXPECT_EQ(page["loops"], json::array({json{{"name", "fold"},
                                             {"ok", false},
                                             {"severity", 1},
                                             {"business_impact", "Takedowns do not get out."},
                                             {"technical_summary", "Folds the log."},
                                             {"panic_guide", "docs/runbooks/process-hangs.md"},
                                             {"silent_ms", 30001},
                                             {"silence_max_ms", 30000}}}));
  EXPECT_TRUE(health_.Ready().ok);  // a hang and a missing dependency are two things
  observe::Beat();
  EXPECT_TRUE(health_.Alive().ok);
}

TEST_F(LoopTest, ALoopThatWaitsIsNoHangHoweverLong) {
  const auto fold = Watch("fold", absl::Seconds(30));
  const observe::ScopedHeartbeat carried(fold);
  {
    const observe::Waiting broker("acknowledgements of Kafka");
    Pass(std::chrono::hours(24));
    {
      const observe::Waiting pause("the next attempt");
      EXPECT_EQ(json::parse(health_.Alive().json)["loops"][0]["waiting_for"], "the next attempt");
    }
    Pass(std::chrono::hours(24));
    EXPECT_TRUE(health_.Alive().ok);
    const json loop = json::parse(health_.Alive().json)["loops"][0];
    EXPECT_EQ(loop["waiting_for"], "acknowledgements of Kafka");
    EXPECT_EQ(loop["silent_ms"], 24 * 3600 * 1000);
  }
  // It has got what it waited for: from here on its time runs again.
  EXPECT_TRUE(health_.Alive().ok);
  EXPECT_FALSE(json::parse(health_.Alive().json)["loops"][0].contains("waiting_for"));
  Pass(std::chrono::milliseconds(30'001));
  EXPECT_FALSE(health_.Alive().ok);
}

TEST_F(LoopTest, EachLoopIsJudgedByItsOwnBoundAndHungOnesComeFirst) {
  const auto fold = Watch("fold", absl::Seconds(60));
  const auto poll = Watch("poll", absl::Seconds(30));
  const observe::ScopedHeartbeat carried(fold);
  std::thread other([&] {
    const observe::ScopedHeartbeat polls(poll);
    Pass(std::chrono::seconds(40));
    EXPECT_THAT(health_.Alive().why_not, ElementsAre("poll: hung, no progress for 40000 ms"));
    EXPECT_EQ(json::parse(health_.Alive().json)["loops"][0]["name"], "poll");
    EXPECT_EQ(json::parse(health_.Alive().json)["loops"].size(), 2U);
  });
  other.join();
  EXPECT_THAT(health_.Alive().why_not, IsEmpty());
}

TEST_F(LoopTest, ALoopThatHasNotBegunOrHasEndedIsNoHang) {
  auto fold = Watch("fold", absl::Seconds(30));
  Pass(std::chrono::hours(1));
  EXPECT_TRUE(health_.Alive().ok);
  {
    const observe::ScopedHeartbeat carried(fold);
    Pass(std::chrono::hours(1));
    EXPECT_FALSE(health_.Alive().ok);
  }
  EXPECT_TRUE(health_.Alive().ok);
  fold.reset();
  EXPECT_TRUE(json::parse(health_.Alive().json)["loops"].empty());
}

TEST_F(LoopTest, AThreadWithoutAHeartbeatMayBeatAndWait) {
  const observe::ScopedHeartbeat none(nullptr);
  observe::Beat();
  const observe::Waiting waiting("anything");
  EXPECT_TRUE(health_.Alive().ok);
}

TEST_F(LoopTest, AThreadBearsTheNameOfItsLoop) {
  std::thread other([&] {
    const observe::ScopedHeartbeat carried(Watch("a name beyond the bound", absl::Seconds(30)));
    char name[16] = {};
    pthread_getname_np(pthread_self(), name, sizeof name);
    EXPECT_STREQ(name, "a name beyond t");
  });
  other.join();
}

}  // namespace
}  // namespace telex::runtime
