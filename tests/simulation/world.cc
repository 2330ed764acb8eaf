#include "tests/simulation/world.h"

#include "tests/simulation/laws.h"

namespace telex::simulation {

using namespace telex::ingestion;

World::World(const RunOptions& options)
    : options_(options),
      random_(options.seed),
      faults_(FaultProfile::Draw(random_)),
      next_release_(NextRelease::Draw(random_)) {
  for (Replica& replica : replicas_) {
    replica.clock_skew_ms = random_.Below(20'000) - 10'000;
    replica.timer_rule = random_.Chance(70) ? 4 : 1;
    replica.times = DueTimes(kPartitions, replica.timer_rule);
    if (random_.Chance(50)) Start(replica);
  }
}

RunReport World::Run() {
  Trace("{}", faults_);
  for (int partition = 0; partition < kPartitions; ++partition)
    Assign(partition, random_.Below(std::uint64_t{kReplicas}));
  for (step_ = 0; step_ < faults_.steps && !Broken(); ++step_) {
    if (step_ == faults_.cut_at_step) {
      CutShort();
      if (report_.logs_cut > 0) return report_;
    }
    Step();
  }
  if (!Broken() && faults_.rolled_back) RollBack();
  if (!Broken()) Quiesce();
  if (!Broken()) CheckLaws();
  report_.versions = static_cast<std::int64_t>(history_.versions().size());
  report_.late_contents = history_.late_contents;
  return report_;
}

void World::Step() {
  clock_ms_ += random_.Below(400);
  Do(faults_.weights.Draw(random_));
}

void World::Do(Event event) {
  Replica& replica = replicas_[random_.Below(std::uint64_t{kReplicas})];
  switch (event) {
    case Event::kSubmit:
      Submit();
      return;
    case Event::kRead:
      if (Awake(replica)) ReadSome(replica, 1 + random_.Below(faults_.read_most));
      return;
    case Event::kOwnerStep: {
      if (!Awake(replica) || replica.owned.empty()) return;
      auto owned = replica.owned.begin();
      std::advance(owned, random_.Below(replica.owned.size()));
      OwnerStep(replica, owned->first);
      return;
    }
    case Event::kDeliver:
      DeliverOne();
      return;
    case Event::kSendDueTimes:
      if (Awake(replica)) SendDueTimes(replica);
      return;
    case Event::kForgetLate:
      if (Awake(replica)) ForgetLate(replica);
      return;
    case Event::kSetClock:
      SetClock(replica);
      return;
    case Event::kRebalance:
      Rebalance();
      return;
    case Event::kCrash:
      if (replica.up) Crash(replica);
      return;
    case Event::kStart:
      if (!replica.up && !replica.refused) Start(replica);
      return;
    case Event::kPause:
      if (Awake(replica)) Pause(replica);
      return;
    case Event::kLoseOffset:
      broker_.of(random_.Below(kPartitions)).stored_offset.reset();
      return;
    case Event::kCompact:
      Compact();
      return;
    case Event::kSilence:
      Silence();
      return;
    case Event::kBelowMinInsync:
      BelowMinInsync(random_.Below(kPartitions), step_ + random_.Below(faults_.pause_steps_max));
      return;
  }
}

void World::ReadSome(Replica& replica, std::int64_t most) {
  LocalStore& store = *replica.store;
  for (int p = 0; p < kPartitions; ++p) {
    const auto i = static_cast<std::size_t>(p);
    const Broker::Partition& partition = broker_.of(p);
    if (store.versions_read[i] > partition.versions.end() ||
        store.decisions_read[i] > partition.decisions.end()) {
      // The broker answers OFFSET_OUT_OF_RANGE.
      if (Without(TakenAway::kShortLogRefused)) {
        store.versions_read[i] = std::min(store.versions_read[i], partition.versions.end());
        store.decisions_read[i] = std::min(store.decisions_read[i], partition.decisions.end());
        continue;
      }
      Refuse(replica);
      return;
    }
    if (!random_.Chance(faults_.versions_unread_percent)) ReadVersions(replica, p, most);
    if (!random_.Chance(faults_.decisions_unread_percent)) ReadDecisions(replica, p, most);
  }
}

// As LogReplica: what a newer release has written is not passed.
void World::ReadVersions(Replica& replica, int partition, std::int64_t most) {
  const Log<VersionRecord>& log = broker_.of(partition).versions;
  std::int64_t& next = replica.store->versions_read[static_cast<std::size_t>(partition)];
  for (; most > 0 && next < log.end(); --most, ++next) {
    const VersionRecord* record = log.at(next);
    if (record == nullptr) continue;
    if (Understands(replica, *record)) {
      replica.store->Read(*record);
    } else if (!Without(TakenAway::kNewerHoldsReaders)) {
      return;
    }
  }
}

void World::ReadDecisions(Replica& replica, int partition, std::int64_t most) {
  const Log<DecisionPtr>& log = broker_.of(partition).decisions;
  std::int64_t& next = replica.store->decisions_read[static_cast<std::size_t>(partition)];
  for (; most > 0 && next < log.end(); --most, ++next) {
    const DecisionPtr* record = log.at(next);
    if (record == nullptr) continue;
    if (Understands(replica, *record)) {
      replica.store->Read(*record);
      // Who waits here for an answer has it.
      if (std::string breach = history_.OnTold(**record); !breach.empty()) Break(std::move(breach));
    } else if (!Without(TakenAway::kNewerHoldsReaders)) {
      return;
    }
  }
}

void World::DeliverOne() {
  const auto writable = [this](const InFlight& append) { return Writable(append); };
  if (const auto append = in_flight_.Land(random_, step_, writable)) Deliver(*append);
}

bool World::Writable(const InFlight& append) const {
  const Broker::Partition& logs = broker_.of(append.partition);
  if (std::holds_alternative<VersionRecord>(append.record))
    return step_ >= logs.versions_writable_from;
  return !std::holds_alternative<DecisionPtr>(append.record) ||
         step_ >= logs.decisions_writable_from;
}

void World::AllWritable() {
  for (Broker::Partition& logs : broker_.partitions)
    logs.versions_writable_from = logs.decisions_writable_from = 0;
}

// In any order, but for what waits at a log that cannot be written.
void World::DeliverAll() {
  const auto writable = [this](const InFlight& append) { return Writable(append); };
  while (!Broken()) {
    const auto append = in_flight_.LandNow(random_, writable);
    if (!append) return;
    Deliver(*append);
  }
}

void World::Deliver(const InFlight& append) {
  Broker::Partition& partition = broker_.of(append.partition);
  std::string breach;
  if (const auto* version = std::get_if<VersionRecord>(&append.record)) {
    Trace("appended {}", *version);
    partition.versions.Append(*version);
    breach = history_.OnAppended(*version);
  } else if (const auto* decision = std::get_if<DecisionPtr>(&append.record)) {
    Trace("appended {}", **decision);
    partition.decisions.Append(*decision);
    breach = history_.OnAppended(append.partition, *decision);
  } else {
    const auto& letter = std::get<DeadLetter>(append.record);
    history_.OnAppended(letter);
    if (broker_.of(letter.partition).submissions.at(letter.offset)->submission)
      breach = "a submission was set aside that a release has written";
  }
  if (!breach.empty()) Break(std::move(breach));
  if (const auto owner = append.owner.lock()) owner->Acknowledge(append.bytes);
}

void World::CheckLaws() {
  // One that has read a part of the log as it is now, and goes on when it has been compacted.
  LocalStore midway;
  for (int p = 0; p < kPartitions; ++p) {
    const auto i = static_cast<std::size_t>(p);
    const Log<VersionRecord>& log = broker_.of(p).versions;
    const auto from =
        static_cast<std::int64_t>(random_.Below(static_cast<std::uint64_t>(log.end() + 1)));
    while (midway.versions_read[i] < from) {
      if (const VersionRecord* record = log.at(midway.versions_read[i]++)) midway.Read(*record);
    }
  }
  std::string breach = CheckVersions(history_);
  if (breach.empty()) breach = CheckNothingLost(broker_, history_);
  if (breach.empty()) breach = CheckPurges(broker_, history_);
  if (breach.empty()) breach = CheckNothingIsDue(history_, absl::FromUnixMillis(clock_ms_));
  if (breach.empty()) {
    const RuleBook rules = Bent(next_release_.RulesOf(Release::kNext), options_.taken_away);
    breach = CheckAgainstOneOwner(broker_, history_, rules);
  }
  for (Replica& replica : replicas_) {
    if (!breach.empty()) break;
    ReadToTheEnd(broker_, *replica.store);
    breach = CheckStore(broker_, *replica.store);
  }
  ReadToTheEnd(broker_, midway);
  if (breach.empty()) breach = CheckStore(broker_, midway);
  if (!breach.empty()) Break(std::move(breach));
}

}  // namespace telex::simulation
