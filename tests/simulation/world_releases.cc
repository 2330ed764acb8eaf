// Two releases at once: what the next one has written holds this one, and is lost to nobody.
#include "tests/simulation/world.h"

namespace telex::simulation {

using namespace telex::ingestion;

namespace {

constexpr int kRolledBackStepsMin = 500;
constexpr int kRolledBackStepsMax = 20'000;

}  // namespace

// A submission as it stands in the log, when an edge of the next release has handed it in.
SubmissionRecord World::OfItsRelease(SubmissionRecord submission) {
  if (!next_release_.IsNewer(*submission.submission)) return submission;
  auto written = next_release_.Written(submission.record);
  if (!written.ok()) Break(written.status().ToString());
  submission.understood =
      std::exchange(submission.record, std::move(written).value_or(submission.record));
  return submission;
}

// None: it is skipped, where it must not be.
std::optional<kafka::RecordView> World::AsRead(const Replica& replica,
                                               const SubmissionRecord& submission) {
  if (!submission.understood) return kafka::RecordView(submission.record);
  if (replica.release == Release::kNext) return kafka::RecordView(*submission.understood);
  if (Without(TakenAway::kNewerHolds)) return std::nullopt;
  if (!Without(TakenAway::kNewerIsReadable)) return kafka::RecordView(submission.record);
  mangled_.push_back(submission.record);
  mangled_.back().value = "\xFF";
  return kafka::RecordView(mangled_.back());
}

// What a replica of the next release has decided, as it stands in the log.
void World::WriteAsNext(Appended& decoded) {
  absl::Status written;
  if (auto* version = std::get_if<VersionRecord>(&decoded)) {
    if (!next_release_.IsNewer(*version)) return;
    auto newer = next_release_.Written(*version);
    written = newer.status();
    if (newer.ok()) *version = *std::move(newer);
  } else if (const auto* decision = std::get_if<DecisionPtr>(&decoded)) {
    if (next_release_.IsNewer(*decision)) written = next_release_.Written(*decision);
  }
  if (!written.ok()) Break(written.ToString());
}

// All replicas are rolled back, and a healthy one owns all partitions: each goes as far as this
// release can, whatever holds the others, and no further.
void World::RollBack() {
  AllWritable();
  DeliverAll();
  for (Replica& replica : replicas_) {
    replica.owned.clear();
    replica.up = false;
    replica.release = Release::kThis;
  }
  const std::size_t number = random_.Below(std::uint64_t{kReplicas});
  Replica& old = replicas_[number];
  old.up = true;
  old.paused_until = 0;
  for (int partition = 0; partition < kPartitions; ++partition) Assign(partition, number);
  bool done = false;
  for (int i = 0; (i < kRolledBackStepsMin || !done) && i < kRolledBackStepsMax && !Broken();
       ++i, ++step_) {
    ReadSome(old, 1'000);
    done = true;
    for (int partition = 0; partition < kPartitions && !Broken(); ++partition) {
      const auto held = [&] { return old.owned.at(partition)->held; };
      if (!held()) OwnerStep(old, partition);
      const std::int64_t end = broker_.of(partition).submissions.end();
      done =
          done && (held() || IsReadHeld(old, partition) || old.owned.at(partition)->reached == end);
    }
    DeliverAll();
  }
  for (int partition = 0; partition < kPartitions && !Broken(); ++partition)
    CheckRolledBack(old, partition);
}

// Its reader stands before what the next release has decided.
bool World::IsReadHeld(const Replica& replica, int partition) const {
  const Broker::Partition& logs = broker_.of(partition);
  const auto i = static_cast<std::size_t>(partition);
  const std::int64_t version = replica.store->versions_read[i];
  const std::int64_t decision = replica.store->decisions_read[i];
  const auto holds = [&](const auto& log, std::int64_t next) {
    return next < log.end() && log.at(next) != nullptr && !Understands(replica, *log.at(next));
  };
  return holds(logs.versions, version) || holds(logs.decisions, decision);
}

void World::CheckRolledBack(const Replica& old, int partition) {
  const Ownership& owner = *old.owned.at(partition);
  const Log<SubmissionRecord>& log = broker_.of(partition).submissions;
  if (IsReadHeld(old, partition)) {
    ++report_.held_readers;
  } else if (owner.held) {
    const Submission& at = *log.at(owner.reached)->submission;
    const bool known = next_release_.RulesOf(Release::kThis).contains(at.rule);
    if (known && !next_release_.IsNewer(at))
      Break("this release holds a partition at what it knows");
  } else if (owner.reached != log.end()) {
    Break("a partition that nothing holds stands still");
  }
}

}  // namespace telex::simulation
