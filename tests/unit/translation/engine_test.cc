#include "translation/domain/engine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "translation/domain/engine_gate.h"

namespace telex::translation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const absl::Time kNow = absl::FromUnixSeconds(1'767'225'600);

EngineRequest RequestOf(std::vector<std::string> sources, const char* target = "es") {
  EngineRequest request{.source = *news::LanguageTag::Parse("en"),
                        .target = *news::LanguageTag::Parse(target),
                        .before = "before"};
  for (std::string& source : sources)
    request.texts.push_back({"s" + std::to_string(request.texts.size()), std::move(source)});
  return request;
}

std::vector<std::size_t> SizesOf(const std::vector<EngineRequest>& parts) {
  std::vector<std::size_t> sizes;
  for (const EngineRequest& part : parts) sizes.push_back(part.texts.size());
  return sizes;
}

TEST(Engine, TakesNoMoreAtOnceThanItsLimits) {
  const EngineRequest request = RequestOf({"aaaa", "bbbb", "cccc", std::string(50, 'd'), "e"});
  EXPECT_THAT(SizesOf(SplitByLimits(request, {.texts_max = 2, .bytes_max = 1'000})),
              ElementsAre(2, 2, 1));
  EXPECT_THAT(SizesOf(SplitByLimits(request, {.texts_max = 9, .bytes_max = 8})),
              ElementsAre(2, 1, 1, 1));
  const auto parts = SplitByLimits(request, {.texts_max = 9, .bytes_max = 8});
  EXPECT_EQ(parts[1].texts.front().id, "s2");
  EXPECT_EQ(parts[1].before, "before");
}

TEST(Engine, IsAskedAgainInHalvesThatAreTheWhole) {
  const auto [first, second] = Halved(RequestOf({"a", "b", "c"}));
  EXPECT_EQ(first.texts.size(), 1U);
  EXPECT_EQ(second.texts.size(), 2U);
  EXPECT_EQ(second.texts.back().source, "c");
}

TEST(Engine, CostsCodePointsWithoutTags) {
  EXPECT_EQ(CharactersOf(RequestOf({"<1>Հայ</1> &amp; ru", "x"})), 9);
}

EngineFailure Fault(EngineFault fault, std::optional<absl::Duration> retry_after = {}) {
  return {.fault = fault, .retry_after = retry_after};
}

TEST(EngineGate, StaysClosedForAsLongAsTheEngineSays) {
  EngineGate gate;
  const EngineRequest request = RequestOf({"a"});
  EXPECT_FALSE(gate.ClosedFor(request, kNow));
  gate.Failed(request, Fault(EngineFault::kBusy, absl::Seconds(90)), kNow);
  const auto closed = gate.ClosedFor(request, kNow + absl::Seconds(89));
  ASSERT_TRUE(closed);
  EXPECT_EQ(NameOf(closed->fault), "busy");
  EXPECT_EQ(closed->until, kNow + absl::Seconds(90));
  EXPECT_FALSE(gate.ClosedFor(request, kNow + absl::Seconds(90)));
}

TEST(EngineGate, DoublesItsPauseUpToABound) {
  for (const EngineFault fault : {EngineFault::kBusy, EngineFault::kQuotaSpent,
                                  EngineFault::kNotAllowed, EngineFault::kUnavailable}) {
    EngineGate gate;
    const EngineRequest request = RequestOf({"a"});
    const EngineGate::Pause pause = EngineGate::PauseOf(fault);
    absl::Time now = kNow;
    absl::Duration expected = pause.first;
    for (int failure = 0; failure < 40; ++failure) {
      gate.Failed(request, Fault(fault), now);
      const auto closed = gate.ClosedFor(request, now);
      ASSERT_TRUE(closed) << NameOf(fault);
      EXPECT_EQ(closed->until - now, expected) << NameOf(fault) << ", failure " << failure;
      now = closed->until;
      expected = std::min(expected * 2, pause.longest);
    }
    gate.Succeeded(request);
    gate.Failed(request, Fault(fault), now);
    EXPECT_EQ(gate.ClosedFor(request, now)->until - now, pause.first) << NameOf(fault);
  }
}

TEST(EngineGate, OneKindOfFailureHidesNoOther) {
  EngineGate gate;
  const EngineRequest request = RequestOf({"a"});
  gate.Failed(request, Fault(EngineFault::kQuotaSpent, absl::Hours(3)), kNow);
  gate.Failed(request, Fault(EngineFault::kBusy, absl::Seconds(1)), kNow);
  EXPECT_EQ(gate.ClosedFor(request, kNow)->fault, EngineFault::kQuotaSpent);
  EXPECT_THAT(gate.ClosedFaults(kNow), ElementsAre(EngineFault::kBusy, EngineFault::kQuotaSpent));
  EXPECT_THAT(gate.ClosedFaults(kNow + absl::Minutes(1)), ElementsAre(EngineFault::kQuotaSpent));
  EXPECT_THAT(gate.ClosedFaults(kNow + absl::Hours(4)), IsEmpty());
}

TEST(EngineGate, APairThatIsUnknownClosesThatPairAlone) {
  EngineGate gate;
  gate.Failed(RequestOf({"a"}, "hy"), Fault(EngineFault::kPairUnknown), kNow);
  EXPECT_TRUE(gate.ClosedFor(RequestOf({"b"}, "hy"), kNow));
  EXPECT_FALSE(gate.ClosedFor(RequestOf({"b"}, "es"), kNow));
  EXPECT_THAT(gate.ClosedFaults(kNow), ElementsAre(EngineFault::kPairUnknown));
  EXPECT_THAT(gate.ClosedPairs(kNow),
              ElementsAre(Pair{RequestOf({"a"}).source, *news::LanguageTag::Parse("hy")}));
  EXPECT_THAT(gate.ClosedPairs(kNow + absl::Hours(1)), IsEmpty());
}

TEST(EngineGate, WhatIsAboutOneTextClosesNothing) {
  EngineGate gate;
  for (const EngineFault fault : kEngineFaults) {
    if (!HalvesMaySucceed(fault)) continue;
    gate.Failed(RequestOf({"a"}), Fault(fault, absl::Hours(1)), kNow);
    EXPECT_FALSE(gate.ClosedFor(RequestOf({"a"}), kNow)) << NameOf(fault);
  }
}

}  // namespace
}  // namespace telex::translation
