#include <gtest/gtest.h>

#include <vector>

#include "platform/redis/breaker.h"

namespace telex::redis {
namespace {

using std::chrono::seconds;
using Admission = Breaker::Admission;

Breaker::Time At(int second) { return Breaker::Time(seconds(second)); }

TEST(RedisBreaker, OpensAfterFailuresInARow) {
  Breaker breaker(3, seconds(10));
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

TEST(RedisBreaker, LetsOneProbeDecide) {
  std::vector<BreakerState> states;
  Breaker breaker(1, seconds(10), [&](BreakerState state) { states.push_back(state); });
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

TEST(RedisBreaker, AProbeThatWasNotMadeIsGivenBack) {
  Breaker breaker(1, seconds(10));
  breaker.Failed(At(0));
  const auto probe = breaker.Admit(At(10));
  ASSERT_EQ(probe, Admission::kProbe);
  breaker.Abandon(probe);
  EXPECT_EQ(breaker.Admit(At(10)), Admission::kProbe);
}

TEST(RedisBreaker, LateAnswersFromBeforeItOpenedChangeNothing) {
  Breaker breaker(1, seconds(10));
  breaker.Failed(At(0));
  breaker.Succeeded();
  EXPECT_EQ(breaker.state(), BreakerState::kOpen);
  breaker.Failed(At(9));
  EXPECT_EQ(breaker.Admit(At(10)), Admission::kProbe);
}

}  // namespace
}  // namespace telex::redis
