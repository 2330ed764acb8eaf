#include "views/adapters/counting_owner.h"

#include <set>
#include <utility>
#include <vector>

#include "platform/errors/status_macros.h"
#include "platform/kafka/partitioner.h"
#include "platform/observe/log.h"
#include "views/adapters/count_codec.h"
#include "views/adapters/topics.h"

namespace telex::views {
namespace {

owner::PartitionOwnerOptions OwnerOptions(const CountingSettings& settings,
                                          const CountsStore& counts,
                                          const kafka::DeadLetters& dead_letters,
                                          CountingOwner::Ports ports) {
  const CountingParts parts{.rule = settings.rule,
                            .zone = settings.zone,
                            .recorded = counts,
                            .dead_letters = dead_letters,
                            .on_recorded = std::move(ports.on_recorded)};
  return {.derived = {kViewCountsTopic},
          .make_fold =
              [parts](std::int32_t partition) {
                return std::make_unique<CountingFold>(partition, parts);
              },
          .position_of = std::move(ports.position_of),
          .ends = std::move(ports.ends),
          .heartbeat = std::move(ports.heartbeat)};
}

}  // namespace

CountingOwner::CountingOwner(const CountingSettings& settings, const CountsStore& counts,
                             kafka::Publisher& publisher, kafka::DeadLetters dead_letters,
                             Ports ports)
    : partitions_(settings.partitions),
      counts_(counts),
      dead_letters_(std::move(dead_letters)),
      owner_(OwnerOptions(settings, counts, dead_letters_, std::move(ports)), publisher),
      tombstones_([&publisher](kafka::Record record, kafka::Publisher::Callback done,
                               std::stop_token stop) {
        publisher.Publish(std::move(record), std::move(done), std::move(stop));
      }) {}

absl::StatusOr<std::unique_ptr<CountingOwner>> CountingOwner::Start(
    const CountingSettings& settings, const CountsStore& counts, kafka::Publisher& publisher,
    kafka::DeadLetters dead_letters, Ports ports) {
  const auto join = std::move(ports.join);
  std::unique_ptr<CountingOwner> made(
      new CountingOwner(settings, counts, publisher, std::move(dead_letters), std::move(ports)));
  ASSIGN_OR_RETURN(made->consumer_,
                   join({.group = kCountersGroup, .topics = {kViewsTopic}}, made->owner_));
  return made;
}

void CountingOwner::StartPurgeEnforcer(std::shared_ptr<observe::Heartbeat> heartbeat) {
  purge_enforcer_.emplace(kPurgeEnforcerInterval, std::move(heartbeat),
                          [this](const std::stop_token& stop) { ForgetPurged(stop); });
}

void CountingOwner::StopPurgeEnforcer() {
  if (purge_enforcer_) purge_enforcer_->Stop();
}

void CountingOwner::ForgetPurged(const std::stop_token& stop) {
  const auto partition_of = [this](const DayKey& key) {
    return kafka::PartitionOf(key.article.ToString(), partitions_);
  };
  const auto unpurged = [&](const owner::Lingering<DayKey>::Visit& visit) {
    counts_.VisitUnpurged([&](const DayKey& key) { visit(partition_of(key), key); });
  };
  std::vector<kafka::Record> tombstones;
  for (const DayKey& key : unpurged_.Due(tombstones_.Idle(owner_.Owned()), unpurged))
    tombstones.push_back(TombstoneOf(partition_of(key), key));
  if (tombstones.empty()) return;
  observe::Log(observe::Severity::kInfo, "forgetting the counts of purged articles",
               {{"days", tombstones.size()}});
  tombstones_.Append(std::move(tombstones), stop);
}

}  // namespace telex::views
