#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/simulation/broker.h"
#include "tests/simulation/deciding_simulation.h"
#include "tests/simulation/fault_profile.h"
#include "tests/simulation/history.h"
#include "tests/simulation/replica.h"
#include "tests/simulation/trace.h"

namespace telex::simulation {

inline constexpr int kReplicas = 3;
inline constexpr int kDelayStepsMax = 500;  // of what the dead and the thought-dead have sent

// One world: a cluster, its replicas, those who hand in stories, and what goes wrong. One random
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
  void Deliver(std::size_t index);
  void DeliverOne();
  void Quiesce();
  void CheckLaws();

  // world_faults.cc: what goes wrong
  void Assign(int partition, std::size_t to);
  void Rebalance();
  void GiveAway(const Replica& replica);
  void Delay(const Replica& replica);
  void Crash(Replica& replica);
  void Start(Replica& replica);
  void Pause(Replica& replica);
  void Compact();
  void Silence();
  void CutShort();
  void TryToDecide(Replica& replica);
  void Refuse(Replica& replica);

  // world_owner.cc: what a replica does
  void OwnerStep(Replica& replica, int partition, Ownership& owner);
  void ReadOffset(int partition, Ownership& owner);
  void AskForEnds(int partition, Ownership& owner);
  void CatchUp(Replica& replica, int partition, Ownership& owner);
  void Fold(Replica& replica, int partition, Ownership& owner);
  void SendVersions(const Replica& replica, int partition, const Ownership& owner);
  void SendTombstones(const Replica& replica, int partition, const Ownership& owner);
  void SendDecisions(const Replica& replica, int partition, const Ownership& owner);
  void StoreOffset(int partition, Ownership& owner);
  void TellTime(Replica& replica);
  void ForgetLate(Replica& replica);
  void Send(const Replica& replica, int partition, std::variant<VersionRecord, DecisionPtr> record,
            const std::shared_ptr<int>& awaited, bool zombie);

  // world_news.cc: what is handed in
  void Submit();
  ingestion::Submission RandomSubmission();
  ingestion::SetContent RandomContent(int story);
  void Append(ingestion::Submission submission);

  std::size_t NumberOf(const Replica& replica) const {
    return static_cast<std::size_t>(&replica - replicas_.data());
  }
  bool Awake(const Replica& replica) const { return replica.up && step_ >= replica.paused_until; }
  absl::Time ClockOf(const Replica& replica) const {
    return absl::FromUnixMillis(clock_ms_ + replica.clock_skew_ms);
  }
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
  const FaultProfile faults_;
  int weights_sum_ = 0;
  int step_ = 0;
  std::int64_t clock_ms_ = 1'700'000'000'000;
  Broker broker_;
  std::array<Replica, kReplicas> replicas_;
  std::vector<InFlight> in_flight_;
  History history_;
  int next_request_ = 0;
  RunReport report_;
};

// The rules of the newest release; older replicas know fewer (ingestion::KnownRules).
ingestion::RuleBook NextRelease();

}  // namespace telex::simulation
