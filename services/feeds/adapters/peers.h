#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "feeds/domain/peer_lag.h"
#include "platform/observe/heartbeat.h"
#include "platform/observe/outage_log.h"
#include "platform/redis/client.h"
#include "platform/runtime/loop.h"

namespace telex::feeds {

// Tells the other replicas how far this one has read, and learns how far they are: through Redis,
// `telex:feeds:{cluster}:replicas` (a set of instances) and
// `telex:feeds:{cluster}:position:{instance}` (comma-separated next offsets, with a TTL). While
// Redis is away nothing new is learnt: who was level stays so, who was behind is until it has
// reached where its peers were last seen. Own thread.
class Peers {
 public:
  struct Options {
    std::string cluster_id;
    std::string instance;
    int positions = 1;  // how many offsets each publishes
    absl::Duration interval = absl::Seconds(2);
    absl::Duration ttl = absl::Seconds(15);
    absl::Duration within = absl::Milliseconds(500);  // of one round
    absl::Duration behind_max = absl::Seconds(30);
    std::function<absl::Time()> clock;  // steady; empty: the machine's
  };
  using Positions = std::function<std::vector<std::int64_t>()>;  // own next offsets, by partition

  // `client` outlives it. Starts its thread, which carries `heartbeat` (may be null); the
  // destructor ends it.
  Peers(redis::Client& client, Options options, Positions own,
        std::shared_ptr<observe::Heartbeat> heartbeat = nullptr);

  // Ends its thread; what was learnt last stays. Idempotent.
  void Stop() { task_.Stop(); }

  // UNAVAILABLE when this replica has been behind its peers for longer than behind_max.
  absl::Status status() const;
  absl::Duration behind() const;

 private:
  void Round();
  // The greatest next offset among the peers, by partition.
  absl::StatusOr<std::vector<std::int64_t>> Exchange(const std::vector<std::int64_t>& own);

  redis::Client& client_;
  const Options options_;
  const Positions own_;
  PeerLag lag_;  // the thread's own, as is the next
  observe::OutageLog outage_{"redis, for the positions of the peers"};
  mutable std::mutex mutex_;
  absl::Duration behind_ = absl::ZeroDuration();
  runtime::PeriodicTask task_;
};

// The value of a position key, there and back; a fault in it counts as "not known" (none).
std::string EncodePositions(const std::vector<std::int64_t>& positions);
std::vector<std::int64_t> DecodePositions(std::string_view text);

}  // namespace telex::feeds
