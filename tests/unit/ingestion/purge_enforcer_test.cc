// What comes behind a purge, with a log store that is fed by hand.
#include "ingestion/adapters/purge_enforcer.h"

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

class PurgeEnforcerTest : public testing::LogStoreTest {
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
  // The thread looks once when it is made; by hand it is looked again.
  PurgeEnforcer Make() {
    return PurgeEnforcer(*log_store_, kPartitions,
                         {.owned = [this] { return owned_; },
                          .append = [this](const std::vector<kafka::Record>& records,
                                           std::stop_token) { appended_.push_back(records); }});
  }
  using Version = news::Version;

  std::set<std::int32_t> owned_ = {0, 1, 2, 3};
  std::vector<std::vector<kafka::Record>> appended_;
};

TEST_F(PurgeEnforcerTest, APurgeWaitsForItsTombstones) {
  ReadAll(Made("a", 1, 1), Made("b", 1, 1), Made("a", 2, 2), Purged("a", 3, 3));
  EXPECT_THAT(Missing(), ElementsAre(Name("a", 1), Name("a", 2)));
  ASSERT_TRUE(Read({TombstoneOf(Story("a"), 1)}).ok());
  EXPECT_THAT(Missing(), ElementsAre(Name("a", 2)));
  ASSERT_TRUE(Read({TombstoneOf(Story("a"), 2)}).ok());
  EXPECT_THAT(Missing(), IsEmpty());
}

TEST_F(PurgeEnforcerTest, ALateVersionWaitsForAnotherTombstoneAlsoAfterARestart) {
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

TEST_F(PurgeEnforcerTest, WhatIsThereAtTwoLooksIsForgottenUntilItIsReadBack) {
  ReadAll(Made("a", 1, 1), Purged("a", 2, 2));
  PurgeEnforcer purge_enforcer = Make();
  purge_enforcer.Stop();
  while (purge_enforcer.Tick() == 0) {
  }
  ASSERT_FALSE(appended_.empty());
  ASSERT_EQ(appended_.back().size(), 1u);
  const kafka::Record& tombstone = appended_.back().front();
  EXPECT_EQ(tombstone.key, Name("a", 1));
  EXPECT_EQ(tombstone.topic, kArticlesTopic);
  EXPECT_EQ(tombstone.partition, PartitionOfStory(Story("a")));
  EXPECT_EQ(tombstone.value, std::nullopt);
  ASSERT_TRUE(Read({TombstoneOf(Story("a"), 1)}).ok());
  EXPECT_EQ(purge_enforcer.Tick(), 0u);
  EXPECT_EQ(purge_enforcer.Tick(), 0u);
}

TEST_F(PurgeEnforcerTest, OnlyTheOwnerForgets) {
  ReadAll(Made("a", 1, 1), Purged("a", 2, 2));
  owned_ = {(PartitionOfStory(Story("a")) + 1) % kPartitions};
  PurgeEnforcer purge_enforcer = Make();
  purge_enforcer.Stop();
  for (int look = 0; look < 3; ++look) EXPECT_EQ(purge_enforcer.Tick(), 0u);
}

}  // namespace
}  // namespace telex::ingestion
