#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingestion/adapters/topics.h"
#include "platform/kafka/dead_letter.h"
#include "tests/simulation/broker.h"
#include "tests/simulation/deciding_simulation.h"
#include "tests/simulation/fault_profile.h"
#include "tests/simulation/history.h"
#include "tests/simulation/kernel/flights.h"
#include "tests/simulation/next_release.h"
#include "tests/simulation/replica.h"
#include "tests/simulation/trace.h"

namespace telex::simulation {

inline constexpr int kReplicas = 3;
// Of a partition's turns: a process that holds it is upgraded; what is begun takes longer to finish
// than finish_max; the commit interval is over.
inline constexpr int kUpgradePercent = 10;
inline constexpr int kFinishTooLongPercent = 10;
inline constexpr int kCommitPercent = 50;
inline constexpr int kDelayStepsMax = 500;  // of what the dead and the thought-dead have sent

// One world: a cluster, its replicas, those who submit stories, and what goes wrong. One random
// number generator decides all of it, one step at a time.
class World {
 public:
  explicit World(const RunOptions& options);
  RunReport Run();

 private:
  // world.cc: the steps
  void Step();
  void Do(Event event);
  void ReadSome(Replica& replica, std::int64_t most);
  void ReadVersions(Replica& replica, int partition, std::int64_t most);
  void ReadDecisions(Replica& replica, int partition, std::int64_t most);
  template <typename Record>
  bool Understands(const Replica& replica, const Record& record) const {
    return replica.release == Release::kNext || !next_release_.IsNewer(record);
  }
  void Deliver(const InFlight& append);
  void DeliverOne();
  void DeliverAll();
  void AllWritable();
  bool Writable(const InFlight& append) const;
  void CheckLaws();

  // world_quiet.cc: when nothing goes wrong any more
  void Quiesce();
  void Settle(Replica& last);
  void QuietStep(Replica& owner);
  void QuietDay(Replica& owner);
  int HangAnother(Replica& owner, Replica& peer);
  void Haunt(Replica& owner, Replica& peer);
  void QuietSeconds(int seconds, Replica& owner, Replica& peer);
  std::string CheckQuietDay(absl::Duration patience) const;

  // world_releases.cc: two releases at once
  void RollBack();
  bool IsReadHeld(const Replica& replica, int partition) const;
  void CheckRolledBack(const Replica& old, int partition);
  SubmissionRecord OfItsRelease(SubmissionRecord submission);
  std::optional<kafka::RecordView> AsRead(const Replica& replica,
                                          const SubmissionRecord& submission);
  void WriteAsNext(Appended& decoded);

  // world_faults.cc: what goes wrong
  void Assign(int partition, std::size_t to);
  void Rebalance();
  void Revoke(Replica& replica, int partition);
  void LetGo(Replica& replica, int partition);
  void GiveAway(const Replica& replica);
  void Delay(const Replica& replica);
  void Crash(Replica& replica);
  void Start(Replica& replica);
  void Pause(Replica& replica);
  void Compact();
  void Silence();
  void BelowMinInsync(int partition, int until);
  bool WaitsElsewhere(const Replica& replica, int partition) const;
  void CutShort();
  void TryToDecide(Replica& replica);
  void Refuse(Replica& replica);

  // world_owner.cc: what a replica does
  using OwnershipPtr = std::shared_ptr<Ownership>;
  void TakeOver(Replica& replica, int partition);
  void OwnerStep(Replica& replica, int partition);
  void Turn(Replica& replica, int partition, const OwnershipPtr& owner);
  void Answer(Ownership& owner) const;
  void Fetch(const Replica& replica, int partition, Ownership& owner);
  void Post(const Replica& replica, const OwnershipPtr& owner);
  void SendDecision(const ingestion::Decision& decision, Ownership& owner);
  void Commit(int partition, const Ownership& owner);
  // `owner` may be null: nobody waits for it.
  void Send(const Replica& replica, const OwnershipPtr& owner, kafka::Record record, bool zombie);

  // world_time.cc: what a replica does of itself
  void SendDueTimes(Replica& replica);
  void ForgetLate(Replica& replica);
  void SetClock(Replica& replica);

  // world_news.cc: what is submitted
  void Submit();
  ingestion::Submission RandomSubmission();
  ingestion::SetContent RandomContent(int story);
  void Append(const ingestion::Submission& submission);

  std::size_t NumberOf(const Replica& replica) const {
    return static_cast<std::size_t>(&replica - replicas_.data());
  }
  bool Awake(const Replica& replica) const { return replica.up && step_ >= replica.paused_until; }
  absl::Time ClockOf(const Replica& replica) const {
    return absl::FromUnixMillis(clock_ms_ + replica.clock_skew_ms);
  }
  std::size_t AnyAwake(const Replica& otherwise);
  bool Shorter(const Replica& replica, int partition) const;
  bool Without(TakenAway rule) const { return options_.taken_away == rule; }
  // Nothing is put into words unless somebody reads them.
  template <typename... Args>
  void Trace(std::string_view format, const Args&... args) const {
    if (options_.trace)
      PrintStep(step_, fmt::vformat(format, fmt::make_format_args(Shown(args)...)));
  }
  void Break(std::string law) {
    if (report_.broken_law.empty()) report_.broken_law = std::move(law);
  }
  bool Broken() const { return !report_.broken_law.empty(); }

  const RunOptions options_;
  Random random_;
  FaultProfile faults_;
  NextRelease next_release_;
  int step_ = 0;
  std::int64_t clock_ms_ = 1'700'000'000'000;
  const kafka::DeadLetters dead_letters_{ingestion::kDecidersGroup, kPartitions};
  Broker broker_;
  std::array<Replica, kReplicas> replicas_;
  Flights<InFlight> in_flight_;
  std::deque<kafka::Record> mangled_;  // of the next release, as if no release had written them
  History history_;
  int next_request_ = 0;
  int lose_sent_ = 0;  // of what timers send: so many do not reach the log
  RunReport report_;
};

// The rules as they are when that one is taken away.
ingestion::RuleBook Bent(ingestion::RuleBook rules, TakenAway rule);

}  // namespace telex::simulation
