#include "tests/simulation/translation/queue_simulation.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/simulation/kernel/every_law.h"

namespace telex::simulation {
namespace {

TEST(QueueSimulation, EveryLawHoldsInEveryWorld) {
  ExpectEveryLawHolds<QueueReport>(150, [](std::uint64_t seed, bool trace) {
    return RunQueueSimulation({.seed = seed, .trace = trace});
  });
}

class QueueRule : public testing::TestWithParam<QueueRuleTakenAway> {};

TEST_P(QueueRule, IsMissed) {
  const BrokenWorld broken = RunWorlds({.worlds = 500}, [](std::uint64_t seed) {
    return RunQueueSimulation({.seed = seed, .taken_away = GetParam()}).broken_law;
  });
  EXPECT_NE(broken.law, "");
  fmt::print("without \"{}\": {} (world {})\n", NameOf(GetParam()), broken.law, broken.seed);
}

INSTANTIATE_TEST_SUITE_P(EachOne, QueueRule,
                         testing::Values(QueueRuleTakenAway::kKeyOfItsOwn,
                                         QueueRuleTakenAway::kForgottenBeforeTombstones,
                                         QueueRuleTakenAway::kPublishedFromStore,
                                         QueueRuleTakenAway::kKeptUntilReadBack,
                                         QueueRuleTakenAway::kUndoneInMemory,
                                         QueueRuleTakenAway::kDueAskedAgain));

}  // namespace
}  // namespace telex::simulation
