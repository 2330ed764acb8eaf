// What goes wrong.
#include <algorithm>

#include "tests/simulation/laws.h"
#include "tests/simulation/world.h"

namespace telex::simulation {

using namespace telex::ingestion;

namespace {

// Decisions outlive submissions (30 days) by a day, the longest that a request id is remembered,
// and by half a day more, as clocks differ: whatever can still be decided finds all decisions it
// may repeat. With less, an outage longer than the difference would let two owners decide
// differently.
constexpr absl::Duration kDecisionsKept = absl::Hours(31 * 24 + 12);
constexpr absl::Duration kSubmissionsKept = absl::Hours(30 * 24);
constexpr absl::Duration kDecisionsKeptTooShort = absl::Hours(2 * 24);

}  // namespace

RuleBook Bent(RuleBook rules, TakenAway rule) {
  if (rule == TakenAway::kLogClockBounds) {
    for (auto& [number, book] : rules) book.bounded_by_log_clock = false;
  }
  return rules;
}

void World::Assign(int partition, std::size_t to) {
  for (Replica& replica : replicas_) {
    const auto held = replica.owned.find(partition);
    if (held == replica.owned.end() || !held->second->current) continue;
    // It may have joined the group again; what it had sent is on its way still.
    if (&replica == &replicas_[to] && random_.Chance(50)) return;
    if (!Awake(replica) || random_.Chance(faults_.zombie_percent)) {
      held->second->current = false;  // it has not heard of it
      Delay(replica);
      Trace("replica {} is a zombie on {}", NumberOf(replica), partition);
    } else {
      Revoke(replica, partition);
    }
  }
  TakeOver(replicas_[to], partition);
  Trace("replica {} is given {}", to, partition);
}

// It hears of it: in order, and the group learns how far it is, or too late for that. What it has
// sent is on its way still, and nobody waits for the acknowledgements.
void World::Revoke(Replica& replica, int partition) {
  const OwnershipPtr owner = replica.owned.at(partition);
  if (owner->Owned() && !owner->held && random_.Chance(50)) {
    owner->finishing = true;
    if (const auto progress = owner->Turn(); !progress.ok()) Break(progress.status().ToString());
    Post(replica, owner);
    Commit(partition, *owner);
  }
  replica.owned.erase(partition);
}

// In the middle of a batch: it is lost and taken over again, or given up cleanly.
void World::LetGo(Replica& replica, int partition) {
  Ownership& owner = *replica.owned.at(partition);
  Trace("replica {} lets {} go at {}", NumberOf(replica), partition, owner.reached);
  ++report_.let_go;
  if (!owner.current) {
    replica.owned.erase(partition);
  } else if (random_.Chance(50)) {
    TakeOver(replica, partition);
  } else {
    owner.finishing = true;
  }
}

std::size_t World::AnyAwake(const Replica& otherwise) {
  const std::size_t any = random_.Below(std::uint64_t{kReplicas});
  return Awake(replicas_[any]) && !replicas_[any].refused ? any : NumberOf(otherwise);
}

void World::Rebalance() {
  const int partition = random_.Below(kPartitions);
  const std::size_t to = random_.Below(std::uint64_t{kReplicas});
  if (Awake(replicas_[to]) && !replicas_[to].refused) Assign(partition, to);
}

// Stopped for a while, as by a hypervisor or a debugger: the group takes its partitions away, and
// it goes on where it was, knowing nothing of that.
void World::Pause(Replica& replica) {
  replica.paused_until = step_ + 1 + random_.Below(faults_.pause_steps_max);
  ++report_.pauses;
  Trace("replica {} is paused until {}", NumberOf(replica), replica.paused_until);
  GiveAway(replica);
}

// The group misses a member: what it had goes to others, mostly soon.
void World::GiveAway(const Replica& replica) {
  for (int partition = 0; partition < kPartitions; ++partition) {
    const auto held = replica.owned.find(partition);
    if (held == replica.owned.end() || !held->second->current || !random_.Chance(70)) continue;
    const std::size_t to =
        (NumberOf(replica) + 1 + random_.Below(std::uint64_t{kReplicas - 1})) % kReplicas;
    if (Awake(replicas_[to]) && !replicas_[to].refused) Assign(partition, to);
  }
}

// Some of what it had sent comes late: behind what its successor appends.
void World::Delay(const Replica& replica) {
  const std::size_t number = NumberOf(replica);
  in_flight_.Delay(random_, faults_.delay_percent, step_, kDelayStepsMax,
                   [&](const InFlight& append) { return append.replica == number; });
}

void World::Crash(Replica& replica) {
  Trace("replica {} crashes", NumberOf(replica));
  ++report_.crashes;
  replica.up = false;
  GiveAway(replica);
  replica.owned.clear();
  replica.times = DueTimes(kPartitions, replica.timer_rule);
  replica.leftovers = PurgeLeftovers(kPartitions);
  // What it had sent is in the network still; some of it never arrives.
  const std::size_t number = NumberOf(replica);
  in_flight_.Lose(random_, 30, [&](const InFlight& append) { return append.replica == number; });
  Delay(replica);
  if (random_.Chance(20)) replica.store = std::make_unique<LocalStore>();
}

void World::Start(Replica& replica) {
  replica.up = true;
  replica.paused_until = 0;
  replica.release = random_.Chance(70) ? Release::kNext : Release::kThis;
  // A local store that was read from another cluster is refused when it is opened.
  const std::string& known = replica.store->cluster();
  if (!known.empty() && known != broker_.cluster && !Without(TakenAway::kShortLogRefused))
    Refuse(replica);
}

void World::Compact() {
  const absl::Duration kept =
      Without(TakenAway::kDecisionsKept) ? kDecisionsKeptTooShort : kDecisionsKept;
  ++broker_.compactions;
  for (int partition = 0; partition < kPartitions; ++partition) {
    const std::int64_t clean_end =
        std::max<std::int64_t>(0, broker_.of(partition).versions.end() - random_.Below(5));
    broker_.CompactVersions(partition, clean_end, clean_end - random_.Below(40));
    broker_.DropOldDecisions(partition, absl::FromUnixMillis(clock_ms_), kept);
  }
}

// A long silence; the longest only when all is decided, as an outage must be shorter than what
// submissions are kept for.
void World::Silence() {
  bool all_decided = true;
  absl::Time oldest = absl::InfiniteFuture();  // of what is not
  for (const Broker::Partition& partition : broker_.partitions) {
    if (partition.first() == partition.submissions.end()) continue;
    all_decided = false;
    oldest = std::min(oldest, partition.submissions.at(partition.first())->HandedIn());
  }
  const absl::Duration silence = all_decided ? absl::Hours(32 * 24) : absl::Hours(30);
  if (absl::FromUnixMillis(clock_ms_) + silence > oldest + kSubmissionsKept) return;
  clock_ms_ += absl::ToInt64Milliseconds(silence);
  for (int partition = 0; partition < kPartitions; ++partition)
    broker_.DropOldSubmissions(partition, absl::FromUnixMillis(clock_ms_), kSubmissionsKept);
}

// What is derived from a partition cannot be written for a while, all of it or a part.
void World::BelowMinInsync(int partition, int until) {
  Broker::Partition& logs = broker_.of(partition);
  const int kind = random_.Below(3);
  if (kind != 0) logs.versions_writable_from = until;
  if (kind != 1) logs.decisions_writable_from = until;
  Trace("what is made of {} cannot be written until {}: {}", partition, until, kind);
}

// What a replica has sent to another partition waits for the brokers.
bool World::WaitsElsewhere(const Replica& replica, int partition) const {
  const std::size_t number = NumberOf(replica);
  return in_flight_.Any([&](const InFlight& append) {
    return append.replica == number && append.partition != partition && !Writable(append);
  });
}

void World::Refuse(Replica& replica) {
  if (report_.logs_cut == 0) Break("a healthy replica refuses its logs");
  replica.refused = true;
  ++report_.refused_starts;
  Crash(replica);
}

// The cluster comes back from a backup: without the newest records of all logs, of the submissions
// or of what was made of them; or as another cluster. All that know more must refuse it.
void World::CutShort() {
  for (Replica& replica : replicas_) {
    for (int partition = 0; Awake(replica) && partition < kPartitions; ++partition) {
      ReadVersions(replica, partition, broker_.of(partition).versions.end());
      ReadDecisions(replica, partition, broker_.of(partition).decisions.end());
    }
  }
  std::int64_t records = 0;
  for (const Broker::Partition& partition : broker_.partitions) records += partition.versions.end();
  if (records < 4) return;
  const int kind = random_.Below(4);
  Trace("the logs are cut short: {}", kind);
  ++report_.logs_cut;
  in_flight_.Clear();
  for (Broker::Partition& partition : broker_.partitions) {
    if (kind == 0 || kind == 1) partition.submissions.CutTo(partition.submissions.end() / 2);
    if (kind == 0 || kind == 2) {
      partition.versions.CutTo(partition.versions.end() / 2);
      partition.decisions.CutTo(partition.decisions.end() / 2);
    }
  }
  if (kind == 3) broker_.cluster = "cluster-2";
  for (Replica& replica : replicas_) replica.owned.clear();
  for (Replica& replica : replicas_) {
    if (!replica.refused && !Broken()) TryToDecide(replica);
  }
}

// Whether it knows more of the partition than its logs say.
bool World::Shorter(const Replica& replica, int partition) const {
  const LocalStore& store = *replica.store;
  const auto i = static_cast<std::size_t>(partition);
  const Broker::Partition& logs = broker_.of(partition);
  return (!store.cluster().empty() && store.cluster() != broker_.cluster) ||
         store.versions_read[i] > logs.versions.end() ||
         store.decisions_read[i] > logs.decisions.end() ||
         store.KnownSubmissions(partition) > logs.submissions.end();
}

void World::TryToDecide(Replica& replica) {
  std::vector<int> shorter;
  for (int partition = 0; partition < kPartitions; ++partition) {
    if (Shorter(replica, partition)) shorter.push_back(partition);
  }
  if (shorter.empty()) return;
  Start(replica);
  replica.release = Release::kNext;  // one of the other may meet what it cannot read, before that
  for (int partition : shorter) TakeOver(replica, partition);
  for (int i = 0; i < 10'000 && !replica.refused && !Broken(); ++i, ++step_) {
    ReadSome(replica, 1'000'000);
    for (int partition : shorter) {
      if (replica.refused) break;
      OwnerStep(replica, partition);
      if (!replica.refused && replica.owned.at(partition)->Owned())
        Break("a replica decides in a log that is shorter than what it knows");
    }
  }
  if (!replica.refused) Break("a replica reads on in a log that is shorter than what it knows");
}

}  // namespace telex::simulation
