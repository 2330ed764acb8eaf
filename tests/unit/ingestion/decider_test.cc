#include "ingestion/adapters/decider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ingestion/adapters/log_store.h"
#include "ingestion/adapters/record_codec.h"
#include "ingestion/adapters/topics.h"
#include "news/article_name.h"
#include "platform/errors/errors.h"
#include "platform/kafka/cloud_event.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/ingestion/log_store_records.h"

namespace telex::ingestion {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kCluster;
using testing::kPartitions;
using ::testing::SizeIs;
using testing::Submit;
using testing::Words;

class DeciderTest : public ::testing::Test {
 protected:
  DeciderTest()
      : letters_(kDecidersGroup, kPartitions,
                 [this](const kafka::Record& record, std::string_view, const absl::Status&) {
                   set_aside_.push_back(record.offset);
                 }),
        log_store_(*LogStore::Open(
            {.folder = dir_ / "store", .cluster_id = kCluster, .partitions = kPartitions})),
        decider_(1, {.rules = KnownRules(),
                     .cluster_id = kCluster,
                     .ledger = *log_store_,
                     .dead_letters = letters_,
                     .on_decided = [this](const Decision& decision, absl::Duration) {
                       decided_.push_back(decision.position.offset);
                     }}) {}

  kafka::Record RecordOf(const Submission& submission) {
    return {.topic = kSubmissionsTopic, .partition = 1, .value = EncodeSubmission(submission)};
  }
  // From offset 5 on.
  void Take(std::vector<kafka::Record> records) {
    records_ = std::move(records);
    views_.clear();
    for (std::size_t i = 0; i < records_.size(); ++i) {
      records_[i].offset = 5 + static_cast<std::int64_t>(i);
      views_.emplace_back(records_[i]);
    }
    decider_.Take(views_);
  }
  static std::vector<std::string> TopicsOf(const owner::Round& round) {
    std::vector<std::string> topics;
    for (const auto& step : round.steps) {
      for (const kafka::Record& record : step) topics.push_back(record.topic);
    }
    return topics;
  }

  tests::TempDir dir_;
  std::vector<std::int64_t> set_aside_;
  std::vector<std::int64_t> decided_;
  kafka::DeadLetters letters_;
  std::unique_ptr<LogStore> log_store_;
  Decider decider_;
  std::vector<kafka::Record> records_;
  std::vector<kafka::RecordView> views_;
};

TEST_F(DeciderTest, WhatCannotBeReadIsSetAsideBeforeWhatFollowsItIsDecided) {
  const kafka::Record broken{.topic = kSubmissionsTopic, .partition = 1, .value = "\xFF"};
  const kafka::Record none{.topic = kSubmissionsTopic, .partition = 1};
  Take({broken, RecordOf(Submit(Words("One"))), none});
  const auto round = decider_.Next(false);
  ASSERT_TRUE(round.ok()) << round.status();
  EXPECT_EQ(round->taken, 3u);
  const std::string letters = kafka::DeadLetterTopic(kSubmissionsTopic, kDecidersGroup);
  EXPECT_THAT(TopicsOf(*round), ElementsAre(letters, letters, kArticlesTopic, kDecisionsTopic));
  EXPECT_THAT(set_aside_, IsEmpty());
  decider_.Recorded();
  EXPECT_THAT(set_aside_, ElementsAre(5, 7));
  EXPECT_THAT(decided_, ElementsAre(6));
}

TEST_F(DeciderTest, ABatchOfNothingThatCanBeReadIsDealtWith) {
  Take(
      {{.topic = kSubmissionsTopic, .partition = 1}, {.topic = kSubmissionsTopic, .partition = 1}});
  const auto round = decider_.Next(false);
  ASSERT_TRUE(round.ok()) << round.status();
  EXPECT_EQ(round->taken, 2u);
  decider_.Recorded();
  EXPECT_THAT(set_aside_, SizeIs(2));
}

TEST_F(DeciderTest, AnUnknownRuleHoldsThePartitionBehindWhatComesBeforeIt) {
  Submission newer = Submit(Words("Two"));
  newer.rule = 99;
  const kafka::Record broken{.topic = kSubmissionsTopic, .partition = 1, .value = "\xFF"};
  Take({RecordOf(Submit(Words("One"))), broken, RecordOf(newer), RecordOf(Submit(Words("Three")))});
  auto round = decider_.Next(false);
  ASSERT_TRUE(round.ok()) << round.status();
  decider_.Recorded();
  std::size_t taken = round->taken;
  if (taken < 2) {
    round = decider_.Next(false);
    ASSERT_TRUE(round.ok()) << round.status();
    decider_.Recorded();
    taken += round->taken;
  }
  EXPECT_EQ(taken, 2u);
  EXPECT_THAT(set_aside_, ElementsAre(6));
  EXPECT_EQ(errors::ReasonOf(decider_.Next(false).status()), errors::kUnknownRule);
  EXPECT_THAT(decided_, ElementsAre(5));
}

TEST_F(DeciderTest, AWorkIsBoundedByWhatItMakesAndNotByWhatItIsGiven) {
  // Each weighs more than half of what a piece of work may weigh.
  std::vector<kafka::Record> submissions;
  for (int i = 0; i < 4; ++i) {
    Submission submission = Submit(Words("Big"));
    submission.rule = 1;  // which knows no bound of an article's weight
    submission.subject = news::ArticleId::Of("caliber.az", std::to_string(i));
    std::get<SetContent>(submission.action).content.body_html = std::string(3u << 20, 'x');
    submissions.push_back(RecordOf(submission));
  }
  Take(std::move(submissions));
  const auto round = decider_.Next(false);
  ASSERT_TRUE(round.ok()) << round.status();
  EXPECT_EQ(round->taken, 2u);
}

TEST_F(DeciderTest, AnEdgeWhoseClockIsFastPublishesNoEmbargoedStory) {
  SetContent set = Words("One");
  set.content.embargoed = testing::At(1'000);
  Submission submission = Submit(set, /*seconds=*/2'000);
  submission.rule = 4;
  kafka::Record record = RecordOf(submission);
  record.timestamp_ms = absl::ToUnixMillis(testing::At(10));
  Take({record});
  const auto round = decider_.Next(false);
  ASSERT_TRUE(round.ok()) << round.status();
  ASSERT_EQ(TopicsOf(*round), (std::vector<std::string>{kArticlesTopic, kDecisionsTopic}));
  const auto head = DecodeArticleHead(*round->steps[1].front().value);
  ASSERT_TRUE(head.ok()) << head.status();
  EXPECT_EQ(head->article.availability, news::Availability::kEmbargoed);
  EXPECT_EQ(head->article.versioncreated, testing::At(10));
}

}  // namespace
}  // namespace telex::ingestion
