// What comes behind a purge, with a log store that is fed by hand.
#include "ingestion/adapters/purge_leftovers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/ingestion/log_store_fixture.h"

namespace telex::ingestion {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kPartitions;
using testing::Made;
using testing::PartitionOfStory;
using testing::Purged;
using testing::Story;
using testing::TombstoneOf;

class PurgeLeftoversTest : public testing::LogStoreTest {
 protected:
  std::vector<std::string> Missing() {
    std::vector<std::string> names;
    log_store_->VisitUnpurged([&](const UnpurgedVersion& one) {
      names.push_back(news::NameOf(one.article, one.version));
    });
    return names;
  }
  static std::string Name(std::string_view key, std::int64_t version) {
    return news::NameOf(Story(key), Version{version});
  }
  // One look.
  std::vector<UnpurgedVersion> Due() {
    return leftovers_.Due(
        owned_, [this](const PurgeLeftovers::Visit& visit) { log_store_->VisitUnpurged(visit); });
  }
  using Version = news::Version;

  std::set<std::int32_t> owned_ = {0, 1, 2, 3};
  PurgeLeftovers leftovers_{kPartitions};
};

TEST_F(PurgeLeftoversTest, APurgeWaitsForItsTombstones) {
  ReadAll(Made("a", 1, 1), Made("b", 1, 1), Made("a", 2, 2), Purged("a", 3, 3));
  EXPECT_THAT(Missing(), ElementsAre(Name("a", 1), Name("a", 2)));
  ASSERT_TRUE(Read({TombstoneOf(Story("a"), 1)}).ok());
  EXPECT_THAT(Missing(), ElementsAre(Name("a", 2)));
  ASSERT_TRUE(Read({TombstoneOf(Story("a"), 2)}).ok());
  EXPECT_THAT(Missing(), IsEmpty());
}

TEST_F(PurgeLeftoversTest, ALateVersionWaitsForAnotherTombstoneAlsoAfterARestart) {
  ReadAll(Made("a", 1, 1), Purged("a", 2, 2));
  ASSERT_TRUE(Read({TombstoneOf(Story("a"), 1)}).ok());
  ReadAll(Made("a", 1, 1), Purged("a", 2, 2));
  EXPECT_THAT(Missing(), ElementsAre(Name("a", 1)));
  ASSERT_TRUE(log_store_->log().Close().ok());
  Open();
  EXPECT_THAT(Missing(), ElementsAre(Name("a", 1)));
  ASSERT_TRUE(Read({TombstoneOf(Story("a"), 1)}).ok());
  EXPECT_THAT(Missing(), IsEmpty());
}

TEST_F(PurgeLeftoversTest, WhatIsThereAtTwoLooksIsForgottenUntilItIsReadBack) {
  ReadAll(Made("a", 1, 1), Purged("a", 2, 2));
  EXPECT_THAT(Due(), IsEmpty());
  const std::vector<UnpurgedVersion> due = Due();
  ASSERT_EQ(due.size(), 1u);
  const kafka::Record tombstone = leftovers_.TombstoneOf(due.front());
  EXPECT_EQ(tombstone.key, Name("a", 1));
  EXPECT_EQ(tombstone.topic, kArticlesTopic);
  EXPECT_EQ(tombstone.partition, PartitionOfStory(Story("a")));
  EXPECT_EQ(tombstone.value, std::nullopt);
  ASSERT_TRUE(Read({TombstoneOf(Story("a"), 1)}).ok());
  EXPECT_THAT(Due(), IsEmpty());
  EXPECT_THAT(Due(), IsEmpty());
}

TEST_F(PurgeLeftoversTest, OnlyTheOwnerForgets) {
  ReadAll(Made("a", 1, 1), Purged("a", 2, 2));
  owned_ = {(PartitionOfStory(Story("a")) + 1) % kPartitions};
  for (int look = 0; look < 3; ++look) EXPECT_THAT(Due(), IsEmpty());
}

}  // namespace
}  // namespace telex::ingestion
