// When nothing goes wrong any more: what was begun is finished, and what comes then is done once.
#include <limits>

#include "tests/simulation/laws.h"
#include "tests/simulation/world.h"

namespace telex::simulation {

using namespace telex::ingestion;

namespace {

constexpr int kQuietDayPercent = 25;                 // of all worlds; their steps are many
constexpr std::int64_t kInstantsWithinMs = 120'000;  // of any embargo or expiry (world_news.cc)
constexpr int kSettleStepsMax = 400;
constexpr std::int64_t kSettleStepMs = 500;
constexpr int kLookEverySteps = 20;  // as often as AppendTombstonesAgain does
constexpr std::int64_t kQuietStepMs = 100;
constexpr int kStepsASecond = 10;
constexpr std::int64_t kSlowMs = 3'600'000;  // of an owner whose clock is an hour behind
constexpr absl::Duration kSentWithin = absl::Seconds(1);

}  // namespace

// One healthy replica of the newest release works off all that is left, with zombies dead.
void World::Quiesce() {
  AllWritable();
  DeliverAll();
  for (Replica& replica : replicas_) {
    replica.owned.clear();
    replica.up = false;
  }
  const std::size_t number = random_.Below(std::uint64_t{kReplicas});
  Replica& last = replicas_[number];
  last.paused_until = 0;
  last.up = true;
  for (Replica& replica : replicas_) replica.release = Release::kNext;
  for (int partition = 0; partition < kPartitions; ++partition) Assign(partition, number);
  const int steps_max = 20'000 + 100 * static_cast<int>(report_.submissions);
  for (int partition = 0; partition < kPartitions; ++partition) {
    const std::int64_t end = broker_.of(partition).submissions.end();
    bool done = false;
    for (int i = 0; i < steps_max && !done && !Broken(); ++i, ++step_) {
      ReadSome(last, 1'000);
      OwnerStep(last, partition);
      DeliverAll();
      if (!last.up) return Break("a healthy replica stopped");
      const Ownership& owner = *last.owned.at(partition);
      done = owner.Owned() && owner.batch.empty() && owner.next == end;
    }
    if (!done) Break("submissions were left undecided");
  }
  Settle(last);
  if (!Broken() && random_.Chance(kQuietDayPercent)) QuietDay(last);
  ReadToTheEnd(broker_, *last.store);
}

// Its clock is right from now on. All embargoes and expiries come, and are sent until they are
// decided; what came behind a purge is forgotten.
void World::Settle(Replica& last) {
  faults_.MakeQuiet();
  last.clock_skew_ms = 0;
  clock_ms_ += kInstantsWithinMs;
  bool settled = false;
  for (int i = 0; i < kSettleStepsMax && !settled && !Broken(); ++i) {
    clock_ms_ += kSettleStepMs;
    SendDueTimes(last);
    if (i % kLookEverySteps == 0) ForgetLate(last);
    QuietStep(last);
    settled = true;
    for (int partition = 0; partition < kPartitions; ++partition) {
      last.store->VisitPending(partition, absl::InfiniteFuture(),
                               [&](const Pending&) { return settled = false; });
    }
    last.store->VisitUnpurged([&](const UnpurgedVersion&) { settled = false; });
    for (const auto& [partition, owner] : last.owned)
      settled = settled && owner->reached == broker_.of(partition).submissions.end();
  }
}

// What is sent in one step is there in the next.
void World::QuietStep(Replica& owner) {
  ++step_;
  ReadSome(owner, 1'000);
  for (int partition = 0; partition < kPartitions && !Broken(); ++partition)
    OwnerStep(owner, partition);
  DeliverAll();
}

// Another partition cannot be written, until the day is over: it holds up itself alone, with what
// was submitted and with an embargo that has ended. Which one; -1: none has stories.
int World::HangAnother(Replica& owner, Replica& peer) {
  const int partition = (PartitionOf(kQuietStory) + 1) % kPartitions;
  int story = 0;
  while (story < kQuietStory && PartitionOf(story) != partition) ++story;
  if (story == kQuietStory) return -1;
  Submission submission;
  submission.rule = 4;
  submission.time = ClockOf(peer);
  submission.actor = "editor";
  submission.subject = StoryOf(story);
  SetContent set = RandomContent(story);
  set.base.reset();
  set.upstream.reset();
  set.content.embargoed = submission.time + absl::Seconds(3);
  set.content.expires.reset();
  submission.action = set;
  Append(submission);
  QuietSeconds(2, owner, peer);
  BelowMinInsync(partition, std::numeric_limits<int>::max());
  submission.action = Withhold{.reason = "doubt"};
  Append(submission);
  ++report_.hung_days;
  return partition;
}

// A story under an embargo, which ends and expires, and is purged, with a peer that owns nothing.
// What is sent first may not reach the log.
void World::QuietDay(Replica& owner) {
  ++report_.quiet_days;
  Replica& peer = replicas_[(NumberOf(owner) + 1) % kReplicas];
  peer.up = true;
  peer.paused_until = 0;
  peer.clock_skew_ms = 0;
  const bool slow = random_.Chance(50);
  owner.clock_skew_ms = slow ? -kSlowMs : 0;
  const bool lost = random_.Chance(30);
  lose_sent_ = lost ? 1 : 0;
  for (Replica* replica : {&owner, &peer}) replica->times = DueTimes(kPartitions, 4);
  const int hung = random_.Chance(50) ? HangAnother(owner, peer) : -1;
  Submission submission;
  submission.rule = 4;
  submission.time = ClockOf(peer);
  submission.actor = "editor";
  submission.subject = StoryOf(kQuietStory);
  SetContent set = RandomContent(kQuietStory);
  set.base.reset();
  set.upstream.reset();
  set.content.embargoed = submission.time + absl::Seconds(2);
  set.content.expires = submission.time + absl::Seconds(14);
  submission.action = std::move(set);
  Append(submission);
  QuietSeconds(28, owner, peer);
  submission.time = ClockOf(peer);
  submission.action = Purge{.reason = "forget", .link = "https://example.com/", .base = {}};
  const std::int64_t forgotten = report_.forgotten_again;
  Append(submission);
  QuietSeconds(12, owner, peer);
  if (report_.forgotten_again != forgotten) Break("a purge in order was appended once more");
  std::string breach = CheckQuietDay((slow ? owner::kPeerDelay : absl::ZeroDuration()) +
                                     (lost ? owner::kResendAfterMin : absl::ZeroDuration()));
  if (!breach.empty()) return Break(std::move(breach));
  if (random_.Chance(50)) Haunt(owner, peer);
  if (hung < 0 || Broken()) return;
  const Broker::Partition& logs = broker_.of(hung);
  if (logs.decisions_writable_from > step_ &&
      owner.owned.at(hung)->reached == logs.submissions.end())
    Break("a partition that cannot be written went on");
  AllWritable();
  Settle(owner);
}

// A zombie's copy of a purged version comes behind its tombstone, and once more behind the next.
void World::Haunt(Replica& owner, Replica& peer) {
  const std::shared_ptr<const kafka::Record> late = history_.versions().at({kQuietStory, 1}).record;
  for (int times = 0; times < 2 && !Broken(); ++times) {
    Send(peer, nullptr, *late, true);
    QuietSeconds(32, owner, peer);
  }
}

void World::QuietSeconds(int seconds, Replica& owner, Replica& peer) {
  const int looks_at = random_.Below(kStepsASecond);
  for (int i = 0; i < seconds * kStepsASecond && !Broken(); ++i) {
    clock_ms_ += kQuietStepMs;
    QuietStep(owner);
    ReadSome(peer, 1'000);
    SendDueTimes(owner);
    SendDueTimes(peer);
    if (i % (10 * kStepsASecond) == looks_at) ForgetLate(owner);
  }
}

std::string World::CheckQuietDay(absl::Duration patience) const {
  int sent = 0;
  const Log<SubmissionRecord>& log = broker_.of(PartitionOf(kQuietStory)).submissions;
  for (std::int64_t offset = 0; offset < log.end(); ++offset) {
    const std::optional<Submission>& submission = log.at(offset)->submission;
    if (!submission || IndexOf(submission->subject) != kQuietStory) continue;
    const auto* reached = std::get_if<TimeReached>(&submission->action);
    if (reached == nullptr) continue;
    ++sent;
    const absl::Duration late = log.at(offset)->HandedIn() - reached->instant;
    if (late > patience + kSentWithin)
      return fmt::format("in a quiet world a due time was sent {} late",
                         absl::FormatDuration(late));
  }
  if (sent == 2) return "";
  return fmt::format("in a quiet world an embargo and an expiry were sent {} times", sent);
}

}  // namespace telex::simulation
