#include "views/adapters/live_counts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/views/counted.h"
#include "views/adapters/topics.h"

namespace telex::views {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using tests::Kill;
using tests::MakeArticle;
using tests::Purge;

class LiveCountsTest : public testing::Test {
 protected:
  LiveCountsTest() { counted_.Read(story_); }

  ShownCounts Shown(const news::Article& article, Day today = kDay) {
    return counted_.store().live().Find(article.id, today);
  }
  std::vector<news::ArticleId> Top() {
    std::vector<news::ArticleId> top;
    for (const auto& ranked : counted_.store().live().Top({}, Noon(kDay))) {
      top.push_back(ranked.article);
    }
    return top;
  }
  // Memory says the same after a restart, when it is made from the store.
  void ExpectSameAfterRestart(const news::Article& article) {
    const ShownCounts before = Shown(article);
    const auto top = Top();
    counted_.Reopen();
    const ShownCounts after = Shown(article);
    EXPECT_EQ(after.views, before.views);
    EXPECT_EQ(after.views_today, before.views_today);
    EXPECT_EQ(after.visitors_today, before.visitors_today);
    EXPECT_EQ(after.as_of, before.as_of);
    EXPECT_EQ(Top(), top);
  }

  const news::Article story_ = MakeArticle(1);
  Counted counted_;
};

TEST_F(LiveCountsTest, AddsUpDaysAndShowsTheNewestAsToday) {
  EXPECT_EQ(Shown(story_).views, 0);
  counted_.Read(story_.id, kDay - 1, Looks(10, 30));
  counted_.Read(story_.id, kDay, Looks(20, 12));
  EXPECT_EQ(Shown(story_).views, 42);
  EXPECT_EQ(Shown(story_).views_today, 12);
  EXPECT_NEAR(static_cast<double>(Shown(story_).visitors_today), 12, 1);
  // The total is absolute, and an older one changes nothing.
  counted_.Read(story_.id, kDay, Looks(30, 15));
  counted_.Read(story_.id, kDay, Looks(25, 14));
  // A look of yesterday that came late.
  counted_.Read(story_.id, kDay - 1, Looks(40, 31));
  EXPECT_EQ(Shown(story_).views, 46);
  EXPECT_EQ(Shown(story_).views_today, 15);
  EXPECT_EQ(Shown(story_, kDay + 1).views_today, 0);
  EXPECT_EQ(Shown(story_, kDay + 1).views, 46);
  ExpectSameAfterRestart(story_);
}

TEST_F(LiveCountsTest, IsAsOfTheCheckpointOfItsPartition) {
  EXPECT_EQ(Shown(story_).as_of, std::nullopt);
  counted_.ReadCheckpoint(story_.id, Noon(kDay));
  EXPECT_EQ(Shown(story_).as_of, Noon(kDay));
  ExpectSameAfterRestart(story_);
}

TEST_F(LiveCountsTest, RanksWhatIsLive) {
  const news::Article other = MakeArticle(2);
  counted_.Read(other);
  counted_.Read(story_.id, kDay, Looks(1, 10));
  counted_.Read(other.id, kDay, Looks(2, 20));
  EXPECT_THAT(Top(), ElementsAre(other.id, story_.id));
  counted_.Read(story_.id, kDay, Looks(3, 30));
  EXPECT_THAT(Top(), ElementsAre(story_.id, other.id));
  ExpectSameAfterRestart(story_);
  counted_.Read(Kill(story_));
  EXPECT_THAT(Top(), ElementsAre(other.id));
  EXPECT_EQ(Shown(story_).views, 30);
  ExpectSameAfterRestart(story_);
}

TEST_F(LiveCountsTest, AStoryThatComesBackHasAllItsDays) {
  counted_.Read(story_.id, kDay - 70, Looks(1, 100));
  counted_.Read(story_.id, kDay - 20, Looks(2, 10));
  counted_.Read(MakeArticle(2));
  counted_.Read(MakeArticle(2).id, kDay + 50, Looks(3, 1));  // story_ leaves
  EXPECT_EQ(counted_.store().live().trending_stories(), 1u);
  counted_.Read(story_.id, kDay - 5, Looks(4, 10));
  EXPECT_EQ(counted_.store().live().trending_stories(), 2u);
  EXPECT_EQ(Shown(story_).views, 120);
  ExpectSameAfterRestart(story_);
}

TEST_F(LiveCountsTest, APurgeRemovesTheCountsAndNoReplayBringsThemBack) {
  counted_.Read(story_.id, kDay - 1, Looks(1, 10));
  counted_.Read(story_.id, kDay, Looks(2, 10));
  counted_.Read(Purge(story_));
  EXPECT_EQ(Shown(story_).views, 0);
  EXPECT_THAT(Top(), IsEmpty());
  EXPECT_EQ(counted_.store().live().articles(), 0u);
  counted_.Read(story_.id, kDay, Looks(3, 20));
  EXPECT_EQ(Shown(story_).views, 0);
  ExpectSameAfterRestart(story_);
  counted_.Read(story_.id, kDay, Looks(4, 20));
  EXPECT_EQ(Shown(story_).views, 0);
}

TEST_F(LiveCountsTest, WhatIsUndoneIsNotShown) {
  const std::vector<kafka::Record> batch = {
      RecordOf(0, {story_.id, kDay}, Looks(1, 10), Noon(kDay)),
      {.topic = kViewCountsTopic, .partition = 0, .offset = 1, .key = "nonsense"}};
  EXPECT_EQ(counted_.store().log().OnBatch(batch, {}).kind(), kafka::Outcome::Kind::kFatal);
  counted_.Read(std::vector<kafka::Record>{});
  EXPECT_EQ(Shown(story_).views, 0);
  counted_.Read(story_.id, kDay, Looks(1, 10));
  EXPECT_EQ(Shown(story_).views, 10);
}

TEST_F(LiveCountsTest, TellsWhatHasChangedOnceABatch) {
  std::vector<news::ArticleId> told;
  int batches = 0;
  counted_.store().live().OnChanged([&](std::span<const news::ArticleId> articles) {
    ++batches;
    told.insert(told.end(), articles.begin(), articles.end());
  });
  const std::int32_t partition = Counted::PartitionOf(story_.id);
  counted_.Read({RecordOf(partition, {story_.id, kDay}, Looks(1, 10), Noon(kDay)),
                 RecordOf(partition, {story_.id, kDay - 1}, Looks(1, 10), Noon(kDay))});
  EXPECT_EQ(batches, 1);
  EXPECT_THAT(told, ElementsAre(story_.id));
}

}  // namespace
}  // namespace telex::views
