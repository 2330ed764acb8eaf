#include "platform/resilience/breaker.h"

#include <gtest/gtest.h>

#include <vector>

namespace telex::resilience {
namespace {

using std::chrono::seconds;
using Admission = Breaker::Admission;

Breaker::Time At(int second) { return Breaker::Time(seconds(second)); }

TEST(BreakerTest, OpensAfterFailuresInARow) {
  Breaker breaker({.failures_max = 3, .open_for = seconds(10)});
  breaker.Failed(At(0));
  breaker.Failed(At(0));
  breaker.Succeeded();
  breaker.Failed(At(1));
  breaker.Failed(At(1));
  EXPECT_EQ(breaker.Admit(At(1)), Admission::kGo);
  breaker.Failed(At(2));
  EXPECT_EQ(breaker.state(), BreakerState::kOpen);
  EXPECT_EQ(breaker.Admit(At(11)), Admission::kRefused);
}

TEST(BreakerTest, LetsOneProbeDecide) {
  std::vector<BreakerState> states;
  Breaker breaker({.failures_max = 1, .open_for = seconds(10)},
                  [&](BreakerState state) { states.push_back(state); });
  breaker.Failed(At(0));
  EXPECT_EQ(breaker.Admit(At(10)), Admission::kProbe);
  EXPECT_EQ(breaker.Admit(At(10)), Admission::kRefused) << "one at a time";
  breaker.Failed(At(11));
  EXPECT_EQ(breaker.Admit(At(20)), Admission::kRefused) << "the wait begins anew";
  EXPECT_EQ(breaker.Admit(At(21)), Admission::kProbe);
  breaker.Succeeded();
  EXPECT_EQ(breaker.Admit(At(21)), Admission::kGo);
  EXPECT_EQ(states, (std::vector{BreakerState::kOpen, BreakerState::kHalfOpen, BreakerState::kOpen,
                                 BreakerState::kHalfOpen, BreakerState::kClosed}));
}

TEST(BreakerTest, AProbeThatWasNotMadeIsGivenBack) {
  Breaker breaker({.failures_max = 1, .open_for = seconds(10)});
  breaker.Failed(At(0));
  const auto probe = breaker.Admit(At(10));
  ASSERT_EQ(probe, Admission::kProbe);
  breaker.Abandon(probe);
  EXPECT_EQ(breaker.Admit(At(10)), Admission::kProbe);
}

TEST(BreakerTest, LateAnswersFromBeforeItOpenedChangeNothing) {
  Breaker breaker({.failures_max = 1, .open_for = seconds(10)});
  breaker.Failed(At(0));
  breaker.Succeeded();
  EXPECT_EQ(breaker.state(), BreakerState::kOpen);
  breaker.Failed(At(9));
  EXPECT_EQ(breaker.Admit(At(10)), Admission::kProbe);
}

TEST(BreakerTest, FailuresFarApartAreNotInARow) {
  Breaker breaker({.failures_max = 3, .open_for = seconds(10), .window = seconds(60)});
  breaker.Failed(At(0));
  breaker.Failed(At(50));
  breaker.Failed(At(61));  // the first of them is too old
  EXPECT_EQ(breaker.state(), BreakerState::kClosed);
  breaker.Failed(At(62));
  breaker.Failed(At(63));
  EXPECT_EQ(breaker.state(), BreakerState::kOpen);
}

TEST(BreakerTest, ThePeerSaysWhenToComeAgain) {
  Breaker breaker({.failures_max = 3, .open_for = seconds(10)});
  breaker.OpenUntil(At(100));
  EXPECT_EQ(breaker.Admit(At(99)), Breaker::Admission::kRefused);
  breaker.OpenUntil(At(50));
  EXPECT_EQ(breaker.Admit(At(99)), Breaker::Admission::kRefused) << "the later one stands";
  EXPECT_EQ(breaker.Admit(At(100)), Breaker::Admission::kProbe);
  breaker.OpenUntil(At(200));
  EXPECT_EQ(breaker.Admit(At(199)), Breaker::Admission::kRefused);
  EXPECT_EQ(breaker.Admit(At(200)), Breaker::Admission::kProbe);
  breaker.Succeeded();
  EXPECT_EQ(breaker.state(), BreakerState::kClosed);
}

TEST(BreakerTest, StatesAreValuesOfAGauge) {
  EXPECT_EQ(static_cast<int>(BreakerState::kClosed), 0);
  EXPECT_EQ(static_cast<int>(BreakerState::kHalfOpen), 1);
  EXPECT_EQ(static_cast<int>(BreakerState::kOpen), 2);
  EXPECT_EQ(NameOf(BreakerState::kHalfOpen), "half-open");
}

}  // namespace
}  // namespace telex::resilience
