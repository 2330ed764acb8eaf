// The simulator's own proof: without any one of the rules, some law is broken, soon.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>

#include "tests/simulation/deciding_simulation.h"
#include "tests/simulation/kernel/worlds.h"

namespace telex::simulation {
namespace {

constexpr std::uint64_t kWorldsMax = 2'000;       // half of what `make test` runs
constexpr std::uint64_t kRareWorldsMax = 30'000;  // it takes four things at once; mostly some 1,500

class RuleTakenAway : public ::testing::TestWithParam<TakenAway> {};

// TELEX_SIMULATION_SEED: where the seeds begin.
TEST_P(RuleTakenAway, IsMissed) {
  const std::uint64_t first = FromEnvironment("TELEX_SIMULATION_SEED", 1);
  const bool rare = GetParam() == TakenAway::kTakeoverWithinLag;
  const std::uint64_t worlds = rare ? kRareWorldsMax : kWorldsMax;
  const BrokenWorld broken =
      RunWorlds({.first_seed = first, .worlds = worlds}, [](std::uint64_t seed) {
        return RunDecidingSimulation({.seed = seed, .taken_away = GetParam()}).broken_law;
      });
  EXPECT_NE(broken.law, "");
  fmt::print("without \"{}\": {} (world {})\n", NameOf(GetParam()), broken.law,
             broken.seed - first + 1);
}

// Without kOvertakenWaits it takes some ten thousand worlds, which is for `make simulate`;
// partition_fold_test.cc has the case.
INSTANTIATE_TEST_SUITE_P(
    EachOne, RuleTakenAway,
    ::testing::Values(TakenAway::kVersionsBeforeDecisions, TakenAway::kTombstonesBeforeDecisions,
                      TakenAway::kAllTombstones, TakenAway::kLateContentForgotten,
                      TakenAway::kDecisionsAwaited, TakenAway::kOffsetLast,
                      TakenAway::kOffsetBeforeEnds, TakenAway::kVersionsReadAtTakeOver,
                      TakenAway::kDecisionsReadAtTakeOver, TakenAway::kTakeoverWithinLag,
                      TakenAway::kFromTheBeginning, TakenAway::kDecisionsKept,
                      TakenAway::kToldFromTheLog, TakenAway::kForgottenAgain, TakenAway::kSeenTwice,
                      TakenAway::kTimeNotEarly, TakenAway::kSentAgain, TakenAway::kSentWithPauses,
                      TakenAway::kPeersSendToo, TakenAway::kLogClockBounds,
                      TakenAway::kRememberedOnceRecorded, TakenAway::kUnknownRuleStops,
                      TakenAway::kShortLogRefused, TakenAway::kSetAside,
                      TakenAway::kNewerIsReadable, TakenAway::kNewerHolds,
                      TakenAway::kNewerHoldsReaders, TakenAway::kPartitionsApart));

}  // namespace
}  // namespace telex::simulation
