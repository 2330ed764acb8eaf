#include "translation/domain/claim_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <map>
#include <string>
#include <vector>

#include "tests/unit/translation/queued.h"

namespace telex::translation {
namespace {

using testing::ElementsAre;

// Jobs by the number of their story.
class Choosing : public testing::Test {
 protected:
  void Want(int story, Wanted wanted, std::size_t partition = 0) {
    logs_[partition].job = JobOf(story);
    logs_[partition].Append(std::move(wanted));
    stories_[logs_[partition].job] = story;
  }
  void Want(int story, std::string source = "times", std::int64_t backfill = 0) {
    Wanted wanted = Queued::Wanting(1);
    wanted.source = std::move(source);
    wanted.backfill = backfill;
    Want(story, wanted);
  }
  std::vector<int> Choose(std::size_t count, ClaimWish wish = {}) {
    wish.count = count;
    PartitionQueue* queues[] = {&logs_[0].queue, &logs_[1].queue};
    std::vector<int> stories;
    for (const ChosenJob& chosen : choice_.Choose(queues, wish, pauses_))
      stories.push_back(stories_.at(chosen.job.id));
    return stories;
  }
  void Wait(std::int64_t ms) {
    for (Queued& log : logs_) log.now_ms += ms;
  }

  Queued logs_[2];
  ClaimChoice choice_;
  PairPauses pauses_;
  std::map<JobId, int> stories_;
};

TEST_F(Choosing, FollowsUrgencyAndAge) {
  Wanted slow = Queued::Wanting(1);
  slow.urgency = 9;
  Wanted urgent = Queued::Wanting(1);
  urgent.urgency = 1;
  Want(1, slow);
  Want(2);
  Want(3, urgent, 1);
  Wait(AllowanceMs(9) - AllowanceMs(1) - 1);
  Want(4, urgent);
  Wait(2);
  Want(5, urgent, 1);
  EXPECT_THAT(Choose(9), ElementsAre(3, 2, 4, 1, 5)) << "what waits long enough is next";
}

TEST_F(Choosing, FollowsDeadlines) {
  Want(1);
  Wanted wanted = Queued::Wanting(1);
  wanted.urgency = 9;
  wanted.deadline_ms = logs_[0].now_ms + kMinuteMs;
  Want(2, wanted);
  EXPECT_THAT(Choose(2), ElementsAre(2, 1));
}

TEST_F(Choosing, TakesTurnsBetweenSources) {
  for (int story = 1; story <= 6; ++story) Want(story, "flood");
  Want(11, "b");
  Want(12, "a");
  EXPECT_THAT(Choose(6), ElementsAre(1, 12, 2, 11, 3, 4));
  EXPECT_THAT(Choose(9), ElementsAre(5, 6)) << "it goes on where it was";
}

TEST_F(Choosing, TakesBackfillsLast) {
  Want(1, "times", 1);
  Wait(30 * kDayMs);
  Want(2);
  EXPECT_THAT(Choose(9), ElementsAre(2, 1));
}

TEST_F(Choosing, GivesAJobToOneUntilItComesToNothing) {
  Want(1);
  EXPECT_THAT(Choose(1), ElementsAre(1));
  EXPECT_THAT(Choose(1), ElementsAre());
  logs_[0].queue.Unreserve(JobOf(1));
  EXPECT_THAT(Choose(1), ElementsAre(1));
  logs_[0].job = JobOf(1);
  logs_[0].Append(Released{logs_[0].Claim()});
  EXPECT_THAT(Choose(1), ElementsAre(1)) << "something became of it";
}

TEST_F(Choosing, GivesWhatIsWished) {
  Want(1);
  Want(2, Queued::Wanting(1, Workflow::kPerson));
  EXPECT_THAT(Choose(9, {.worker = Worker::kReviewer}), ElementsAre());
  EXPECT_THAT(Choose(9, {.worker = Worker::kPerson}), ElementsAre(2));
  EXPECT_THAT(Choose(9, {.pairs = {{Language("en"), Language("ru")}}}), ElementsAre());
  EXPECT_THAT(Choose(9, {.pairs = {{Language("en"), Language("hy")}}}), ElementsAre(1));
}

TEST_F(Choosing, PausesAPairInAllPartitions) {
  const Pair pair{Language("en"), Language("hy")};
  Want(1);
  Want(2, Queued::Wanting(1), 1);
  pauses_.Apply(pair, 7, true);
  pauses_.Apply(pair, 6, false);
  EXPECT_THAT(Choose(9), ElementsAre());
  logs_[0].job = JobOf(1);
  EXPECT_NE(logs_[0].Claim(), 0) << "what is on its way is granted";
  pauses_.Apply(pair, 8, false);
  EXPECT_THAT(Choose(9), ElementsAre(2));
}

TEST(QueueMemory, AnOpenJobTakesAtMost300Bytes) {
  constexpr int kJobs = 100'000;
  const auto used = [] {
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
  };
  const std::size_t before = used();
  if (before == 0) GTEST_SKIP() << "another allocator, that of a sanitizer";
  auto log = std::make_unique<Queued>();
  for (int story = 0; story < kJobs; ++story) {
    log->job = JobOf(story);
    Wanted wanted = Queued::Wanting(1);
    wanted.source = std::to_string(story % 50);
    wanted.urgency = 1 + story % 9;
    log->Append(wanted);
    log->now_ms += 10;
  }
  const std::size_t bytes = (used() - before) / kJobs;
  fmt::print("{} bytes an open job\n", bytes);
  EXPECT_LE(bytes, kBytesPerOpenJobMax);
}

}  // namespace
}  // namespace telex::translation
