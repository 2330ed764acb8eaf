#include "platform/runtime/loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>

namespace telex::runtime {
namespace {

TEST(LoopTest, ASleepLastsItsTimeOrUntilTheStop) {
  std::stop_source stop;
  EXPECT_TRUE(SleepFor(absl::Milliseconds(1), stop.get_token()));
  std::jthread stopper([&] { stop.request_stop(); });
  EXPECT_FALSE(SleepFor(absl::Hours(1), stop.get_token()));
  EXPECT_FALSE(SleepFor(absl::Hours(1), stop.get_token()));
}

TEST(LoopTest, StepsFollowEachOtherUntilTheStop) {
  std::latch three(3);
  std::atomic<int> steps = 0;
  PeriodicTask task(absl::ZeroDuration(), nullptr, [&](const std::stop_token&) {
    if (++steps <= 3) three.count_down();
  });
  three.wait();
  task.Stop();
  const int at_the_stop = steps;
  task.Stop();
  EXPECT_EQ(steps, at_the_stop);
}

TEST(LoopTest, TheFirstStepDoesNotWaitAndTheStopDoesNotWaitForTheNext) {
  std::latch begun(1);
  std::atomic<int> steps = 0;
  {
    const PeriodicTask task(absl::Hours(1), nullptr, [&](const std::stop_token&) {
      ++steps;
      begun.count_down();
    });
    begun.wait();
  }
  EXPECT_EQ(steps, 1);
}

TEST(LoopTest, AStepHearsOfTheStopAndCarriesTheHeartbeat) {
  const auto heartbeat =
      std::make_shared<observe::Heartbeat>("loop", [] { return std::chrono::steady_clock::now(); });
  std::latch begun(1);
  std::atomic<bool> heard = false;
  PeriodicTask task(absl::Hours(1), heartbeat, [&](const std::stop_token& stop) {
    begun.count_down();
    heard = !SleepFor(absl::Hours(1), stop);
  });
  begun.wait();
  EXPECT_TRUE(heartbeat->Read().running);
  task.Stop();
  EXPECT_TRUE(heard);
  EXPECT_FALSE(heartbeat->Read().running);
}

}  // namespace
}  // namespace telex::runtime
