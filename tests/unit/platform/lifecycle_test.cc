#include "platform/runtime/lifecycle.h"

#include <absl/time/clock.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace telex::runtime {
namespace {

using testing::ElementsAre;

constexpr LifecycleOptions kNoDrain{.drain_delay = absl::ZeroDuration()};

class LifecycleTest : public testing::Test {
 protected:
  LifecycleTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

// The child of the death tests: signals itself while its only step never ends.
[[noreturn]] void StopTwice() {
  HealthChecks health;
  Lifecycle lifecycle(health, kNoDrain);
  lifecycle.OnStop({"hangs", absl::Hours(1), [](absl::Duration) -> absl::Status {
                      kill(getpid(), SIGINT);
                      absl::SleepFor(absl::Hours(1));
                      return absl::OkStatus();
                    }});
  kill(getpid(), SIGTERM);
  std::exit(lifecycle.Run());
}

[[noreturn]] void StopLate() {
  HealthChecks health;
  Lifecycle lifecycle(health, kNoDrain);
  lifecycle.OnStop({"hangs", absl::Milliseconds(5), [](absl::Duration) -> absl::Status {
                      absl::SleepFor(absl::Hours(1));
                      return absl::OkStatus();
                    }});
  lifecycle.OnStop({"last", absl::Seconds(10), [](absl::Duration) {
                      const std::string_view text = "the last step ran\n";
                      return write(2, text.data(), text.size()) > 0 ? absl::OkStatus()
                                                                    : absl::InternalError("write");
                    }});
  lifecycle.RequestStop("test");
  lifecycle.Run();
  std::exit(99);  // Run must not come back
}

TEST_F(LifecycleTest, ASignalStopsThePartsInOrder) {
  HealthChecks health;
  std::vector<std::string> order;
  Lifecycle lifecycle(health, {.drain_delay = absl::Milliseconds(1)});
  lifecycle.OnStop({"first", absl::Seconds(10), [&](absl::Duration deadline) {
                      EXPECT_EQ(deadline, absl::Seconds(10));
                      EXPECT_FALSE(health.Ready().ok);
                      order.push_back("first");
                      return absl::OkStatus();
                    }});
  lifecycle.OnStop({"second", absl::Seconds(10), [&](absl::Duration) {
                      order.push_back("second");
                      return absl::OkStatus();
                    }});
  EXPECT_TRUE(health.Ready().ok);
  EXPECT_FALSE(lifecycle.stopping());
  kill(getpid(), SIGTERM);
  EXPECT_EQ(lifecycle.Run(), 0);
  EXPECT_TRUE(lifecycle.stopping());
  EXPECT_THAT(order, ElementsAre("first", "second"));
  EXPECT_THAT(health.Ready().why_not, ElementsAre("stopping: SIGTERM"));
}

TEST_F(LifecycleTest, AStepThatFailsIsToldByTheExitCodeAndTheNextStillRun) {
  HealthChecks health;
  bool ran = false;
  Lifecycle lifecycle(health, kNoDrain);
  lifecycle.OnStop({"flush", absl::Seconds(10),
                    [](absl::Duration) { return absl::DataLossError("2 records undelivered"); }});
  lifecycle.OnStop({"throws", absl::Seconds(10),
                    [](absl::Duration) -> absl::Status { throw std::runtime_error("odd"); }});
  lifecycle.OnStop({"last", absl::Seconds(10), [&ran](absl::Duration) {
                      ran = true;
                      return absl::OkStatus();
                    }});
  lifecycle.RequestStop("test");
  EXPECT_EQ(lifecycle.Run(), kExitStopFailed);
  EXPECT_TRUE(ran);
}

TEST_F(LifecycleTest, AFaultKeepsItsExitCodeAndTheFirstReason) {
  HealthChecks health;
  Lifecycle lifecycle(health, kNoDrain);
  std::thread fault([&lifecycle] {
    lifecycle.RequestStop("the log is truncated", kExitFault);
    lifecycle.RequestStop("again", 3);
  });
  EXPECT_EQ(lifecycle.Run(), kExitFault);
  fault.join();
  EXPECT_THAT(health.Ready().why_not, ElementsAre("stopping: the log is truncated"));
}

TEST_F(LifecycleTest, GivesTheSignalMaskBack) {
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, nullptr, &before);
  {
    HealthChecks health;
    const Lifecycle lifecycle(health, kNoDrain);
    sigset_t during;
    pthread_sigmask(SIG_BLOCK, nullptr, &during);
    EXPECT_EQ(sigismember(&during, SIGTERM), 1);
  }
  sigset_t after;
  pthread_sigmask(SIG_BLOCK, nullptr, &after);
  EXPECT_EQ(sigismember(&after, SIGTERM), sigismember(&before, SIGTERM));
}

TEST_F(LifecycleTest, ASecondSignalEndsTheProcessAtOnce) {
  EXPECT_EXIT(StopTwice(), testing::ExitedWithCode(128 + SIGINT), "a second signal");
}

TEST_F(LifecycleTest, WhatIsNeverDestroyedDoesNotKeepTheProcess) {
  const auto hang = [] {
    HealthChecks health;
    Lifecycle lifecycle(health,
                        {.drain_delay = absl::ZeroDuration(), .destroy_max = absl::ZeroDuration()});
    lifecycle.RequestStop("the log is truncated", kExitFault);
    lifecycle.Run();
    absl::SleepFor(absl::InfiniteDuration());
  };
  EXPECT_EXIT(hang(), testing::ExitedWithCode(kExitFault), "what was stopped is not destroyed");
}

TEST_F(LifecycleTest, AStepThatIsLateDoesNotHoldTheOthers) {
  EXPECT_EXIT(StopLate(), testing::ExitedWithCode(kExitStopFailed), "the last step ran");
}

}  // namespace
}  // namespace telex::runtime
