// What a replica does with the partitions it owns: the steps of Decider, Timekeeper and
// PurgeEnforcer (services/ingestion/adapters), cut into what can happen between two moments.
#include <algorithm>

#include "ingestion/domain/decide.h"
#include "tests/simulation/world.h"

namespace telex::simulation {

using namespace telex::ingestion;
using Phase = Ownership::Phase;

void World::Send(const Replica& replica, int partition,
                 std::variant<VersionRecord, DecisionPtr> record,
                 const std::shared_ptr<int>& awaited, bool zombie) {
  ++*awaited;
  if (zombie) ++report_.zombie_appends;
  InFlight append{.partition = partition,
                  .record = std::move(record),
                  .awaited = awaited,
                  .replica = NumberOf(replica)};
  if (random_.Chance(faults_.twice_percent)) {
    // A copy that nobody waits for: it may come long after.
    InFlight copy = append;
    copy.awaited = std::make_shared<int>(1);
    copy.not_before_step = step_ + random_.Below(kDelayStepsMax);
    in_flight_.push_back(std::move(copy));
  }
  if (random_.Chance(faults_.stuck_percent))
    append.not_before_step = step_ + random_.Below(faults_.pause_steps_max);
  in_flight_.push_back(std::move(append));
}

void World::OwnerStep(Replica& replica, int partition, Ownership& owner) {
  const bool deciding = owner.phase == Phase::kVersions || owner.phase == Phase::kTombstones ||
                        owner.phase == Phase::kDecisions;
  if (deciding && random_.Chance(faults_.retry_percent)) {
    // What it waits for may have failed or may come yet: the batch is given to the same fold again.
    Trace("replica {} tries {}/{} again", NumberOf(replica), partition, owner.next);
    ++report_.retries;
    owner.awaited = std::make_shared<int>(0);
    owner.phase = Phase::kFolding;
    return;
  }
  if (*owner.awaited > 0 && !Without(TakenAway::kDecisionsAwaited)) return;
  if (step_ < owner.stalled_until) return;
  if (random_.Chance(faults_.stall_percent)) {
    owner.stalled_until = step_ + random_.Below(faults_.pause_steps_max);
    return;
  }
  switch (owner.phase) {
    case Phase::kAssigned:
      ReadOffset(partition, owner);
      owner.phase = Phase::kAskingForEnds;
      return;
    case Phase::kAskingForEnds:
      AskForEnds(partition, owner);
      owner.phase = Phase::kCatchingUp;
      return;
    case Phase::kCatchingUp:
      CatchUp(replica, partition, owner);
      return;
    case Phase::kFolding:
      Fold(replica, partition, owner);
      return;
    case Phase::kVersions:
      if (*owner.awaited > 0) return;
      if (Without(TakenAway::kOffsetLast)) StoreOffset(partition, owner);
      if (Without(TakenAway::kTombstonesBeforeDecisions)) {
        SendDecisions(replica, partition, owner);
      } else {
        SendTombstones(replica, partition, owner);
      }
      owner.phase = Phase::kTombstones;
      return;
    case Phase::kTombstones:
      if (*owner.awaited > 0) return;
      if (Without(TakenAway::kTombstonesBeforeDecisions)) {
        SendTombstones(replica, partition, owner);
      } else if (Without(TakenAway::kVersionsBeforeDecisions)) {
        SendVersions(replica, partition, owner);
      } else {
        SendDecisions(replica, partition, owner);
      }
      owner.phase = Phase::kDecisions;
      return;
    case Phase::kDecisions:
      owner.fold->Recorded(owner.work);
      if (!Without(TakenAway::kOffsetLast)) StoreOffset(partition, owner);
      owner.next += static_cast<std::int64_t>(owner.work.taken);
      owner.phase = Phase::kFolding;
      return;
    case Phase::kStopped:
      return;
  }
}

void World::ReadOffset(int partition, Ownership& owner) {
  const Broker::Partition& logs = broker_.of(partition);
  const std::int64_t when_none =
      Without(TakenAway::kFromTheBeginning) ? logs.submissions.end() : std::int64_t{0};
  owner.next = logs.stored_offset.value_or(when_none);
}

void World::AskForEnds(int partition, Ownership& owner) {
  owner.versions_end = broker_.of(partition).versions.end();
  owner.decisions_end = broker_.of(partition).decisions.end();
  owner.compactions = broker_.compactions;
}

void World::CatchUp(Replica& replica, int partition, Ownership& owner) {
  const LocalStore& store = *replica.store;
  const auto i = static_cast<std::size_t>(partition);
  if (store.versions_read[i] < owner.versions_end && !Without(TakenAway::kVersionsReadAtTakeOver))
    return;
  if (store.decisions_read[i] < owner.decisions_end &&
      !Without(TakenAway::kDecisionsReadAtTakeOver)) {
    return;
  }
  if (owner.compactions != broker_.compactions && !Without(TakenAway::kTakeoverWithinLag)) {
    AskForEnds(partition, owner);  // it took so long that what it read may have lacked something
    return;
  }
  if (Without(TakenAway::kOffsetBeforeEnds)) ReadOffset(partition, owner);
  LogExtent known = store.known();
  if (known.cluster.empty()) known.cluster = broker_.cluster;
  std::int64_t& next = known.next_offset[partition];
  next = std::max(next, owner.next);
  LogExtent found{.cluster = broker_.cluster};
  for (int p = 0; p < kPartitions; ++p) found.next_offset[p] = broker_.of(p).submissions.end();
  if (!CheckNotTruncated("telex.submissions.v1", known, found).ok() &&
      !Without(TakenAway::kShortLogRefused)) {
    owner.phase = Phase::kStopped;
    replica.refused = true;
    ++report_.refused_starts;
    return;
  }
  RuleBook rules = replica.rules;
  if (Without(TakenAway::kUnknownRuleStops)) rules.try_emplace(5, rules.at(4));
  owner.fold = std::make_unique<PartitionFold>(std::move(rules), store);
  owner.phase = Phase::kFolding;
  ++report_.takeovers;
  Trace("replica {} folds {} from {}", NumberOf(replica), partition, owner.next);
}

void World::Fold(Replica& replica, int partition, Ownership& owner) {
  const Log<Submission>& log = broker_.of(partition).submissions;
  std::vector<PositionedSubmission> batch;
  const std::int64_t most = 1 + random_.Below(faults_.batch_most);
  batch.reserve(static_cast<std::size_t>(most));
  for (std::int64_t offset = owner.next; offset < log.end() && offset < owner.next + most; ++offset)
    batch.push_back({{broker_.cluster, partition, offset}, *log.at(offset)});
  if (batch.empty()) return;
  const auto i = static_cast<std::size_t>(partition);
  if (owner.awaits_decisions && replica.store->decisions_read[i] < owner.decisions_end) return;
  auto work =
      owner.fold->Fold(batch, owner.awaits_decisions || Without(TakenAway::kOvertakenWaits));
  owner.awaits_decisions = work.ok() && work->awaits_decisions;
  if (owner.awaits_decisions) {
    owner.decisions_end = broker_.of(partition).decisions.end();
    return;
  }
  if (!work.ok()) {
    // An unknown rule: the process ends, and is started again, perhaps as its next release.
    ++report_.rule_stops;
    Crash(replica);
    return;
  }
  owner.work = *std::move(work);
  owner.awaited = std::make_shared<int>(0);
  Trace("replica {}{} folded {}/{} and {} more", NumberOf(replica),
        owner.current ? "" : " (zombie)", partition, owner.next, owner.work.taken - 1);
  if (Without(TakenAway::kRememberedOnceRecorded)) owner.fold->Recorded(owner.work);
  if (Without(TakenAway::kVersionsBeforeDecisions)) {
    SendDecisions(replica, partition, owner);
  } else {
    SendVersions(replica, partition, owner);
  }
  if (Without(TakenAway::kToldFromTheLog)) {
    for (const Decision& decision : owner.work.decisions) Break(history_.OnTold(decision));
  }
  owner.phase = Phase::kVersions;
}

void World::SendVersions(const Replica& replica, int partition, const Ownership& owner) {
  for (const ArticleHead& head : owner.work.articles) {
    const VersionKey key{IndexOf(head.article.id), head.article.version.number};
    report_.purges += head.article.purged;
    Send(replica, partition, VersionRecord{key, std::make_shared<const ArticleHead>(head), nullptr},
         owner.awaited, !owner.current);
  }
  for (const SourceHead& head : owner.work.sources) {
    const VersionKey key{IndexOf(head.source.id), head.source.version.number};
    Send(replica, partition, VersionRecord{key, nullptr, std::make_shared<const SourceHead>(head)},
         owner.awaited, !owner.current);
  }
}

void World::SendTombstones(const Replica& replica, int partition, const Ownership& owner) {
  std::size_t most = owner.work.tombstones.size();
  if (Without(TakenAway::kAllTombstones) && most > 0) --most;
  for (std::size_t i = 0; i < most; ++i) {
    const auto& [id, version] = owner.work.tombstones[i];
    Send(replica, partition, VersionRecord{{IndexOf(id), version.number}, nullptr, nullptr},
         owner.awaited, !owner.current);
  }
}

void World::SendDecisions(const Replica& replica, int partition, const Ownership& owner) {
  for (const Decision& decision : owner.work.decisions) {
    Send(replica, partition, std::make_shared<const Decision>(decision), owner.awaited,
         !owner.current);
  }
}

void World::StoreOffset(int partition, Ownership& owner) {
  if (!owner.current) return;  // the group refuses a zombie's
  broker_.of(partition).stored_offset = owner.next + static_cast<std::int64_t>(owner.work.taken);
}

// The owner (or a zombie) whose clock says that an embargo or an expiry has come.
void World::TellTime(Replica& replica) {
  for (int subject = 0; subject < kStories; ++subject) {
    const ArticlePtr& head = replica.store->article(subject);
    if (head == nullptr) continue;
    const auto instant = PendingInstant(head->article);
    const bool due = instant && (*instant <= ClockOf(replica) || Without(TakenAway::kTimeNotEarly));
    if (!due || !random_.Chance(60)) continue;
    Submission submission;
    submission.time = ClockOf(replica);
    submission.actor = "telex";
    submission.subject = StoryOf(subject);
    submission.action = TimeReached{.version = head->article.version, .instant = *instant};
    Append(std::move(submission));
  }
}

// The owner finds content behind the tombstones of a purge: a zombie's, a loser's.
void World::ForgetLate(Replica& replica) {
  if (Without(TakenAway::kLateContentForgotten)) return;
  for (const VersionKey& key : replica.store->unpurged()) {
    const int partition = PartitionOf(key.subject);
    const auto owner = replica.owned.find(partition);
    if (owner == replica.owned.end() || owner->second.fold == nullptr) continue;
    Trace("replica {} forgets {}", NumberOf(replica), key);
    Send(replica, partition, VersionRecord{key, nullptr, nullptr}, std::make_shared<int>(0),
         !owner->second.current);
  }
}

}  // namespace telex::simulation
