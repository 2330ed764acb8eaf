// Of jobs: their review, repeated requests, what is forgotten.
#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "tests/unit/translation/queued.h"
#include "translation/domain/partition_queue.h"

namespace telex::translation {
namespace {

TEST(QueueReview, ADraftIsPublishedOnceItIsReviewed) {
  Queued log;
  log.Want(1, Workflow::kDraftThenReview);
  const Outcome draft = log.Append(Completed{log.Claim(), {1}});
  EXPECT_TRUE(draft.is_draft);
  EXPECT_FALSE(draft.publication);
  EXPECT_EQ(log.Row().worker, Worker::kReviewer);
  EXPECT_EQ(log.Append(Claimed{Worker::kPerson, 1}).refusal, Refusal::kOtherWorker);
  const auto token = log.Claim(Worker::kReviewer);
  const Outcome reviewed = log.Append(Completed{token, {1}});
  ASSERT_TRUE(reviewed.publication);
  EXPECT_EQ(reviewed.publication->worker, Worker::kReviewer);
  EXPECT_EQ(log.State(), JobState::kDone);
}

TEST(QueueReview, ATranslationMayBePublishedBeforeItIsReviewed) {
  Queued log;
  log.Want(1, Workflow::kMachineThenReview);
  const Outcome machine = log.Append(Completed{log.Claim(), {1}});
  ASSERT_TRUE(machine.publication);
  EXPECT_FALSE(machine.is_draft);
  EXPECT_EQ(log.State(), JobState::kOpen);
  const Outcome approved = log.Append(Reviewed{.version = {1}, .revision = machine.position});
  ASSERT_TRUE(approved.publication);
  EXPECT_EQ(approved.publication->what, Publish::kApproved);
  EXPECT_EQ(approved.publication->text, machine.position);
  EXPECT_EQ(log.State(), JobState::kDone);
}

TEST(QueueReview, IsOfTheRevisionThatStands) {
  Queued log;
  log.Want(1);
  const Outcome first = log.Append(Completed{log.Claim(), {1}});
  Reviewed review{.version = {1}, .revision = first.position, .verdict = ReviewVerdict::kReplaced};
  const Outcome replaced = log.Append(review);
  ASSERT_TRUE(replaced.publication);
  EXPECT_EQ(replaced.publication->what, Publish::kReplaced);
  const Outcome second = log.Append(review);
  EXPECT_EQ(second.refusal, Refusal::kOtherRevision) << "two reviewers";
  EXPECT_EQ(second.stands->revision, replaced.position);
  review.version = {2};
  EXPECT_EQ(log.Append(review).refusal, Refusal::kOtherVersion);
}

TEST(QueueReview, WhatIsRejectedIsForAPersonToDo) {
  Queued log;
  log.Want(1);
  const Outcome first = log.Append(Completed{log.Claim(), {1}});
  const Outcome rejected = log.Append(
      Reviewed{.version = {1}, .revision = first.position, .verdict = ReviewVerdict::kRejected});
  ASSERT_TRUE(rejected.publication);
  EXPECT_EQ(rejected.publication->what, Publish::kRejected);
  EXPECT_EQ(log.Row().worker, Worker::kPerson);
  EXPECT_NE(log.Claim(Worker::kPerson), 0);
}

TEST(QueueReview, ARejectedDraftWasNeverPublished) {
  Queued log;
  log.Want(1, Workflow::kDraftThenReview);
  const Outcome draft = log.Append(Completed{log.Claim(), {1}});
  const Outcome rejected = log.Append(
      Reviewed{.version = {1}, .revision = draft.position, .verdict = ReviewVerdict::kRejected});
  EXPECT_EQ(rejected.refusal, Refusal::kNone);
  EXPECT_FALSE(rejected.publication);
}

TEST(QueueReview, OfAForgottenJobIsHeardOnce) {
  Queued log;
  Reviewed review{.version = {4}, .revision = 17, .verdict = ReviewVerdict::kRejected};
  review.from = Language("en");
  review.source = "times";
  EXPECT_EQ(log.Append(review).refusal, Refusal::kNoSuchJob) << "it was there at the edge";
  review.forgotten = true;
  const Outcome rejected = log.Append(review);
  EXPECT_TRUE(rejected.publication);
  EXPECT_EQ(log.Row().version, news::Version{4});
  EXPECT_EQ(log.Row().from, Language("en"));
  EXPECT_EQ(log.State(), JobState::kOpen);
  EXPECT_EQ(log.Append(review).refusal, Refusal::kOtherWorker);

  Queued two;
  review.verdict = ReviewVerdict::kReplaced;
  EXPECT_TRUE(two.Append(review, "ben").publication);
  EXPECT_EQ(two.Append(review, "anna").refusal, Refusal::kOtherRevision) << "both at once";
}

TEST(QueueReview, ACorrectionOfWhatAReviewerHoldsBeginsWithTheMachineWhenItIsReleased) {
  Queued log;
  log.Want(1, Workflow::kDraftThenReview);
  log.Append(Completed{log.Claim(), {1}});
  const auto token = log.Claim(Worker::kReviewer);
  log.Want(2, Workflow::kDraftThenReview);
  EXPECT_EQ(log.State(), JobState::kClaimed);
  log.Append(Released{token});
  EXPECT_EQ(log.Row().worker, Worker::kMachine);
}

TEST(QueueRequests, ThatRepeatGetTheirAnswerAgain) {
  Queued log;
  log.Want(1);
  const auto token = log.Claim(Worker::kMachine, "anna", "r1");
  const Outcome claimed = log.Append(Claimed{Worker::kMachine, 60'000}, "anna", "r1");
  EXPECT_EQ(claimed.refusal, Refusal::kNone);
  EXPECT_TRUE(claimed.repeats);
  EXPECT_EQ(claimed.position, token);
  EXPECT_EQ(log.Append(Claimed{Worker::kMachine, 60'000}, "ben", "r1").refusal, Refusal::kClaimed)
      << "the id is another one's";

  const Outcome completed = log.Append(Completed{token, {1}}, "anna", "r2");
  const Outcome repeated = log.Append(Completed{token, {1}}, "anna", "r2");
  EXPECT_EQ(repeated.refusal, Refusal::kNone);
  EXPECT_TRUE(repeated.repeats);
  EXPECT_EQ(repeated.position, completed.position);
  EXPECT_FALSE(repeated.publication) << "it was published";
  EXPECT_FALSE(repeated.changed);

  log.Want(2);
  log.Append(Released{log.Claim(Worker::kMachine, "ben", "r3")}, "ben", "r4");
  EXPECT_EQ(log.Append(Completed{token, {1}}, "anna", "r2").position, completed.position)
      << "though the job has gone on";
}

TEST(QueueRequests, AClaimThatIsOverIsClaimedAgain) {
  Queued log;
  log.Want(1, Workflow::kPerson);
  const auto token = log.Claim(Worker::kPerson, "anna", "r1");
  log.now_ms = log.Row().due_ms;
  log.AppendDue();
  EXPECT_GT(log.Claim(Worker::kPerson, "anna", "r1"), token);
}

TEST(QueueForgets, AJobThatRestsAndNothingElse) {
  Queued log;
  log.Want(1);
  log.Append(Completed{log.Claim(), {1}});
  const std::int64_t up_to = log.Row().last;
  EXPECT_EQ(log.AppendDue(), 0);
  log.now_ms += kRestMs;
  log.Append(Reviewed{.version = {1}, .revision = log.Row().revision});
  EXPECT_EQ(log.Append(Forgotten{up_to}).refusal, Refusal::kOutdated) << "it has changed since";
  log.now_ms += kRestMs;
  EXPECT_EQ(log.AppendDue(), 1);
  EXPECT_FALSE(log.queue.RowOf(log.job));
  EXPECT_EQ(log.queue.jobs().size(), 0u);
}

// A job whose facts these are, then what is due, then tombstones of all of it: whoever begins in
// the middle of the facts, as compaction leaves them, comes to the same end.
void ExpectForgottenFromAnywhere(const std::vector<JobFact>& facts) {
  Queued whole;
  std::vector<JobFact> log = facts;
  for (const JobFact& fact : facts) whole.Append(fact);
  whole.now_ms += kRestMs;
  whole.queue.VisitDue(whole.now_ms, [&](const DueJob& due) {
    log.push_back(FactOf(due, "owner"));
    return true;
  });
  ASSERT_EQ(log.size(), facts.size() + 1);
  const Outcome forgotten = whole.Append(log.back());
  EXPECT_TRUE(forgotten.forgotten) << "at once";
  const auto end = static_cast<std::int64_t>(log.size());
  for (std::size_t first = 0; first <= log.size(); ++first) {
    PartitionQueue half;
    for (std::size_t i = first; i < log.size(); ++i) {
      const bool is_last = i + 1 == log.size();
      half.Apply(static_cast<std::int64_t>(i), is_last ? whole.now_ms : whole.now_ms - kRestMs,
                 log[i]);
    }
    EXPECT_FALSE(half.RowOf(whole.job)) << "from fact " << first << " on";
    for (std::int64_t n = 0; n < end; ++n)
      EXPECT_FALSE(half.ApplyTombstone(end + n, whole.job, end - 1).read_again)
          << "from fact " << first << " on";
  }
}

TEST(QueueForgets, TheSameForWhomeverBeginsInAHalfCompactedLog) {
  const JobId job = JobOf(1);
  const auto fact = [&](auto what, std::string actor = "owner") {
    return JobFact{job, std::move(actor), "", std::move(what)};
  };
  // What is refused behind a withdrawn version would be granted to whoever has not read that.
  ExpectForgottenFromAnywhere({fact(Canceled{.version = {2}}), fact(Queued::Wanting(1))});
  // An owner that was set back wants again what is done.
  ExpectForgottenFromAnywhere({fact(Queued::Wanting(1)), fact(Claimed{Worker::kMachine, 60'000}),
                               fact(Completed{1, {1}}), fact(Queued::Wanting(1))});
  // A request that is repeated.
  JobFact wanted = fact(Queued::Wanting(1), "anna");
  wanted.request_id = "r1";
  ExpectForgottenFromAnywhere(
      {wanted, fact(Canceled{.version = {1}, .cause = CancelCause::kPerson}), wanted});
}

TEST(QueueForgets, NothingByAClockThatIsFast) {
  Queued log;
  log.Append(Canceled{.version = {1}});
  const std::int64_t end_ms = log.Row().due_ms;
  std::optional<JobFact> forgets;
  log.queue.VisitDue(end_ms, [&](const DueJob& due) {
    forgets = FactOf(due, "an owner whose clock is days ahead");
    return true;
  });
  ASSERT_TRUE(forgets);
  log.now_ms = end_ms - 1;
  EXPECT_EQ(log.Append(*forgets).refusal, Refusal::kOutdated);
  EXPECT_EQ(log.State(), JobState::kCanceled);
  log.now_ms = end_ms;
  EXPECT_EQ(log.Append(*forgets).refusal, Refusal::kNone) << "it was asked for again";
  EXPECT_FALSE(log.queue.RowOf(log.job));
}

TEST(QueueForgets, NothingOfWhichAFactHasComeSince) {
  Queued log;
  log.Append(Canceled{.version = {2}});
  const std::int64_t up_to = log.Row().last;
  EXPECT_EQ(log.Want(1).refusal, Refusal::kOtherVersion);
  EXPECT_EQ(log.Append(Forgotten{up_to}).refusal, Refusal::kOutdated);
  EXPECT_EQ(log.Row().last, up_to + 1) << "what would have had it forgotten is no such fact";
  EXPECT_EQ(log.Append(Forgotten{up_to + 1}).refusal, Refusal::kNone);
}

TEST(QueueForgets, WithTombstonesUpToWhereItWasForgotten) {
  Queued log;
  log.Want(1);
  const Outcome forgotten = log.Append(Forgotten{0});  // its article was purged
  EXPECT_EQ(forgotten.forgotten, forgotten.position);
  EXPECT_TRUE(forgotten.changed);
  log.Want(2);
  const std::int64_t next = log.queue.position() + 1;
  const Outcome tombstone = log.queue.ApplyTombstone(next, log.job, *forgotten.forgotten);
  EXPECT_FALSE(tombstone.changed || tombstone.read_again) << "it lives again";
}

TEST(QueueForgets, WhatAReaderMayHaveFoldedIntoWhatCameAfter) {
  Queued log;
  log.Want(3);
  log.Want(1);  // of another life: a fact between the two, which is gone, forgot the first
  EXPECT_TRUE(log.queue.ApplyTombstone(2, log.job, 0).read_again);
}

TEST(QueueRows, BringBackAllThatIsKnown) {
  Queued log;
  log.Want(1, Workflow::kDraftThenReview);
  log.Append(Completed{log.Claim(), {1}}, "anna", "r1");
  log.Claim(Worker::kReviewer, "ben", "r2");
  log.Want(2, Workflow::kDraftThenReview);
  const PartitionQueue back(log.queue.position(), {log.Row()});
  EXPECT_EQ(back.RowOf(log.job), log.queue.RowOf(log.job));
  EXPECT_EQ(back.position(), log.queue.position());
}

TEST(QueueRows, ARecordThatWasAppliedChangesNothing) {
  Queued log;
  log.Want(1);
  PartitionQueue& queue = log.queue;
  const JobFact fact{log.job, "anna", "", Claimed{Worker::kMachine, 60'000}};
  ASSERT_TRUE(queue.Apply(1, log.now_ms, fact).changed);
  EXPECT_FALSE(queue.Apply(1, log.now_ms, fact).changed);
  EXPECT_FALSE(queue.Apply(0, log.now_ms, fact).changed);
}

}  // namespace
}  // namespace telex::translation
