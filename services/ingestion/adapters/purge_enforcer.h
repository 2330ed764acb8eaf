#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <vector>

#include "ingestion/adapters/log_store.h"
#include "ingestion/adapters/purge_leftovers.h"
#include "platform/kafka/record.h"
#include "platform/observe/heartbeat.h"
#include "platform/runtime/loop.h"

namespace telex::ingestion {

// Forgets what comes behind a purge. An owner that was thought dead may append a version of an
// article after its tombstone: then the log, which keeps the last record of a key, has the content
// again. Whoever owns the partition finds such versions in its log store and appends their
// tombstones once more, until it has read them back: a thread around PurgeLeftovers.
class PurgeEnforcer {
 public:
  struct Ports {
    std::function<std::set<std::int32_t>()> owned;  // partitions
    // Appends the tombstones; what fails is found again at the next look.
    std::function<void(std::vector<kafka::Record>, std::stop_token)> append;
    std::shared_ptr<observe::Heartbeat> heartbeat;  // of its thread; may be null
  };

  // `log_store` outlives it. Starts its thread; the destructor ends it.
  PurgeEnforcer(const LogStore& log_store, std::int32_t partitions, Ports ports);

  // One look: the number of tombstones appended. For tests; the thread does the same.
  std::size_t Tick(std::stop_token stop = {});
  void Stop();

  static constexpr absl::Duration kInterval = absl::Seconds(10);

 private:
  const LogStore& log_store_;
  const Ports ports_;
  std::mutex mutex_;
  PurgeLeftovers leftovers_;
  runtime::PeriodicTask task_;
};

}  // namespace telex::ingestion
