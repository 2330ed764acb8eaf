#include "ingestion/domain/partition_fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "news/article_name.h"
#include "tests/unit/ingestion/decide_support.h"
#include "tests/unit/ingestion/stories.h"

namespace telex::ingestion {
namespace {

using news::Version;
using testing::Caliber;
using ::testing::IsEmpty;
using testing::kRequest;
using testing::Position;
using ::testing::SizeIs;
using testing::Story;
using testing::Submit;
using testing::SubmitAs;
using testing::SubmitSource;
using testing::Words;

// What has been read back: only what a test says.
class FakeLedger final : public Ledger {
 public:
  std::optional<ArticleHead> ArticleHeadOf(const news::ArticleId& article) const override {
    return Find(articles_, article);
  }
  std::optional<SourceHead> SourceHeadOf(const news::SourceId& source) const override {
    return Find(sources_, source.text());
  }
  std::optional<Decision> DecisionAt(const SubmissionPosition& position) const override {
    return Find(decisions_, position.offset);
  }
  std::optional<Decision> StandingDecision(const std::string& subject,
                                           const std::string& request_id) const override {
    return Find(standing_, subject + request_id);
  }
  std::int64_t KnownSubmissions(std::int32_t) const override { return 0; }
  void Read(const ArticleHead& head) { articles_.insert_or_assign(head.article.id, head); }
  void Read(const SourceHead& head) { sources_.insert_or_assign(head.source.id.text(), head); }
  void Read(const Decision& decision) {
    decisions_.insert_or_assign(decision.position.offset, decision);
    if (decision.StandsForRepeats())
      standing_.insert_or_assign(decision.subject + decision.request_id, decision);
  }
  void ReadAll(const PartitionFold::Work& work) {
    for (const auto& head : work.articles) Read(head);
    for (const auto& head : work.sources) Read(head);
    for (const auto& decision : work.decisions) Read(decision);
  }

 private:
  template <typename Map, typename Key>
  static std::optional<typename Map::mapped_type> Find(const Map& map, const Key& key) {
    const auto found = map.find(key);
    return found == map.end() ? std::nullopt : std::optional(found->second);
  }
  std::map<news::ArticleId, ArticleHead> articles_;
  std::map<std::string, SourceHead> sources_;
  std::map<std::int64_t, Decision> decisions_;
  std::map<std::string, Decision> standing_;
};

class PartitionFoldTest : public ::testing::Test {
 protected:
  // Positions from `first` on.
  static std::vector<PositionedSubmission> At(std::int64_t first,
                                              std::vector<Submission> submissions) {
    std::vector<PositionedSubmission> positioned;
    for (auto& submission : submissions)
      positioned.push_back({Position(first++), std::move(submission)});
    return positioned;
  }
  static Submission On(std::string_view key, Submission submission) {
    submission.subject = Story(key);
    return submission;
  }
  PartitionFold::Work Fold(PartitionFold& fold,
                           const std::vector<PositionedSubmission>& submissions) {
    auto work = fold.Fold(submissions);
    EXPECT_TRUE(work.ok()) << work.status();
    if (work.ok()) fold.Recorded(*work);
    return work.ok() ? *std::move(work) : PartitionFold::Work{};
  }

  FakeLedger ledger_;
  PartitionFold fold_{KnownRules(), ledger_};
};

// An append that failed: the same batch comes again, and the version with it.
TEST_F(PartitionFoldTest, AnUnrecordedPieceOfWorkIsFoldedAgainToTheSameBytes) {
  const auto batch =
      At(10, {SubmitAs(kRequest, Words("One")), SubmitSource(Caliber(), Version{0})});
  const auto lost = fold_.Fold(batch);
  ASSERT_TRUE(lost.ok()) << lost.status();
  const PartitionFold::Work again = Fold(fold_, batch);
  ASSERT_THAT(again.articles, SizeIs(1));
  EXPECT_EQ(again.articles[0], lost->articles[0]);
  EXPECT_EQ(again.sources, lost->sources);
  EXPECT_EQ(again.decisions, lost->decisions);
  EXPECT_EQ(Fold(fold_, At(12, {Submit(Words("Two"), 1)})).articles[0].article.version.number, 2);
}

TEST_F(PartitionFoldTest, NoSubjectStandsTwiceInOnePieceOfWork) {
  const auto batch = At(10, {On("a", Submit(Words("A1"))), On("b", Submit(Words("B1"))),
                             On("a", Submit(Words("A2"), 1)), On("c", Submit(Words("C1")))});
  const PartitionFold::Work first = Fold(fold_, batch);
  EXPECT_EQ(first.taken, 2u);
  EXPECT_THAT(first.articles, SizeIs(2));
  EXPECT_THAT(first.decisions, SizeIs(2));
  const PartitionFold::Work second = Fold(fold_, {batch.begin() + 2, batch.end()});
  EXPECT_EQ(second.taken, 2u);
  ASSERT_THAT(second.articles, SizeIs(2));
  EXPECT_EQ(second.articles[0].article.version.number, 2);
}

TEST_F(PartitionFoldTest, NorDoesASubjectWhoseFirstSubmissionMadeNothing) {
  // Sound only when a decision is acknowledged before the next of that article, whatever it said.
  const auto batch = At(10, {On("a", Submit(Kill{"x", ""})), On("a", Submit(Words("A1")))});
  EXPECT_EQ(Fold(fold_, batch).taken, 1u);
}

TEST_F(PartitionFoldTest, ASourceNorEither) {
  Source changed = Caliber();
  changed.attribution = "Caliber";
  const auto batch = At(1, {SubmitSource(Caliber(), Version{0}), On("a", Submit(Words("A"))),
                            SubmitSource(changed, Version{1}, 1)});
  const PartitionFold::Work first = Fold(fold_, batch);
  EXPECT_EQ(first.taken, 2u);
  EXPECT_THAT(first.sources, SizeIs(1));
  const PartitionFold::Work second = Fold(fold_, {batch.begin() + 2, batch.end()});
  ASSERT_THAT(second.sources, SizeIs(1));
  EXPECT_EQ(second.sources[0].source.version.number, 2);
}

TEST_F(PartitionFoldTest, ItBuildsOnWhatItMadeBeforeTheLedgerHasReadIt) {
  for (int i = 0; i < 5; ++i) {
    const PartitionFold::Work work = Fold(
        fold_, At(10 + i, {Submit(Words(std::string(static_cast<std::size_t>(i) + 1, 'x')), i)}));
    ASSERT_THAT(work.articles, SizeIs(1));
    EXPECT_EQ(work.articles[0].article.version.number, i + 1);
  }
  EXPECT_EQ(fold_.remembered(), 1u);
}

TEST_F(PartitionFoldTest, WhatTheLedgerHasIsForgotten) {
  std::vector<PartitionFold::Work> works;
  works.push_back(
      Fold(fold_, At(10, {SubmitAs(kRequest, Words("One")), SubmitSource(Caliber(), Version{0})})));
  EXPECT_EQ(fold_.remembered(), 3u);  // an article, a source, a standing decision
  works.push_back(Fold(fold_, At(12, {Submit(Words("Two"), 1)})));
  EXPECT_EQ(fold_.remembered(), 3u);
  ledger_.ReadAll(works[0]);
  Fold(fold_, At(13, {On("other", Submit(Kill{"x", ""}))}));
  EXPECT_EQ(fold_.remembered(), 1u);  // version 2 has not been read
  ledger_.ReadAll(works[1]);
  Fold(fold_, At(14, {On("other", Submit(Kill{"x", ""}))}));
  EXPECT_EQ(fold_.remembered(), 0u);
}

TEST_F(PartitionFoldTest, ALedgerThatIsAheadIsBelieved) {
  // Another owner has been there: the newest of both counts.
  const PartitionFold::Work mine = Fold(fold_, At(10, {Submit(Words("One"))}));
  FakeLedger other_ledger;
  PartitionFold other(KnownRules(), other_ledger);
  PartitionFold::Work last;
  for (int i = 0; i < 3; ++i) {
    last = Fold(other, At(10 + i, {Submit(Words(i == 0 ? "One" : "More" + std::to_string(i)), i)}));
    ledger_.ReadAll(last);
  }
  const PartitionFold::Work next = Fold(fold_, At(13, {Submit(Words("Four"), 9)}));
  ASSERT_THAT(next.articles, SizeIs(1));
  EXPECT_EQ(next.articles[0].article.version.number, 4);
}

TEST_F(PartitionFoldTest, AnOvertakenOwnerAwaitsTheDecisionThatARepeatNeeds) {
  // Another owner has decided both; its versions are read here before its decisions.
  PartitionFold other(KnownRules(), ledger_);
  const PartitionFold::Work first = Fold(other, At(10, {SubmitAs(kRequest, Words("One"))}));
  const PartitionFold::Work second = Fold(other, At(11, {Submit(Words("Two"), 1)}));
  ledger_.Read(second.articles.front());
  const auto mine =
      At(10, {SubmitAs(kRequest, Words("One")), On("b", SubmitAs(kRequest, Words("One")))});
  const auto waits = fold_.Fold(mine);
  ASSERT_TRUE(waits.ok());
  EXPECT_TRUE(waits->awaits_decisions);
  EXPECT_EQ(waits->taken, 0u);
  ledger_.Read(first.decisions.front());
  EXPECT_EQ(Fold(fold_, {mine[0]}).taken, 1u);
  const PartitionFold::Work again = Fold(fold_, At(12, {SubmitAs(kRequest, Words("Three"), 2)}));
  EXPECT_EQ(again.decisions.front().repeats, Position(10));
}

TEST_F(PartitionFoldTest, WhatHasExpiredIsNotAwaited) {
  PartitionFold other(KnownRules(), ledger_);
  Fold(other, At(10, {Submit(Words("One"))}));
  ledger_.Read(Fold(other, At(11, {Submit(Words("Two"), 1)})).articles.front());
  const auto work = fold_.Fold(At(10, {Submit(Words("One")), On("b", Submit(Words("One")))}), true);
  ASSERT_TRUE(work.ok());
  EXPECT_EQ(work->taken, 2u);
  EXPECT_THAT(work->articles, SizeIs(1));  // of b
}

TEST_F(PartitionFoldTest, ItRepeatsNothingThatIsOnRecord) {
  const auto batch = At(10, {On("a", Submit(Words("A"))), On("b", Submit(Kill{"x", ""}))});
  ledger_.ReadAll(Fold(fold_, batch));
  PartitionFold successor(KnownRules(), ledger_);
  const PartitionFold::Work again = Fold(successor, batch);
  EXPECT_EQ(again.taken, 2u);
  EXPECT_THAT(again.articles, IsEmpty());
  EXPECT_THAT(again.decisions, IsEmpty());
  EXPECT_EQ(successor.remembered(), 0u);
}

TEST_F(PartitionFoldTest, TwoOwnersComeToTheSameRecords) {
  const std::vector<PositionedSubmission> batch =
      At(10, {SubmitAs(kRequest, Words("One")), SubmitAs(kRequest, Words("Two"), 1),
              Submit(Withhold{"x", ""}, 2), Submit(Purge{"x", ""}, 3)});
  FakeLedger other_ledger;
  PartitionFold other(KnownRules(), other_ledger);
  for (const auto& one : batch) {
    const PartitionFold::Work mine = Fold(fold_, {one});
    const PartitionFold::Work theirs = Fold(other, {one});
    other_ledger.ReadAll(theirs);  // one reads its own appends at once, the other never
    EXPECT_EQ(mine.articles, theirs.articles);
    EXPECT_EQ(mine.decisions, theirs.decisions);
    EXPECT_EQ(mine.tombstones, theirs.tombstones);
  }
}

TEST_F(PartitionFoldTest, ARequestIsRememberedBeforeItsDecisionHasBeenReadBack) {
  Fold(fold_, At(10, {SubmitAs(kRequest, Words("One"))}));
  const PartitionFold::Work again = Fold(fold_, At(11, {SubmitAs(kRequest, Words("Two"), 1)}));
  ASSERT_THAT(again.decisions, SizeIs(1));
  EXPECT_EQ(again.decisions[0].repeats, Position(10));
  EXPECT_THAT(again.articles, IsEmpty());
}

TEST_F(PartitionFoldTest, ARequestIsRememberedForItsOwnSubjectAlone) {
  Fold(fold_, At(10, {On("a", SubmitAs(kRequest, Words("One")))}));
  const PartitionFold::Work other =
      Fold(fold_, At(11, {On("b", SubmitAs(kRequest, Words("Two"), 1))}));
  EXPECT_THAT(other.articles, SizeIs(1));
}

TEST_F(PartitionFoldTest, WhatWasDecidedLaterIsNotEarlier) {
  // The ledger has read the decision of a later submission with this request id.
  Decision later;
  later.position = Position(20);
  later.subject = news::NameOf(Story());
  later.verdict = Verdict::kAccepted;
  later.version = Version{1};
  later.request_id = kRequest;
  later.time = testing::At(5);
  ledger_.Read(later);
  const PartitionFold::Work work = Fold(fold_, At(10, {SubmitAs(kRequest, Words("One"))}));
  ASSERT_THAT(work.decisions, SizeIs(1));
  EXPECT_EQ(work.decisions[0].repeats, std::nullopt);
}

TEST_F(PartitionFoldTest, AnUnknownRuleInTheMiddleLetsWhatComesBeforeItBeDone) {
  Submission strange = On("b", Submit(Words("B")));
  strange.rule = 99;
  const auto batch = At(10, {On("a", Submit(Words("A"))), strange, On("c", Submit(Words("C")))});
  const PartitionFold::Work work = Fold(fold_, batch);
  EXPECT_EQ(work.taken, 1u);
  EXPECT_THAT(work.articles, SizeIs(1));
  EXPECT_THAT(work.decisions, SizeIs(1));
  const auto stopped = fold_.Fold(std::span(batch).subspan(1));
  EXPECT_TRUE(absl::IsFailedPrecondition(stopped.status()));
}

TEST_F(PartitionFoldTest, APurgesTombstonesNameTheirArticle) {
  Fold(fold_, At(10, {Submit(Words("One"))}));
  Fold(fold_, At(11, {Submit(Words("Two"), 1)}));
  const PartitionFold::Work work = Fold(fold_, At(12, {Submit(Purge{"x", ""}, 2)}));
  EXPECT_EQ(work.tombstones, (std::vector<std::pair<news::ArticleId, Version>>{
                                 {Story(), Version{1}}, {Story(), Version{2}}}));
}

}  // namespace
}  // namespace telex::ingestion
