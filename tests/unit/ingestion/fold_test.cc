#include "ingestion/domain/fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/ingestion/stories.h"

namespace telex::ingestion {
namespace {

using news::Version;
using testing::At;
using testing::Caliber;
using ::testing::ElementsAre;
using testing::History;
using ::testing::IsEmpty;
using testing::Position;
using testing::Submit;
using testing::SubmitAs;
using testing::SubmitSource;
using testing::Words;

const RuleBook kRules = KnownRules();

bool IsEmptyStep(const Step<ArticleHead>& step) {
  return !step.record && step.tombstones.empty() && !step.decision;
}

TEST(FoldTest, WhatIsNewIsDecidedRecordedAndSaid) {
  const auto step =
      FoldArticle(kRules, nullptr, nullptr, nullptr, Submit(Words("One")), Position(10));
  ASSERT_TRUE(step.ok());
  ASSERT_TRUE(step->record);
  ASSERT_TRUE(step->decision);
  EXPECT_EQ(step->decision->version.number, 1);
  EXPECT_THAT(step->tombstones, IsEmpty());
}

TEST(FoldTest, WhatHasADecisionOnRecordAndItsVersionIsDone) {
  History history;
  const auto outcome = history.Decide(Submit(Words("One")));
  const auto step = FoldArticle(kRules, &history.head(), &outcome.decision, nullptr,
                                Submit(Words("One")), Position(10));
  ASSERT_TRUE(step.ok());
  EXPECT_TRUE(IsEmptyStep(*step));
}

TEST(FoldTest, ADecisionWhoseVersionHasNotBeenReadIsMadeAgainTheSame) {
  History history;
  const auto outcome = history.Decide(Submit(Words("One")));
  const auto step =
      FoldArticle(kRules, nullptr, &outcome.decision, nullptr, Submit(Words("One")), Position(10));
  ASSERT_TRUE(step.ok());
  EXPECT_EQ(step->record, history.head());
  EXPECT_EQ(step->decision, outcome.decision);
}

TEST(FoldTest, ASubmissionBeforeItsArticlesPositionIsDecidedAlready) {
  History history;
  history.Decide(Submit(Words("One")));  // at 10
  history.Decide(Submit(Words("Two")));  // at 11
  const auto step =
      FoldArticle(kRules, &history.head(), nullptr, nullptr, Submit(Words("One")), Position(10));
  ASSERT_TRUE(step.ok());
  EXPECT_TRUE(IsEmptyStep(*step));
}

TEST(FoldTest, AVersionWhoseOwnerDiedBeforeItSaidSoIsSaidAndNotMadeAgain) {
  History history;
  const Submission submission = SubmitAs("request", Words("One"), 5);
  const auto outcome = history.Decide(submission);
  const auto step =
      FoldArticle(kRules, &history.head(), nullptr, nullptr, submission, Position(10));
  ASSERT_TRUE(step.ok());
  EXPECT_EQ(step->record, std::nullopt);
  EXPECT_EQ(step->decision, outcome.decision);
}

TEST(FoldTest, APurgeForgetsEveryVersionBeforeItAndSaysSoAgainAfterACrash) {
  History history;
  history.Decide(Submit(Words("One")));
  history.Decide(Submit(Words("Two"), 1));
  history.Decide(Submit(Words("Three"), 2));
  const Submission purge = Submit(Purge{"x", "https://caliber.az/"}, 3);
  const auto step = FoldArticle(kRules, &history.head(), nullptr, nullptr, purge, Position(13));
  ASSERT_TRUE(step.ok());
  EXPECT_THAT(step->tombstones, ElementsAre(Version{1}, Version{2}, Version{3}));
  ASSERT_TRUE(step->record);
  const auto again = FoldArticle(kRules, &*step->record, nullptr, nullptr, purge, Position(13));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->record, std::nullopt);
  EXPECT_THAT(again->tombstones, ElementsAre(Version{1}, Version{2}, Version{3}));
  EXPECT_EQ(again->decision, step->decision);
}

TEST(FoldTest, OnlyAPurgeLeavesTombstones) {
  History history;
  history.Decide(Submit(Words("One")));
  for (const Submission& submission :
       {Submit(Words("Two"), 1), Submit(Kill{"x", ""}, 1), Submit(Withhold{"x", ""}, 1)}) {
    const auto step =
        FoldArticle(kRules, &history.head(), nullptr, nullptr, submission, Position(11));
    ASSERT_TRUE(step.ok());
    EXPECT_THAT(step->tombstones, IsEmpty());
  }
}

TEST(FoldTest, AnUnknownRuleStopsTheReplica) {
  Submission submission = Submit(Words("One"));
  submission.rule = 9;
  const auto step = FoldArticle(kRules, nullptr, nullptr, nullptr, submission, Position(10));
  EXPECT_TRUE(absl::IsFailedPrecondition(step.status()));
  EXPECT_THAT(std::string(step.status().message()), ::testing::HasSubstr("rule 9"));
}

// The decision's time is as its rule bounds it: another release would say another one.
TEST(FoldTest, AnUnknownRuleStopsTheReplicaWhereTheVersionIsOnRecordAndNotItsDecision) {
  History history;
  history.Decide(Submit(Words("One")));  // at 10
  Submission submission = Submit(Words("One"));
  submission.rule = 9;
  const auto step =
      FoldArticle(kRules, &history.head(), nullptr, nullptr, submission, Position(10));
  EXPECT_TRUE(absl::IsFailedPrecondition(step.status()));
}

TEST(FoldTest, AnUnknownRuleThatIsDecidedAlreadyStopsNobody) {
  History history;
  auto outcome = history.Decide(Submit(Words("One")));
  Submission submission = Submit(Words("One"));
  submission.rule = 9;
  const auto step =
      FoldArticle(kRules, &history.head(), &outcome.decision, nullptr, submission, Position(10));
  ASSERT_TRUE(step.ok());
  EXPECT_TRUE(IsEmptyStep(*step));
}

TEST(FoldTest, ASubmissionIsDecidedByTheRuleItNames) {
  RuleBook rules = kRules;
  rules[2] = Rule{.version_step_min = absl::Seconds(7)};
  History history;
  history.Decide(Submit(Words("One")));
  Submission submission = Submit(Words("Two"));
  submission.rule = 2;
  const auto step = FoldArticle(rules, &history.head(), nullptr, nullptr, submission, Position(11));
  ASSERT_TRUE(step.ok());
  EXPECT_EQ(step->record->article.versioncreated, At(7));
  EXPECT_EQ(step->record->rule, 2);
  EXPECT_EQ(step->decision->rule, 2);
}

TEST(FoldTest, SourcesGoTheSameWay) {
  const Submission submission = SubmitSource(Caliber(), Version{0});
  const auto made = FoldSource(kRules, nullptr, nullptr, nullptr, submission, Position(4));
  ASSERT_TRUE(made.ok());
  ASSERT_TRUE(made->record);
  const auto crashed =
      FoldSource(kRules, &*made->record, nullptr, nullptr, submission, Position(4));
  ASSERT_TRUE(crashed.ok());
  EXPECT_EQ(crashed->record, std::nullopt);
  EXPECT_EQ(crashed->decision, made->decision);
  const auto done =
      FoldSource(kRules, &*made->record, &*made->decision, nullptr, submission, Position(4));
  ASSERT_TRUE(done.ok());
  EXPECT_EQ(done->decision, std::nullopt);
}

}  // namespace
}  // namespace telex::ingestion
