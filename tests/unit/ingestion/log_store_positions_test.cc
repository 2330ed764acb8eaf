#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <future>
#include <random>

#include "ingestion/adapters/log_store_rows.h"
#include "platform/errors/errors.h"
#include "tests/unit/ingestion/log_store_fixture.h"

namespace telex::ingestion {
namespace {

using news::Version;
using testing::At;
using testing::Caliber;
using testing::DecisionOf;
using testing::kPartitions;
using testing::kRequest;
using testing::LogStoreTest;
using testing::Made;
using testing::PartitionOfStory;
using testing::Position;
using testing::Purged;
using testing::RecordOf;
using testing::Story;
using testing::TombstoneOf;

// Refusals

TEST_F(LogStoreTest, ARecordInAnotherPartitionThanItsKeySaysStopsTheReading) {
  for (kafka::Record record : {RecordOf(Made("a", 1, 1)), TombstoneOf(Story("a"), 1),
                               RecordOf(SourceHead{.source =
                                                       [] {
                                                         Source s = Caliber();
                                                         s.version = Version{1};
                                                         return s;
                                                       }(),
                               .position = Position(1),
                               .rule = 1})}) {
    record.partition = (record.partition + 1) % kPartitions;
    record.offset = 0;
    const auto outcome = log_store_->log().OnBatch({&record, 1}, {});
    EXPECT_EQ(outcome.kind(), kafka::Outcome::Kind::kFatal);
    EXPECT_EQ(errors::ReasonOf(outcome.status()), errors::kWrongPartitionCount);
  }
  EXPECT_EQ(log_store_->ArticleCount(), 0u);
}

TEST_F(LogStoreTest, ARecordThatNamesAnotherClusterStopsTheReading) {
  ArticleHead head = Made("a", 1, 1);
  head.position.cluster = "cluster-b";
  Decision decision = DecisionOf(1, 1);
  decision.position.cluster = "cluster-b";
  for (const kafka::Record& record : {RecordOf(head), RecordOf(decision)}) {
    const absl::Status status = Read({record});
    EXPECT_EQ(errors::ReasonOf(status), errors::kLogTruncated);
  }
  EXPECT_EQ(log_store_->ArticleCount(), 0u);
}

TEST_F(LogStoreTest, WhatCannotBeReadStopsTheReadingAndNothingOfItsBatchIsKept) {
  kafka::Record garbage = RecordOf(Made("b", 1, 1));
  garbage.value = "garbage";
  kafka::Record other_key = RecordOf(Made("b", 1, 1));
  other_key.key = news::NameOf(Story("b"), Version{2});
  kafka::Record no_name = RecordOf(Made("b", 1, 1));
  no_name.key = "b";
  kafka::Record decision = RecordOf(DecisionOf(1, 1));
  decision.value = "garbage";
  for (const kafka::Record& bad : {garbage, other_key, no_name, decision}) {
    const absl::Status status = Read({RecordOf(Made("a", 1, 1)), bad});
    EXPECT_EQ(errors::ReasonOf(status), errors::kRecordUnreadable) << bad.key << status;
  }
  EXPECT_EQ(log_store_->ArticleCount(), 0u);
  EXPECT_EQ(log_store_->log().PositionOf({kArticlesTopic, PartitionOfStory(Story("a"))}), 0);
}

// Positions

TEST_F(LogStoreTest, ANewLibraryReadsEveryPartitionFromTheBeginning) {
  const auto from = log_store_->log().StartPositions();
  EXPECT_EQ(from.size(), 3u * kPartitions);
  for (const auto& place : from) {
    EXPECT_EQ(place.offset, std::nullopt);
    EXPECT_EQ(place.skip_expired, place.partition.topic == kDecisionsTopic);
  }
}

TEST_F(LogStoreTest, ReopenedItResumesAtTheStampedPositions) {
  ReadAll(Made("a", 1, 1), Made("a", 2, 2));
  ReadAll(DecisionOf(1, 1));
  const std::string answers = Answers();
  ASSERT_TRUE(log_store_->log().Close().ok());
  Open();
  EXPECT_EQ(log_store_->log().store().report().opening, store::Opening::kResumed);
  EXPECT_EQ(Answers(), answers);
  for (const auto& place : log_store_->log().StartPositions()) {
    if (place.partition == kafka::TopicPartition{kArticlesTopic, PartitionOfStory(Story("a"))}) {
      EXPECT_EQ(place.offset, 2);
    } else if (place.partition == kafka::TopicPartition{kDecisionsTopic, 1}) {
      EXPECT_EQ(place.offset, 1);
    } else {
      EXPECT_EQ(place.offset, std::nullopt);
    }
  }
  EXPECT_EQ(log_store_->log().PositionOf({kDecisionsTopic, 1}), 1);
}

TEST_F(LogStoreTest, TheStoreOfAnotherClusterIsRefusedAndLeftAsItIs) {
  // Stories are known that the log of this cluster does not have: a person must look.
  ReadAll(Made("a", 1, 1));
  ASSERT_TRUE(log_store_->log().Close().ok());
  log_store_.reset();
  const auto other = LogStore::Open(
      {.folder = dir_ / "store", .cluster_id = "cluster-b", .partitions = kPartitions});
  EXPECT_TRUE(absl::IsFailedPrecondition(other.status()));
  EXPECT_EQ(errors::ReasonOf(other.status()), errors::kLogTruncated);
  Open();
  EXPECT_EQ(log_store_->ArticleCount(), 1u);
}

TEST_F(LogStoreTest, ADeletedStoreRebuildsToTheSameAnswersInBatchesOfAnySize) {
  std::mt19937 random(7);
  for (int i = 0; i < 120; ++i) {
    const int story = static_cast<int>(random() % 12);
    const int version = static_cast<int>(random() % 5) + 1;
    const std::string key = fmt::format("s{}", story);
    if (story == 3 && version == 5) {
      ReadAll(Purged(key, 5, 50));
    } else if (version == 4) {
      ReadAll(Made(key, version, version * 10 + story,
                   [&](news::Article& a) { a.content.expires = At(1000 + story); }));
    } else {
      ReadAll(Made(key, version, version * 10 + story));
    }
    ReadAll(DecisionOf(i, i, i % 5 == 0 ? kRequest : "",
                       static_cast<std::int32_t>(random() % kPartitions)));
  }
  const std::string answers = Answers();
  for (const std::size_t size : {1u, 3u, 50u, 1'000u}) {
    ASSERT_TRUE(log_store_->log().Close().ok());
    log_store_.reset();
    std::filesystem::remove_all(dir_ / "store");
    Open();
    EXPECT_EQ(log_store_->log().store().report().opening, store::Opening::kNew);
    const auto& all = log_.records();
    for (std::size_t begin = 0; begin < all.size(); begin += size) {
      const std::size_t end = std::min(begin + size, all.size());
      ASSERT_TRUE(
          log_store_->log().OnBatch(std::span(all).subspan(begin, end - begin), {}).status().ok());
    }
    EXPECT_EQ(Answers(), answers) << size;
  }
}

// Of records that expired before they were read.
TEST_F(LogStoreTest, APartitionThatIsReadToItsEndStandsThere) {
  const kafka::TopicPartition place{kDecisionsTopic, 1};
  EXPECT_EQ(log_store_->log().PositionOf(place), 0);
  log_store_->log().OnCaughtUp(place, 99);
  EXPECT_EQ(log_store_->log().PositionOf(place), 99);
}

// What was written here and cannot be decoded is a damaged store and no absent row: an article that
// counts as absent would get its first version again.
TEST_F(LogStoreTest, ARowThatCannotBeDecodedEndsTheProcessAndEmptiesTheStore) {
  ReadAll(Made("story", 1, 0));
  log_store_.reset();
  const auto damage = [&] {
    auto store = store::Store::Open(
        {.path = dir_ / "store",
         .databases = {"articles", "heads", "recent", "sections", "addresses", "pending", "sources",
                       "decisions", "requests", "known", "unpurged", "replica"},
         .schema = 5});
    ASSERT_TRUE(store.ok()) << store.status();
    ASSERT_TRUE((*store)
                    ->Write([&](store::WriteTxn& txn) {
                      return txn.Put((*store)->database("articles"),
                                     rows::ArticleKey(Story("story"), Version{1}),
                                     "no protobuf \xff");
                    })
                    .ok());
    ASSERT_TRUE((*store)->Close().ok());
  };
  damage();
  EXPECT_DEATH(
      {
        Open();
        (void)log_store_->ArticleHeadOf(Story("story"));
      },
      "will be emptied at the next start");
  Open();
  EXPECT_EQ(log_store_->log().store().report().opening, store::Opening::kEmptied);
  EXPECT_EQ(log_store_->ArticleHeadOf(Story("story")), std::nullopt) << "to be read again";
}

}  // namespace
}  // namespace telex::ingestion
