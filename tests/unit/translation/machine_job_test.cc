#include "translation/adapters/machine/machine_job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/translation/fake_engine.h"

namespace telex::translation {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kBody[] = "<p>Boats leave harbour 11. Ships left harbour 12.</p>";

EngineFailure ClosedBy(EngineFault fault, absl::Duration after) {
  return {.fault = fault, .retry_after = after};
}

class MachineJobTest : public ::testing::Test {
 protected:
  MachineResult Run(const JobText& text, EnginePlan plan = {},
                    std::span<const DoneSegment> kept = {}) {
    return RunMachineJob(
        {.text = text, .plan = std::move(plan), .glossary = glossary_, .kept = kept},
        {.engines = engines_, .go_on = go_on_, .stop = stop_.get_token()});
  }
  MachineResult Run() { return Run(Opened({.article = story_, .to = kEs})); }
  static v1::Text CompletedOf(const MachineResult& result) {
    const auto* const completed = std::get_if<MachineCompleted>(&result.what);
    EXPECT_NE(completed, nullptr);
    return completed == nullptr ? v1::Text() : completed->text;
  }
  static MachineFailed FailedOf(const MachineResult& result) {
    const auto* const failed = std::get_if<MachineFailed>(&result.what);
    EXPECT_NE(failed, nullptr);
    return failed == nullptr ? MachineFailed() : *failed;
  }
  static MachineWaits WaitsOf(const MachineResult& result) {
    const auto* const waits = std::get_if<MachineWaits>(&result.what);
    EXPECT_NE(waits, nullptr);
    return waits == nullptr ? MachineWaits() : *waits;
  }

  news::Article story_ = StoryOf("Prices rise", kBody);
  FakeEngine first_{"first"};
  FakeEngine second_{"second"};
  std::vector<MachineEngine*> engines_ = {&first_, &second_};
  const Glossary* glossary_ = nullptr;
  std::function<bool(int)> go_on_;
  std::stop_source stop_;
};

TEST_F(MachineJobTest, TheFirstEngineDoesItAll) {
  const MachineResult result = Run();
  const v1::Text text = CompletedOf(result);
  EXPECT_EQ(text.headline(), "Suben los precios");
  EXPECT_EQ(text.body_html(),
            "<p>Los barcos salen del puerto 11. Los buques dejaron el puerto 12.</p>");
  EXPECT_EQ(text.segments(0).origin(), v1::ORIGIN_ENGINE);
  EXPECT_EQ(text.segments(0).engine(), "first");
  EXPECT_THAT(first_.Asked(),
              ElementsAre("Prices rise Boats leave harbour 11. Ships left harbour 12."));
  EXPECT_THAT(second_.requests, IsEmpty());
  ASSERT_EQ(text.costs_size(), 1);
  EXPECT_EQ(text.costs(0).engine(), "first");
  EXPECT_EQ(text.costs(0).segments(), 3);
  EXPECT_EQ(text.costs(0).characters(), 11 + 23 + 22);
  EXPECT_TRUE(std::get<MachineCompleted>(result.what).was_asked);
}

TEST_F(MachineJobTest, WhatIsUnchangedNeedsNoEngine) {
  const JobText first = Opened({.article = story_, .to = kEs});
  const v1::Translation before = TranslationOf(first, Finished(first, Done(first, "old"), ""));
  const JobText again = Opened({.article = story_, .to = kEs, .before = &before});
  engines_.clear();
  const MachineResult result = Run(again);
  EXPECT_EQ(CompletedOf(result).segments(1).engine(), "old");
  EXPECT_FALSE(std::get<MachineCompleted>(result.what).was_asked);
  EXPECT_EQ(CompletedOf(result).costs_size(), 0);
}

TEST_F(MachineJobTest, OneChangedSentenceIsAllThatIsSentWithWhatStandsAroundIt) {
  const JobText first = Opened({.article = story_, .to = kEs});
  const v1::Translation before = TranslationOf(first, Finished(first, Done(first, "old"), ""));
  const news::Article corrected =
      StoryOf("Prices rise", "<p>Boats leave harbour 15. Ships left harbour 12.</p>", 2);
  CompletedOf(Run(Opened({.article = corrected, .to = kEs, .before = &before})));
  EXPECT_THAT(first_.Asked(), ElementsAre("Boats leave harbour 15."));
  EXPECT_EQ(first_.requests[0].before, "Prices rise ");
  EXPECT_EQ(first_.requests[0].after, "Ships left harbour 12. ");
}

TEST_F(MachineJobTest, ATextThatStandsTwiceIsSentOnce) {
  story_ = StoryOf("Prices rise", "<p>Boats leave harbour 11.</p><p>Boats leave harbour 11.</p>");
  const v1::Text text = CompletedOf(Run());
  EXPECT_THAT(first_.Asked(), ElementsAre("Prices rise Boats leave harbour 11."));
  EXPECT_EQ(text.segments(2).target(), "Los barcos salen del puerto 11.");
}

TEST_F(MachineJobTest, WhatFailsACheckGoesToTheNextEngineAlone) {
  first_.answers["Boats leave harbour 11."] = "Los barcos salen del puerto 99.";
  const v1::Text text = CompletedOf(Run());
  EXPECT_THAT(second_.Asked(), ElementsAre("Boats leave harbour 11."));
  EXPECT_EQ(text.segments(0).engine(), "first");
  EXPECT_EQ(text.segments(1).engine(), "second");
  EXPECT_EQ(text.costs_size(), 2);
}

TEST_F(MachineJobTest, NobodyIsAskedAboutBlanks) {
  story_ = StoryOf("Prices rise", "<p>“Boats leave harbour 11, (harbour 12).”</p>");
  first_.answers["“Boats leave harbour 11, (harbour 12).”"] =
      "  “ Los barcos  salen del puerto 11 , ( puerto 12 ). ” ";
  EXPECT_EQ(CompletedOf(Run()).segments(1).target(),
            "“Los barcos salen del puerto 11, (puerto 12).”");
}

TEST_F(MachineJobTest, WhatNoEngineDoesGoesToAPersonWithPlacesAndReasons) {
  first_.answers["Boats leave harbour 11."] = "Los barcos salen del puerto 99.";
  second_.answers["Boats leave harbour 11."] = "Boats leave harbour 11.";
  const MachineResult result = Run();
  const MachineFailed failed = FailedOf(result);
  EXPECT_EQ(failed.reason, "CHECKS_FAILED");
  EXPECT_TRUE(failed.escalate);
  EXPECT_THAT(failed.note, AllOf(HasSubstr("body.p1.s1: second: "), HasSubstr("SAME_AS_SOURCE")));
  EXPECT_EQ(result.costs.size(), 2U) << "they were paid all the same";
}

TEST_F(MachineJobTest, ATextThatEnginesRefuseGoesToAPerson) {
  first_.answers["Prices rise"] = std::nullopt;
  second_.fails_with = EngineFault::kBadAnswer;
  const MachineFailed failed = FailedOf(Run());
  EXPECT_EQ(failed.reason, "ENGINE_FAILED");
  EXPECT_EQ(failed.note, "headline: second: bad_answer");
  EXPECT_TRUE(failed.escalate);
}

TEST_F(MachineJobTest, ANoteIsBounded) {
  std::string body;
  for (int i = 10; i < 60; ++i) body += "<p>" + SentenceOf(i) + "</p>";
  story_ = StoryOf("Prices rise", body);
  first_.about_.name = std::string(64, 'x');
  first_.fails_with = second_.fails_with = EngineFault::kBadAnswer;
  second_.about_.name = std::string(64, 'y');
  const MachineFailed failed = FailedOf(Run());
  EXPECT_LE(failed.note.size(), kMachineNoteBytesMax);
  EXPECT_THAT(failed.note, HasSubstr("46 more"));
}

TEST_F(MachineJobTest, ThePlanSaysWhoIsAskedInWhatOrder) {
  CompletedOf(
      Run(Opened({.article = story_, .to = kEs}), {.engines = {"none", "second", "first"}}));
  EXPECT_THAT(first_.requests, IsEmpty());
  EXPECT_EQ(second_.requests.size(), 1U);
}

TEST_F(MachineJobTest, ThePlanIsThatOfTheRuleForTheStory) {
  const Policy policy = {
      .rules = {{.sources = {*news::SourceId::Parse("secret")},
                 .to = {kEs},
                 .engines = {"own"},
                 .outside = OutsideEngines::kNever},
                {.to = {kEs}, .engines = {"deepl", "own"}, .outside = OutsideEngines::kAlways}}};
  JobRow row{.source = "secret"};
  JobText text = Opened({.article = story_, .to = kEs});
  EXPECT_THAT(PlanFor(&policy, row, text).engines, ElementsAre("own"));
  EXPECT_FALSE(PlanFor(&policy, row, text).outside_allowed);
  row.source = "times";
  text.availability = news::Availability::kEmbargoed;
  EXPECT_THAT(PlanFor(&policy, row, text).engines, ElementsAre("deepl", "own"));
  EXPECT_TRUE(PlanFor(&policy, row, text).outside_allowed);
  // Of what no rule speaks.
  EXPECT_THAT(PlanFor(nullptr, row, text).engines, IsEmpty());
  EXPECT_FALSE(PlanFor(nullptr, row, text).outside_allowed);
  text.availability = news::Availability::kAvailable;
  EXPECT_TRUE(PlanFor(nullptr, row, text).outside_allowed);
}

TEST_F(MachineJobTest, WhatAPersonIsToDoIsNotDoneByEnginesBecauseItWasUnchangedOnce) {
  const Policy policy = {.rules = {{.to = {kEs}, .workflow = Workflow::kPerson}}};
  const JobRow row{.source = "times", .workflow = Workflow::kMachine, .carried = true};
  const JobText first = Opened({.article = story_, .to = kEs});
  const v1::Translation before = TranslationOf(first, Finished(first, Done(first), "ana"));
  // A term that came after the job was wanted.
  const Glossary glossary = *Glossary::Make({{.source = "harbour", .allowed = {"dársena"}}});
  glossary_ = &glossary;
  const JobText text = Opened({.article = story_,
                               .to = kEs,
                               .before = &before,
                               .recall = [](std::string_view) -> std::optional<MemoryEntry> {
                                 return MemoryEntry{.target = "Los barcos salen de la dársena 11."};
                               },
                               .glossary = &glossary,
                               .glossary_version = 2});
  ASSERT_FALSE(text.IsUnchanged());
  const MachineFailed failed = FailedOf(Run(text, PlanFor(&policy, row, text)));
  EXPECT_EQ(failed.reason, "NO_ENGINE");
  EXPECT_TRUE(failed.escalate);
  EXPECT_THAT(first_.requests, IsEmpty());
  // Whole as it was, it is carried over.
  const JobText same = Opened({.article = story_, .to = kEs, .before = &before});
  EXPECT_EQ(CompletedOf(Run(same, PlanFor(&policy, row, same))).headline(), "Suben los precios");
}

TEST_F(MachineJobTest, WhatMayNotGoOutsideDoesNot) {
  first_.about_.outside = true;
  const JobText text = Opened({.article = story_, .to = kEs});
  CompletedOf(Run(text, {.engines = {"first", "second"}, .outside_allowed = false}));
  EXPECT_THAT(first_.requests, IsEmpty());
  second_.about_.outside = true;
  const MachineFailed failed = FailedOf(Run(text, {.outside_allowed = false}));
  EXPECT_EQ(failed.reason, "NO_ENGINE");
  EXPECT_TRUE(failed.escalate);
}

TEST_F(MachineJobTest, WithoutAnEngineForThePairAPersonDoesIt) {
  first_.about_.pairs = {{Language("en"), Language("hy")}};
  second_.closed = ClosedBy(EngineFault::kPairUnknown, absl::Hours(1));
  const MachineFailed failed = FailedOf(Run());
  EXPECT_EQ(failed.reason, "NO_ENGINE");
  EXPECT_TRUE(failed.escalate);
  EXPECT_THAT(failed.note, HasSubstr("headline: second: pair_unknown"));
  EXPECT_THAT(first_.requests, IsEmpty());
}

TEST_F(MachineJobTest, WaitsForTheFirstThatOpensAgain) {
  first_.closed = ClosedBy(EngineFault::kUnavailable, absl::Minutes(5));
  second_.closed = ClosedBy(EngineFault::kBusy, absl::Seconds(30));
  const MachineWaits waits = WaitsOf(Run());
  EXPECT_EQ(waits.retry_after, absl::Seconds(30));
  EXPECT_FALSE(waits.was_asked);
  EXPECT_THAT(waits.note, HasSubstr("second: busy"));
}

TEST_F(MachineJobTest, WhatIsClosedForMoreThanADayIsNotWaitedFor) {
  first_.closed = ClosedBy(EngineFault::kQuotaSpent, absl::Hours(25));
  engines_.pop_back();
  const MachineFailed failed = FailedOf(Run());
  EXPECT_EQ(failed.reason, "ENGINE_CLOSED");
  EXPECT_TRUE(failed.escalate);
}

TEST_F(MachineJobTest, WhatWasDoneBeforeAnEngineClosedIsNotSentAgain) {
  first_.answers["Prices rise"] = std::nullopt;
  second_.closed = ClosedBy(EngineFault::kBusy, absl::Seconds(30));
  const JobText text = Opened({.article = story_, .to = kEs});
  const MachineResult result = Run(text);
  const MachineWaits waits = WaitsOf(result);
  EXPECT_TRUE(waits.was_asked);
  EXPECT_EQ(waits.kept.size(), 2U);
  EXPECT_EQ(result.costs.size(), 1U);
  second_.closed.reset();
  const v1::Text done = CompletedOf(Run(text, {.engines = {"second"}}, waits.kept));
  EXPECT_THAT(second_.Asked(), ElementsAre("Prices rise"));
  EXPECT_EQ(done.segments(1).engine(), "first");
}

TEST_F(MachineJobTest, AnEngineThatClosesOnTheWayIsWaitedFor) {
  first_.fails_with = EngineFault::kUnavailable;
  first_.on_request = [this] {
    first_.closed = ClosedBy(EngineFault::kUnavailable, absl::Seconds(1));
  };
  engines_.pop_back();
  const MachineWaits waits = WaitsOf(Run());
  EXPECT_EQ(waits.retry_after, absl::Seconds(1));
  EXPECT_TRUE(waits.was_asked);
}

TEST_F(MachineJobTest, TheGlossaryGoesOutWithItAndIsChecked) {
  const Glossary glossary = *Glossary::Make({{.source = "harbour", .allowed = {"bahí*", "bahía"}},
                                             {.source = "absent", .allowed = {"x"}}});
  glossary_ = &glossary;
  second_.answers["Boats leave harbour 11."] = "Los barcos salen de la bahía 11.";
  second_.answers["Ships left harbour 12."] = "Los buques dejaron la bahía 12.";
  const v1::Text text = CompletedOf(Run());
  EXPECT_EQ(text.segments(1).engine(), "second");
  ASSERT_EQ(first_.requests[0].terms.size(), 1U);
  EXPECT_EQ(first_.requests[0].terms[0].source, "harbour");
  EXPECT_EQ(first_.requests[0].terms[0].target, "bahía");
}

TEST_F(MachineJobTest, WhatCannotBePutTogetherGoesToTheNextEngine) {
  story_ = StoryOf("Prices rise",
                   "<p><a href=\"https://a.example/\">Boats leave</a> "
                   "<a href=\"https://b.example/\">harbour 11</a>.</p>");
  const std::string source = "<1>Boats leave</1> <2>harbour 11</2>.";
  first_.answers[source] = "<1>Los barcos salen <2>del puerto 11</2></1>.";
  second_.answers[source] = "<1>Los barcos salen</1> del <2>puerto 11</2>.";
  const v1::Text text = CompletedOf(Run());
  EXPECT_EQ(text.segments(1).engine(), "second");
  first_.requests.clear();
  engines_.pop_back();
  const MachineFailed failed = FailedOf(Run());
  EXPECT_EQ(failed.reason, "CHECKS_FAILED");
  EXPECT_THAT(failed.note, HasSubstr("MARKUP_BROKEN"));
}

TEST_F(MachineJobTest, ALongStoryGoesOutInPartsAndSaysHowFarItIs) {
  std::string body;
  for (int i = 10; i < 140; ++i) body += "<p>" + SentenceOf(i) + "</p>";
  story_ = StoryOf("Prices rise", body);
  std::vector<int> told;
  go_on_ = [&](int done) {
    told.push_back(done);
    return true;
  };
  EXPECT_EQ(CompletedOf(Run()).segments_size(), 131);
  EXPECT_THAT(told, ElementsAre(0, 50, 100));
}

TEST_F(MachineJobTest, StopsWhenItIsSomebodyElsesOrTheProcessEnds) {
  go_on_ = [](int) { return false; };
  EXPECT_TRUE(std::holds_alternative<MachineStopped>(Run().what));
  EXPECT_THAT(first_.requests, IsEmpty());
  go_on_ = nullptr;
  first_.on_request = [this] { stop_.request_stop(); };
  EXPECT_TRUE(std::holds_alternative<MachineStopped>(Run().what));
  EXPECT_THAT(second_.requests, IsEmpty());
}

}  // namespace
}  // namespace telex::translation
