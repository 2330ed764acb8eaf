#include "ingestion/adapters/purge_enforcer.h"

#include <utility>

#include "platform/observe/log.h"

namespace telex::ingestion {

PurgeEnforcer::PurgeEnforcer(const LogStore& log_store, std::int32_t partitions, Ports ports)
    : log_store_(log_store),
      ports_(std::move(ports)),
      leftovers_(partitions),
      task_(kInterval, ports_.heartbeat, [this](std::stop_token stop) { Tick(std::move(stop)); }) {}

std::size_t PurgeEnforcer::Tick(std::stop_token stop) {
  const std::lock_guard lock(mutex_);
  std::vector<kafka::Record> tombstones;
  for (const UnpurgedVersion& version : leftovers_.Due(
           ports_.owned(), [this](const auto& visit) { log_store_.VisitUnpurged(visit); })) {
    observe::Log(observe::Severity::kWarning,
                 "version found behind its purge, appending its tombstone again",
                 {{"article", version.article.ToString()}, {"version", version.version.number}});
    tombstones.push_back(leftovers_.TombstoneOf(version));
  }
  const std::size_t count = tombstones.size();
  if (count > 0) ports_.append(std::move(tombstones), std::move(stop));
  return count;
}

void PurgeEnforcer::Stop() { task_.Stop(); }

}  // namespace telex::ingestion
