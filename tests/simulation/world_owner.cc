// What a replica does with the partitions it owns: Ownership, turn by turn.
#include <algorithm>
#include <limits>
#include <utility>

#include "platform/errors/errors.h"
#include "tests/simulation/world.h"

namespace telex::simulation {

using namespace telex::ingestion;

namespace {

// A day passes before each compaction (Broker::compactions).
constexpr absl::Duration kCompactionLag = absl::Hours(24);

}  // namespace

void World::TakeOver(Replica& replica, int partition) {
  const Broker::Partition& logs = broker_.of(partition);
  RuleBook rules = Bent(next_release_.RulesOf(replica.release), options_.taken_away);
  if (Without(TakenAway::kUnknownRuleStops)) rules.try_emplace(kNextRule, rules.at(4));
  const auto now = [this] {
    if (Without(TakenAway::kTakeoverWithinLag)) return absl::UnixEpoch();
    return absl::FromUnixMillis(clock_ms_) + kCompactionLag * broker_.compactions;
  };
  auto owner = std::make_shared<Ownership>(
      OwnershipParts{.assigned = {{kSubmissionsTopic, partition}, logs.stored_offset},
                     .store = *replica.store,
                     .now = now,
                     .taken_away = options_.taken_away},
      DeciderParts{.rules = std::move(rules),
                   .cluster_id = broker_.cluster,
                   .ledger = *replica.store,
                   .dead_letters = dead_letters_,
                   .on_decided = {},
                   .now = now});
  owner->next = owner->reached = logs.first();
  if (Without(TakenAway::kFromTheBeginning) && !logs.stored_offset)
    owner->next = owner->reached = logs.submissions.end();
  replica.owned.insert_or_assign(partition, std::move(owner));
}

void World::OwnerStep(Replica& replica, int partition) {
  const OwnershipPtr owner = replica.owned.at(partition);  // it may be given up in this step
  if (step_ < owner->stalled_until) return;
  if (random_.Chance(faults_.stall_percent)) {
    owner->stalled_until = step_ + random_.Below(faults_.pause_steps_max);
    return;
  }
  if (Without(TakenAway::kPartitionsApart) && WaitsElsewhere(replica, partition)) return;
  if (owner->held) {
    // Until the process is started again, perhaps as its next release.
    if (random_.Chance(kUpgradePercent)) Crash(replica);
    return;
  }
  if (!owner->finishing && !owner->batch.empty() && owner->Owned() &&
      random_.Chance(faults_.let_go_percent)) {
    LetGo(replica, partition);
    return;
  }
  if (!owner->question.empty()) {
    Answer(*owner);
    return;
  }
  Fetch(replica, partition, *owner);
  Turn(replica, partition, owner);
}

void World::Turn(Replica& replica, int partition, const OwnershipPtr& owner) {
  const bool was_owned = owner->Owned();
  const auto progress = owner->Turn();
  if (!progress.ok()) {
    if (errors::ReasonOf(progress.status()) == errors::kLogTruncated) {
      Refuse(replica);
    } else {
      Break(progress.status().ToString());
    }
    return;
  }
  if (!was_owned && owner->Owned()) {
    ++report_.takeovers;
    if (Without(TakenAway::kOffsetBeforeEnds))
      owner->next = owner->reached = broker_.of(partition).first();
    Trace("replica {} owns {} from {}", NumberOf(replica), partition, owner->reached);
  }
  Post(replica, owner);
  if (owner->held) {
    ++(errors::Is(owner->why_held(), errors::kUnknownRule) ? report_.rule_stops
                                                           : report_.newer_stops);
    Trace("replica {} holds {} at {}", NumberOf(replica), partition, owner->reached);
  }
  const bool waits = progress->state == kafka::Progress::State::kWorking;
  if (owner->finishing && (!waits || random_.Chance(kFinishTooLongPercent))) {
    Commit(partition, *owner);
    replica.owned.erase(partition);
    if (owner->current) Assign(partition, AnyAwake(replica));
  } else if (random_.Chance(kCommitPercent)) {
    Commit(partition, *owner);
  }
}

// The ends as they are now; the answer comes with the next turn, however late that is.
void World::Answer(Ownership& owner) const {
  owner::Ends ends;
  for (const kafka::TopicPartition& place : std::exchange(owner.question, {})) {
    const Broker::Partition& logs = broker_.of(place.partition);
    std::int64_t& end = ends[place];
    if (place.topic == kDecisionsTopic) {
      end = logs.decisions.end();
    } else if (place.topic == kSubmissionsTopic) {
      end = Without(TakenAway::kShortLogRefused) ? std::numeric_limits<std::int64_t>::max()
                                                 : logs.submissions.end();
    } else {
      end = logs.versions.end();
    }
  }
  owner.answer = std::move(ends);
}

void World::Fetch(const Replica& replica, int partition, Ownership& owner) {
  if (!owner.batch.empty() || owner.finishing) return;
  if (Without(TakenAway::kOffsetBeforeEnds) && !owner.Owned()) return;
  const Log<SubmissionRecord>& log = broker_.of(partition).submissions;
  const std::int64_t end = std::min(log.end(), owner.next + 1 + random_.Below(faults_.batch_most));
  for (; owner.next < end; ++owner.next) {
    const SubmissionRecord& submission = *log.at(owner.next);
    if (submission.understood && replica.release == Release::kThis)
      owner.not_beyond = std::min(owner.not_beyond, owner.next);
    if (auto record = AsRead(replica, submission)) owner.batch.push_back(*std::move(record));
  }
}

void World::Post(const Replica& replica, const OwnershipPtr& owner) {
  for (kafka::Record& record : std::exchange(owner->outbox, {}))
    Send(replica, owner, std::move(record), !owner->current);
  for (const Decision& decision : std::exchange(owner->decided, {})) {
    // Without that rule it is so by design, and it shows what follows.
    if (Without(TakenAway::kDecisionsAwaited) || history_.OnTold(decision).empty()) continue;
    Break(fmt::format("submission {}/{} was taken as decided before that was on record",
                      decision.position.partition, decision.position.offset));
  }
}

void World::Send(const Replica& replica, const OwnershipPtr& owner, kafka::Record record,
                 bool zombie) {
  const int partition = record.partition;
  const std::size_t bytes = kafka::WeightOf(record);
  auto decoded = Decode(std::move(record));
  if (!decoded.ok())
    return Break("an owner appends what no reader can take: " + decoded.status().ToString());
  if (replica.release == Release::kNext) WriteAsNext(*decoded);
  if (zombie) ++report_.zombie_appends;
  InFlight append{.partition = partition,
                  .record = *std::move(decoded),
                  .bytes = bytes,
                  .owner = owner,
                  .replica = NumberOf(replica)};
  if (const auto* version = std::get_if<VersionRecord>(&append.record)) {
    report_.purges += version->article != nullptr && version->article->article.purged;
  } else if (const auto* decision = std::get_if<DecisionPtr>(&append.record)) {
    SendDecision(**decision, *owner);
    if (Without(TakenAway::kDecisionsAwaited)) {
      owner->Acknowledge(bytes);
      append.owner.reset();
    }
  }
  if (random_.Chance(faults_.twice_percent)) {
    // A copy that nobody waits for: it may come long after.
    InFlight copy = append;
    copy.owner.reset();
    in_flight_.Send(std::move(copy), step_ + random_.Below(kDelayStepsMax));
  }
  const bool stuck = random_.Chance(faults_.stuck_percent);
  in_flight_.Send(std::move(append), stuck ? step_ + random_.Below(faults_.pause_steps_max) : 0);
}

// The versions that it says are there have been acknowledged.
void World::SendDecision(const Decision& decision, Ownership& owner) {
  if (Without(TakenAway::kToldFromTheLog)) Break(history_.OnTold(decision));
  if (Without(TakenAway::kOffsetLast)) {
    owner.reached = std::max(owner.reached, decision.position.offset + 1);
    Commit(decision.position.partition, owner);
  }
}

void World::Commit(int partition, const Ownership& owner) {
  if (owner.reached > owner.not_beyond) Break("an owner passes what a newer release has written");
  if (!owner.current) return;  // the group refuses a zombie's
  std::optional<std::int64_t>& stored = broker_.of(partition).stored_offset;
  stored = std::max(stored.value_or(0), owner.reached);
}

}  // namespace telex::simulation
