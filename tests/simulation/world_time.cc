// What a replica does of itself, as the looks of ingestion's owner do: it sends what is
// due by its clock, and forgets what came behind a purge.
#include "tests/simulation/world.h"

namespace telex::simulation {

using namespace telex::ingestion;

namespace {

std::set<std::int32_t> OwnedBy(const Replica& replica) {
  std::set<std::int32_t> owned;
  for (const auto& [partition, owner] : replica.owned) {
    if (owner->Owned()) owned.insert(partition);
  }
  return owned;
}

}  // namespace

void World::SendDueTimes(Replica& replica) {
  const std::set<std::int32_t> owned = OwnedBy(replica);
  const auto index = [&](std::int32_t partition, absl::Time until, const DueTimes::Visit& visit) {
    if (Without(TakenAway::kTimeNotEarly)) until = absl::InfiniteFuture();
    if (Without(TakenAway::kPeersSendToo) && !owned.contains(partition)) return;
    replica.store->VisitPending(partition, until, [&](const Pending& due) {
      if (Without(TakenAway::kSentAgain) && replica.sent.contains(due)) return true;
      return visit(due);
    });
  };
  if (Without(TakenAway::kSentWithPauses)) replica.times = DueTimes(kPartitions, 4);
  for (const Submission& submission : replica.times.Due(ClockOf(replica), owned, index)) {
    const auto& reached = std::get<TimeReached>(submission.action);
    replica.sent.insert(
        {reached.instant, std::get<news::ArticleId>(submission.subject), reached.version});
    ++report_.times_sent;
    if (lose_sent_ > 0) {
      --lose_sent_;
    } else if (!random_.Chance(faults_.unsent_percent)) {
      Append(submission);
    }
  }
}

// Content behind the tombstones of a purge: a zombie's, a loser's.
void World::ForgetLate(Replica& replica) {
  if (Without(TakenAway::kLateContentForgotten)) return;
  const std::set<std::int32_t> owned = OwnedBy(replica);
  const auto index = [&](const PurgeLeftovers::Visit& visit) {
    replica.store->VisitUnpurged(visit);
  };
  if (Without(TakenAway::kSeenTwice)) (void)replica.leftovers.Due(owned, index);
  for (const UnpurgedVersion& version : replica.leftovers.Due(owned, index)) {
    if (Without(TakenAway::kForgottenAgain) && !replica.forgotten.insert(version).second) continue;
    kafka::Record tombstone = replica.leftovers.TombstoneOf(version);
    Trace("replica {} forgets {}", NumberOf(replica), tombstone.key);
    ++report_.forgotten_again;
    const bool zombie = !replica.owned.at(tombstone.partition)->current;
    Send(replica, nullptr, std::move(tombstone), zombie);
  }
}

// By hand, or at last by NTP: mostly by seconds, seldom by half an hour, forward or back.
void World::SetClock(Replica& replica) {
  const int most_ms = random_.Chance(70) ? 10'000 : 1'800'000;
  replica.clock_skew_ms = random_.Below(2 * most_ms) - most_ms;
  Trace("the clock of replica {} is {} ms ahead", NumberOf(replica), replica.clock_skew_ms);
}

}  // namespace telex::simulation
