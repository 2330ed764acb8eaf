#include "translation/domain/partition_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/translation/queued.h"

namespace telex::translation {
namespace {

TEST(PartitionQueue, AJobIsClaimedOnceAndPublishedOnce) {
  Queued log;
  log.Want(1);
  EXPECT_EQ(log.State(), JobState::kOpen);
  const auto token = log.Claim();
  EXPECT_EQ(token, 1);
  const Outcome second = log.Append(Claimed{Worker::kMachine, 1}, "ben");
  EXPECT_EQ(second.refusal, Refusal::kClaimed);
  ASSERT_TRUE(second.stands);
  EXPECT_EQ(second.stands->claim->holder, "anna");
  EXPECT_EQ(second.stands->due_ms, log.now_ms + 60 * kSecondMs);

  const Outcome completed = log.Append(Completed{token, {1}});
  EXPECT_EQ(completed.refusal, Refusal::kNone);
  ASSERT_TRUE(completed.publication);
  EXPECT_EQ(*completed.publication, (Publication{.what = Publish::kTranslation,
                                                 .version = {1},
                                                 .from = Language("en"),
                                                 .worker = Worker::kMachine}));
  EXPECT_EQ(log.State(), JobState::kDone);
  EXPECT_EQ(log.Row().revision, completed.position);
  const Outcome late = log.Append(Completed{token, {1}});
  EXPECT_EQ(late.refusal, Refusal::kLeaseLost);
  EXPECT_FALSE(late.publication);
  EXPECT_EQ(log.Append(Claimed{}).refusal, Refusal::kDone);
}

TEST(PartitionQueue, WhatConcernsNoJobIsRefusedAndDiscarded) {
  for (const JobFact& fact :
       {JobFact{JobOf(1), "a", "", Claimed{}}, JobFact{JobOf(1), "a", "", Extended{}},
        JobFact{JobOf(1), "a", "", Completed{}}, JobFact{JobOf(1), "a", "", Released{}},
        JobFact{JobOf(1), "a", "", Failed{}}, JobFact{JobOf(1), "a", "", Due{}},
        JobFact{JobOf(1), "a", "", Canceled{.version = {1}, .cause = CancelCause::kPerson}},
        JobFact{JobOf(1), "a", "", Replayed{}}, JobFact{JobOf(1), "a", "", Forgotten{7}}}) {
    Queued log;
    const Outcome outcome = log.Append(fact);
    EXPECT_EQ(outcome.refusal, Refusal::kNoSuchJob) << fact.what.index();
    EXPECT_TRUE(outcome.discard);
    EXPECT_FALSE(outcome.changed);
    EXPECT_EQ(log.queue.jobs().size(), 0u);
  }
}

TEST(PartitionQueue, ALeaseEndsWithTheFactOfItAndNotBefore) {
  Queued log;
  log.Want(1, Workflow::kPerson);
  const auto token = log.Claim(Worker::kPerson);
  const std::int64_t end_ms = log.Row().due_ms;
  const JobFact due{log.job, "owner", "", Due{end_ms, token}};
  log.now_ms = end_ms - 1;
  EXPECT_EQ(log.Append(due).refusal, Refusal::kOutdated) << "by a clock that is fast";
  EXPECT_EQ(log.AppendDue(), 0);
  log.now_ms = end_ms + kHourMs;
  EXPECT_EQ(log.State(), JobState::kClaimed);
  EXPECT_EQ(log.Append(Extended{token, 60'000, 3}).refusal, Refusal::kNone) << "late, and heard";
  EXPECT_EQ(log.Row().claim->segments_done, 3);
  EXPECT_EQ(log.Append(due).refusal, Refusal::kOutdated) << "it was extended since";
  log.now_ms += 60'000;
  EXPECT_EQ(log.AppendDue(), 1);
  EXPECT_EQ(log.State(), JobState::kOpen);
  EXPECT_EQ(log.Append(Extended{token, 60'000}).refusal, Refusal::kLeaseLost);
  EXPECT_EQ(log.Append(Released{token}).refusal, Refusal::kLeaseLost);
  EXPECT_EQ(log.Append(Failed{token}).refusal, Refusal::kLeaseLost);
  const auto next = log.Claim(Worker::kPerson, "ben");
  EXPECT_GT(next, token);
  const Outcome late = log.Append(Completed{token, {1}});
  EXPECT_EQ(late.refusal, Refusal::kLeaseLost);
  EXPECT_EQ(late.stands->claim->holder, "ben");
}

TEST(PartitionQueue, ALeaseHasBounds) {
  for (const auto& [asked, given] :
       {std::pair{std::int64_t{-5}, kLeaseMsMin}, {30 * kDayMs, kLeaseMsMax}, {kHourMs, kHourMs}}) {
    Queued log;
    log.Want(1);
    log.Append(Claimed{Worker::kMachine, asked});
    EXPECT_EQ(log.Row().due_ms - log.now_ms, given);
  }
}

TEST(PartitionQueue, WhatFailsIsTriedAgainAndDiesInTheEnd) {
  Queued log;
  log.Want(1);
  std::int64_t pause_before = 0;
  for (int attempt = 1; attempt < kAttemptsMax; ++attempt) {
    const auto token = log.Claim();
    ASSERT_NE(token, 0) << attempt;
    log.Append(Failed{.token = token});
    ASSERT_EQ(log.State(), JobState::kWaiting);
    EXPECT_EQ(log.Claim(), 0);
    const std::int64_t pause = log.Row().due_ms - log.now_ms;
    EXPECT_GT(pause, kBackoffMsMin / 2 - 1);
    EXPECT_LE(pause, kBackoffMsMax);
    EXPECT_GE(pause, attempt < 7 ? pause_before : 0) << attempt;
    pause_before = pause;
    log.now_ms += pause;
    EXPECT_EQ(log.AppendDue(), 1);
  }
  log.Append(Failed{.token = log.Claim()});
  EXPECT_EQ(log.State(), JobState::kDead);
  EXPECT_EQ(log.Append(Claimed{}).refusal, Refusal::kDead);
  EXPECT_EQ(log.Append(Replayed{}).refusal, Refusal::kNone);
  EXPECT_EQ(log.Append(Replayed{}).refusal, Refusal::kNotDead);
  EXPECT_EQ(log.Row().attempts, 0);
  log.Append(Failed{.token = log.Claim(), .permanent = true});
  EXPECT_EQ(log.State(), JobState::kDead);
  log.Want(2);
  EXPECT_EQ(log.State(), JobState::kOpen) << "another version may be no trouble";
}

TEST(PartitionQueue, AMachineThatDoesNotComeBackHasFailed) {
  Queued log;
  log.Want(1);
  for (int attempt = 1; attempt <= kAttemptsMax; ++attempt) {
    ASSERT_NE(log.Claim(), 0);
    log.now_ms = log.Row().due_ms;
    log.AppendDue();
    if (attempt == kAttemptsMax) break;
    ASSERT_EQ(log.State(), JobState::kWaiting) << "not at once: it may bring down the next one";
    log.now_ms = log.Row().due_ms;
    log.AppendDue();
  }
  EXPECT_EQ(log.State(), JobState::kDead);
}

TEST(PartitionQueue, WhatIsReleasedIsNoAttempt) {
  Queued log;
  log.Want(1);
  for (int i = 0; i < 3 * kAttemptsMax; ++i) {
    EXPECT_EQ(log.Append(Released{log.Claim()}).refusal, Refusal::kNone);
    EXPECT_EQ(log.State(), JobState::kOpen);
  }
  EXPECT_EQ(log.Row().attempts, 0);
}

TEST(PartitionQueue, WhatNobodyCouldTryWaitsAndIsNoAttempt) {
  Queued log;
  log.Want(1);
  for (int i = 0; i < 3 * kAttemptsMax; ++i) {
    log.Append(Failed{.token = log.Claim(), .retry_after_ms = kMinuteMs, .untried = true});
    ASSERT_EQ(log.State(), JobState::kWaiting);
    EXPECT_EQ(log.Row().due_ms - log.now_ms, kMinuteMs);
    log.now_ms = log.Row().due_ms;
    log.AppendDue();
  }
  EXPECT_EQ(log.Row().attempts, 0);
}

TEST(PartitionQueue, AnEngineMaySayWhenToComeBackAndWithinADay) {
  for (const auto& [asked, given] : {std::pair{2 * kHourMs, 2 * kHourMs}, {90 * kDayMs, kDayMs}}) {
    Queued log;
    log.Want(1);
    log.Append(Failed{.token = log.Claim(), .retry_after_ms = asked});
    EXPECT_EQ(log.Row().due_ms - log.now_ms, given);
  }
}

TEST(PartitionQueue, WhatEnginesCannotDoGoesToAPerson) {
  Queued log;
  log.Want(1);
  log.Append(Failed{.token = log.Claim(), .escalate = true});
  EXPECT_EQ(log.State(), JobState::kOpen);
  EXPECT_EQ(log.Append(Claimed{}).refusal, Refusal::kOtherWorker);
  const auto token = log.Claim(Worker::kPerson);
  ASSERT_NE(token, 0);
  EXPECT_EQ(log.Append(Completed{token, {1}}).publication->worker, Worker::kPerson);
}

TEST(PartitionQueue, APersonMayTakeWhatIsAMachinesAndGiveItBack) {
  Queued log;
  log.Want(1);
  const auto token = log.Claim(Worker::kPerson);
  ASSERT_NE(token, 0);
  log.Append(Released{token});
  EXPECT_NE(log.Claim(Worker::kMachine), 0);
}

TEST(PartitionQueue, ScheduledJobsAreNotOpenBeforeTheirTime) {
  Queued log;
  Wanted wanted = log.Wanting(1);
  wanted.not_before_ms = log.now_ms + kHourMs;
  log.Append(wanted);
  const Outcome early = log.Append(Claimed{});
  EXPECT_EQ(early.refusal, Refusal::kWaiting);
  EXPECT_EQ(early.stands->due_ms, wanted.not_before_ms);
  log.now_ms = wanted.not_before_ms;
  EXPECT_EQ(log.AppendDue(), 1);
  EXPECT_NE(log.Claim(), 0);
}

TEST(PartitionQueue, ACorrectionMovesAPersonsClaim) {
  Queued log;
  log.Want(1, Workflow::kPerson);
  const auto token = log.Claim(Worker::kPerson);
  log.Want(2, Workflow::kPerson);
  EXPECT_EQ(log.State(), JobState::kClaimed);
  EXPECT_EQ(log.Row().since, token);
  const Outcome late = log.Append(Completed{token, {1}});
  EXPECT_EQ(late.refusal, Refusal::kNone);
  EXPECT_TRUE(late.is_draft);
  EXPECT_FALSE(late.publication) << "version 1 is not the job's any more";
  EXPECT_EQ(log.Row().draft, late.position);
  EXPECT_EQ(log.State(), JobState::kClaimed);
  EXPECT_EQ(log.Append(Completed{token, {3}}).refusal, Refusal::kOtherVersion);
  const Outcome completed = log.Append(Completed{token, {2}});
  ASSERT_TRUE(completed.publication);
  EXPECT_EQ(completed.publication->version, news::Version{2});
  EXPECT_EQ(log.Row().draft, 0);
}

TEST(PartitionQueue, ACorrectionTakesBackAMachinesClaim) {
  Queued log;
  log.Want(1);
  const auto token = log.Claim();
  log.Want(2);
  EXPECT_EQ(log.State(), JobState::kOpen);
  EXPECT_EQ(log.Append(Completed{token, {1}}).refusal, Refusal::kLeaseLost);
  EXPECT_EQ(log.Row().draft, 0);
}

TEST(PartitionQueue, OlderVersionsAreNotWanted) {
  Queued log;
  log.Want(2);
  EXPECT_EQ(log.Want(1).refusal, Refusal::kOtherVersion);
  EXPECT_EQ(log.Want(2).refusal, Refusal::kOutdated) << "by an owner that was set back";
  EXPECT_EQ(log.Row().version, news::Version{2});
}

TEST(PartitionQueue, ACorrectionKeepsThePlaceInTheQueue) {
  Queued log;
  log.Want(1);
  const std::int64_t wanted_ms = log.now_ms;
  log.now_ms += kHourMs;
  log.Want(2);
  EXPECT_EQ(log.Row().wanted_ms, wanted_ms);
  log.Append(Completed{log.Claim(), {2}});
  log.now_ms += kHourMs;
  log.Want(3);
  EXPECT_EQ(log.Row().wanted_ms, log.now_ms) << "it was at rest";
}

TEST(PartitionQueue, AWithdrawnStoryCancelsAndAReinstatedOneBringsBack) {
  Queued log;
  log.Want(1, Workflow::kPerson);
  const auto token = log.Claim(Worker::kPerson);
  EXPECT_EQ(log.Append(Canceled{.version = {2}}).refusal, Refusal::kNone);
  EXPECT_EQ(log.State(), JobState::kCanceled);
  EXPECT_EQ(log.Append(Canceled{.version = {2}}).refusal, Refusal::kOutdated);
  const Outcome late = log.Append(Completed{token, {1}});
  EXPECT_EQ(late.refusal, Refusal::kLeaseLost);
  EXPECT_EQ(late.stands->state, JobState::kCanceled);
  EXPECT_EQ(log.Want(1, Workflow::kPerson).refusal, Refusal::kOtherVersion)
      << "by an owner that hung";
  log.Want(3, Workflow::kPerson);
  EXPECT_EQ(log.State(), JobState::kOpen);
  EXPECT_EQ(log.Append(Canceled{.version = {2}}).refusal, Refusal::kOtherVersion);
}

TEST(PartitionQueue, AWithdrawnStoryIsCanceledEvenBeforeItIsWanted) {
  Queued log;
  EXPECT_EQ(log.Append(Canceled{.version = {5}}).refusal, Refusal::kNone);
  EXPECT_EQ(log.Want(4).refusal, Refusal::kOtherVersion);
  EXPECT_EQ(log.State(), JobState::kCanceled);
}

TEST(PartitionQueue, APersonCancelsWhatIsNotDone) {
  const Canceled canceled{.version = {1}, .cause = CancelCause::kPerson};
  Queued log;
  log.Want(1);
  EXPECT_EQ(log.Append(Canceled{.version = {2}, .cause = CancelCause::kPerson}).refusal,
            Refusal::kOtherVersion);
  EXPECT_EQ(log.Append(canceled).refusal, Refusal::kNone);
  EXPECT_EQ(log.Append(canceled).refusal, Refusal::kCanceled);
  EXPECT_EQ(log.Want(1).refusal, Refusal::kOutdated);
  Wanted again = log.Wanting(1);
  again.requested = true;
  EXPECT_EQ(log.Append(again).refusal, Refusal::kNone);
  log.Append(Completed{log.Claim(), {1}});
  EXPECT_EQ(log.Append(canceled).refusal, Refusal::kDone);
}

TEST(PartitionQueue, AStoppedBackfillCancelsWhatItAskedForAndNobodyHasBegun) {
  Queued log;
  Wanted wanted = log.Wanting(1);
  wanted.backfill = 7;
  log.Append(wanted);
  const auto stop = [](std::int64_t backfill) {
    return Canceled{.version = {1}, .cause = CancelCause::kBackfill, .backfill = backfill};
  };
  EXPECT_EQ(log.Append(stop(6)).refusal, Refusal::kOutdated);
  const auto token = log.Claim();
  EXPECT_EQ(log.Append(stop(7)).refusal, Refusal::kOutdated);
  log.Append(Released{token});
  EXPECT_EQ(log.Append(stop(7)).refusal, Refusal::kNone);
  EXPECT_EQ(log.State(), JobState::kCanceled);
}

TEST(PartitionQueue, WhatTheNewsWantsIsNoBackfillAnyMore) {
  Queued log;
  Wanted wanted = log.Wanting(1);
  wanted.backfill = 7;
  log.Append(wanted);
  log.Want(2);
  EXPECT_EQ(log.Row().backfill, 0);
  wanted.version = {3};
  log.Append(wanted);
  EXPECT_EQ(log.Row().backfill, 0) << "it is waited for";
}

TEST(PartitionQueue, ANewerPolicyChangesTheTermsOfWhatIsNotDone) {
  Queued log;
  log.Want(1);
  Wanted wanted = log.Wanting(1, Workflow::kPerson);
  wanted.policy = 2;
  wanted.urgency = 1;
  log.Append(wanted);
  EXPECT_EQ(log.Row().urgency, 1);
  EXPECT_EQ(log.Row().worker, Worker::kPerson);
  log.Append(Completed{log.Claim(Worker::kPerson), {1}});
  wanted.policy = 3;
  EXPECT_EQ(log.Append(wanted).refusal, Refusal::kOutdated);
  EXPECT_EQ(log.State(), JobState::kDone);
}

}  // namespace
}  // namespace telex::translation
