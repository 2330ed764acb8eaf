#include "platform/resilience/breaker.h"

#include <gtest/gtest.h>

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
  Breaker breaker({.failures_max = 1, .open_for = seconds(10)});
  breaker.Failed(At(0));
  EXPECT_EQ(breaker.Admit(At(10)), Admission::kProbe);
  EXPECT_EQ(breaker.state(), BreakerState::kHalfOpen);
  EXPECT_EQ(breaker.Admit(At(10)), Admission::kRefused) << "one at a time";
  breaker.Failed(At(11));
  EXPECT_EQ(breaker.Admit(At(20)), Admission::kRefused) << "the wait begins again";
  EXPECT_EQ(breaker.Admit(At(21)), Admission::kProbe);
  breaker.Succeeded();
  EXPECT_EQ(breaker.Admit(At(21)), Admission::kGo);
  EXPECT_EQ(breaker.state(), BreakerState::kClosed);
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

}  // namespace
}  // namespace telex::resilience
