#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/unit/translation/queued.h"
#include "translation/domain/backfill_turn.h"

namespace telex::translation {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t kUtcDay = 24 * 60 * 60 * 1'000;

// An archive of stories of 100 characters each, and a backfill of it.
class BackfillTest : public ::testing::Test {
 protected:
  BackfillTest() {
    backfill_.range = {.since_ms = 0, .until_ms = 1'000, .pair = {Language("en"), Language("hy")}};
    backfill_.range.workflow = Workflow::kPerson;
  }

  void Add(int count) {
    for (int n = 0; n < count; ++n) {
      news::Article article{.id = JobOf(static_cast<int>(stories_.size())).article, .version = {3}};
      article.source = *news::SourceId::Parse("times");
      article.content.language = Language("en");
      article.published = absl::FromUnixMillis(5);
      stories_.push_back(std::move(article));
    }
    std::ranges::sort(stories_, {}, &news::Article::id);
  }
  std::vector<JobFact> Turn(std::int64_t now_ms = 0) {
    std::vector<JobFact> facts = NextOfBackfill(
        {.backfill = backfill_,
         .now_ms = now_ms,
         .partitions = partitions_,
         .jobs_max = jobs_max_,
         .policy = 4,
         .actor = "owners/a",
         .visit_stories =
             [&](const auto& behind, const auto& visit) {
               for (const news::Article& story : stories_) {
                 if (behind && story.id <= *behind) continue;
                 ++looked_at_;
                 if (!visit({story.id, 100, !wanted_.contains(story.id)})) return;
               }
             },
         .newest = [&](const news::ArticleId& id) -> std::optional<news::Article> {
           return *std::ranges::find(stories_, id, &news::Article::id);
         },
         .asked_for = [&](std::int64_t since_ms) { return since_ms <= now_ms ? asked_for_ : 0; }},
        progress_);
    for (const JobFact& fact : facts) wanted_.insert(fact.job.article);
    return facts;
  }

  BackfillRecord backfill_{.id = 7};
  std::vector<news::Article> stories_;
  std::set<news::ArticleId> wanted_;  // or translated
  BackfillProgress progress_;
  std::int32_t partitions_ = 1;
  std::size_t jobs_max_ = 1'000;
  std::int64_t asked_for_ = 0;  // today, by another owner
  int looked_at_ = 0;
};

TEST_F(BackfillTest, AsksForWhatIsNotTranslatedBehindAllElse) {
  Add(3);
  wanted_.insert(stories_[1].id);
  const auto facts = Turn();
  ASSERT_THAT(facts, SizeIs(2));
  EXPECT_EQ(facts[0].job, (JobId{stories_[0].id, Language("hy")}));
  EXPECT_EQ(facts[1].job.article, stories_[2].id);
  EXPECT_EQ(std::get<Wanted>(facts[0].what), (Wanted{.version = {3},
                                                     .from = Language("en"),
                                                     .workflow = Workflow::kPerson,
                                                     .urgency = 9,
                                                     .source = "times",
                                                     .policy = 4,
                                                     .backfill = 7}));
  EXPECT_TRUE(progress_.is_over);
  looked_at_ = 0;
  EXPECT_THAT(Turn(), IsEmpty());
  EXPECT_EQ(looked_at_, 0);
}

TEST_F(BackfillTest, AsksForNothingOutsideItsRange) {
  Add(4);
  stories_[0].content.language = Language("ru");
  stories_[1].published = absl::FromUnixMillis(1'000);
  stories_[2].published.reset();
  const auto facts = Turn();
  ASSERT_THAT(facts, SizeIs(1));
  EXPECT_EQ(facts[0].job.article, stories_[3].id);
}

TEST_F(BackfillTest, EachPartitionSpendsItsPartOfADaysBudgetAndLessThanAStoryMore) {
  Add(10);
  partitions_ = 2;
  backfill_.range.characters_per_day = 500;
  EXPECT_THAT(Turn(), SizeIs(3));
  EXPECT_THAT(Turn(kUtcDay - 1), IsEmpty());
  EXPECT_THAT(Turn(kUtcDay), SizeIs(3));
  EXPECT_FALSE(progress_.is_over);
}

TEST_F(BackfillTest, WhatAnOwnerBeforeHasAskedForTodayIsSpent) {
  Add(10);
  backfill_.range.characters_per_day = 300;
  asked_for_ = 200;
  EXPECT_THAT(Turn(kUtcDay + 5), SizeIs(1));
}

TEST_F(BackfillTest, ATurnIsBoundedAndTheNextOneGoesOn) {
  Add(static_cast<int>(kBackfillLookedAtMax) + 20);
  jobs_max_ = 5;
  EXPECT_THAT(Turn(), SizeIs(5));
  jobs_max_ = 0;
  EXPECT_THAT(Turn(), IsEmpty());
  EXPECT_FALSE(progress_.is_over);
  jobs_max_ = 1'000;
  EXPECT_THAT(Turn(), SizeIs(kBackfillLookedAtMax));
  EXPECT_FALSE(progress_.is_over);
  EXPECT_THAT(Turn(), SizeIs(15));
  EXPECT_TRUE(progress_.is_over);
}

TEST_F(BackfillTest, StoppedItEndsWhatNobodyHasBegun) {
  std::vector<JobRow> jobs;
  for (const JobState state :
       {JobState::kOpen, JobState::kClaimed, JobState::kWaiting, JobState::kDead})
    jobs.push_back(
        {.id = JobOf(static_cast<int>(state)), .backfill = 7, .state = state, .version = {2}});
  const auto facts = EndOfBackfill(backfill_, jobs, "owners/a");
  ASSERT_THAT(facts, SizeIs(3));
  EXPECT_EQ(facts[0].job, jobs[0].id);
  EXPECT_EQ(std::get<Canceled>(facts[0].what),
            (Canceled{.version = {2}, .cause = CancelCause::kBackfill, .backfill = 7, .note = ""}));
  EXPECT_EQ(facts[1].job, jobs[2].id);
  EXPECT_EQ(facts[2].job, jobs[3].id);
}

}  // namespace
}  // namespace telex::translation
