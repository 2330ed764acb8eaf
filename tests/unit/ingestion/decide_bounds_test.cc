// No version is larger than its topic takes, whatever stands in the log (deciding rule 3).
#include <gtest/gtest.h>

#include <string>

#include "ingestion/domain/normalise.h"
#include "ingestion/domain/weight.h"
#include "tests/unit/ingestion/decide_support.h"

namespace telex::ingestion {
namespace {

using namespace testing;

Rule ThirdRule() { return KnownRules().at(3); }

// A story of that weight, whatever else it has.
SetContent Weighing(std::size_t bytes, std::string headline = "One") {
  SetContent set = Words(std::move(headline));
  set.content.body_html.clear();
  History history;
  history.Decide(Submit(set));
  set.content.body_html.assign(bytes - WeightOf(history.article()), 'x');
  return set;
}

TEST(DecideBoundsTest, AVersionAtTheBoundIsMadeAndOneBeyondIsRefused) {
  const Rule rule = ThirdRule();
  History history(rule);
  EXPECT_VERDICT(history.Decide(Submit(Weighing(rule.article_bytes_max + 1))), Verdict::kRefused,
                 Reason::kArticleTooLarge, 0);
  EXPECT_FALSE(history.has_head());
  EXPECT_VERDICT(history.Decide(Submit(Weighing(rule.article_bytes_max))), Verdict::kAccepted,
                 Reason::kNone, 1);
  EXPECT_EQ(WeightOf(history.article()), rule.article_bytes_max);
}

TEST(DecideBoundsTest, TheRulesBeforeDecideAsTheyDid) {
  for (const int rule : {1, 2}) {
    History history(KnownRules().at(rule));
    SetContent set = Weighing(ThirdRule().article_bytes_max + 1);
    set.content.media.resize(51);
    EXPECT_VERDICT(history.Decide(Submit(set)), Verdict::kAccepted, Reason::kNone, 1);
    const std::string words(2'001, 'x');
    history.Decide(Submit(Kill{words, words}));
    EXPECT_EQ(history.article().status_reason, words);
  }
}

// The head's shelves count, and what the head's own words said does not matter: a source that is
// applied over an editor's correction replaces it whole.
TEST(DecideBoundsTest, ASourcesLaterVersionOverACorrectionIsBoundToo) {
  const Rule rule = ThirdRule();
  History history(rule);
  history.Decide(Submit(FromSource(Words("One"))));
  SetContent moved = Words("Two");
  moved.content.section = SectionOf("sport");
  history.Decide(Submit(moved));
  const ArticleHead before = history.head();

  SetContent later = Weighing(rule.article_bytes_max, "Three");
  later.edited_policy = EditedPolicy::kApply;
  EXPECT_VERDICT(history.Decide(Submit(FromSource(later))), Verdict::kRefused,
                 Reason::kArticleTooLarge, 2);
  EXPECT_EQ(history.head(), before) << "the source is heard again when it sends less";
  later.edited_policy = EditedPolicy::kHold;
  EXPECT_VERDICT(history.Decide(Submit(FromSource(later))), Verdict::kHeld, Reason::kEditedByEditor,
                 2);
  SetContent less = Weighing(rule.article_bytes_max - 100, "Three");
  less.edited_policy = EditedPolicy::kApply;
  EXPECT_VERDICT(history.Decide(Submit(FromSource(less))), Verdict::kAccepted, Reason::kNone, 3);
}

TEST(DecideBoundsTest, MediaAreCounted) {
  History history(ThirdRule());
  SetContent set = Words("One");
  set.content.media.resize(51);
  EXPECT_VERDICT(history.Decide(Submit(set)), Verdict::kRefused, Reason::kArticleTooLarge, 0);
  set.content.media.resize(50);
  EXPECT_VERDICT(history.Decide(Submit(set)), Verdict::kAccepted, Reason::kNone, 1);
}

TEST(DecideBoundsTest, WhatWasRefusedMayBeTriedAgainUnderItsRequestId) {
  History history(ThirdRule());
  const auto refused =
      history.Decide(SubmitAs(kRequest, Weighing(ThirdRule().article_bytes_max + 1)));
  EXPECT_FALSE(refused.decision.StandsForRepeats());
  EXPECT_VERDICT(history.Decide(SubmitAs(kRequest, Words("One")), &refused.decision),
                 Verdict::kAccepted, Reason::kNone, 1);
}

TEST(DecideBoundsTest, ATakedownIsNeverRefusedAndItsWordsAreCut) {
  const Rule rule = ThirdRule();
  History history(rule);
  history.Decide(Submit(Weighing(rule.article_bytes_max)));
  const std::string words = std::string(1'999, 'x') + "ж and more";
  EXPECT_VERDICT(history.Decide(Submit(Kill{words, words})), Verdict::kAccepted, Reason::kNone, 2);
  EXPECT_EQ(history.article().status, news::PubStatus::kCanceled);
  EXPECT_EQ(history.article().status_reason, std::string(1'999, 'x')) << "no half character";
  EXPECT_EQ(history.article().status_note, std::string(1'999, 'x'));
  EXPECT_VERDICT(history.Decide(Submit(Kill{words, words})), Verdict::kUnchanged,
                 Reason::kAlreadySo, 2);
  EXPECT_VERDICT(history.Decide(Submit(Purge{.reason = words})), Verdict::kAccepted, Reason::kNone,
                 3);
  EXPECT_EQ(history.article().status_reason, std::string(1'999, 'x'));
}

// The bounds of an edge add up to less than the rule's, with as many shelves as there may be.
TEST(DecideBoundsTest, WhateverAnEdgeTakesIsWithinTheBound) {
  Draft draft;
  const std::string address = "https://a/" + std::string(news::kKeyBytesMax - 10, 'x');
  draft.headline.assign(news::kHeadlineBytesMax, 'x');
  draft.byline.assign(news::kBylineBytesMax, 'x');
  draft.body_html.assign(news::kBodyBytesMax, 'x');
  draft.ednote.assign(news::kNoteBytesMax, 'x');
  draft.guid.assign(news::kKeyBytesMax, 'x');
  draft.canonical_url = address;
  const std::string field(news::kMediaFieldBytesMax, 'x');
  draft.media.assign(news::kMediaMax,
                     {.href = address, .media_type = field, .alt_text = field, .credit = field});
  draft.terms = news::UsageTerms{.text = std::string(news::kTermsBytesMax, 'x'),
                                 .attribution = std::string(news::kBylineBytesMax, 'x'),
                                 .link = address};
  draft.warnings.assign(10'000, std::string(10'000, 'x'));
  const Source source = Caliber();
  const auto set = Normalise({.draft = draft, .source = source, .now = At(0), .field_path = "a."});
  ASSERT_TRUE(set.ok()) << set.status();
  EXPECT_EQ(set->warnings.size(), kWarningsMax);
  EXPECT_EQ(set->warnings[0].size(), kWarningBytesMax);
  History history(ThirdRule());
  EXPECT_VERDICT(history.Decide(Submit(*set)), Verdict::kAccepted, Reason::kNone, 1);
  EXPECT_LT(WeightOf(history.article()) + news::kShelvesMax * 100, ThirdRule().article_bytes_max);
}

// --- the log's clock (deciding rule 4) ---------------------------------------------------------

TEST(LogClockTest, NoSubmissionIsLaterThanTheLogSays) {
  const RuleBook rules = KnownRules();
  EXPECT_EQ(BoundByLogClock(rules, 4, At(3'600), At(1)), At(1));
  EXPECT_EQ(BoundByLogClock(rules, 4, At(1), At(3'600)), At(1)) << "nor than its edge says";
  for (const int rule : {1, 2, 3, 99})
    EXPECT_EQ(BoundByLogClock(rules, rule, At(3'600), At(1)), At(3'600)) << rule;
}

TEST(LogClockTest, AnOwnerWhoseClockIsFastEndsNoEmbargo) {
  History history(KnownRules().at(4));
  history.Decide(Submit(Embargoed("One", 10, 20)));
  EXPECT_VERDICT(history.Decide(Submit(Reached(1, 10), 9.999)), Verdict::kUnchanged,
                 Reason::kTooEarly, 1);
  EXPECT_VERDICT(history.Decide(Submit(Reached(1, 10), 10)), Verdict::kAccepted, Reason::kNone, 2);
  EXPECT_VERDICT(history.Decide(Submit(Reached(2, 20), 19)), Verdict::kUnchanged, Reason::kTooEarly,
                 2);
}

TEST(LogClockTest, TheRulesBeforeBelieveTheOwner) {
  History history(KnownRules().at(3));
  history.Decide(Submit(Embargoed("One", 10, std::nullopt)));
  EXPECT_VERDICT(history.Decide(Submit(Reached(1, 10), 5)), Verdict::kAccepted, Reason::kNone, 2);
}

}  // namespace
}  // namespace telex::ingestion
