#include "views/adapters/counting_owner.h"

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "platform/kafka/partitioner.h"
#include "platform/observe/log.h"
#include "platform/owner/lingering.h"
#include "views/adapters/count_codec.h"
#include "views/adapters/topics.h"

namespace telex::views {
namespace {

// Totals are written once a second: nobody sees that a view was read a tenth of it later.
constexpr std::size_t kFetchBytesMin = 64u << 10;

}  // namespace

owner::GroupOwnerOptions CountingOptions(const CountingParts& parts) {
  return {.group = kCountersGroup,
          .input = kViewsTopic,
          .derived = {kViewCountsTopic},
          .make_fold =
              [parts](std::int32_t partition) {
                return std::make_unique<CountingFold>(partition, parts);
              },
          .fetch_bytes_min = kFetchBytesMin};
}

owner::GroupOwner::Look ForgetPurged(owner::GroupOwner& owner, std::int32_t partitions,
                                     const CountsStore& counts) {
  const auto partition_of = [partitions](const DayKey& key) {
    return kafka::PartitionOf(key.article.ToString(), partitions);
  };
  return [&owner, &counts, partition_of,
          lingering = owner::Lingering<DayKey>()](const std::stop_token& stop) mutable {
    const auto unpurged = [&](const owner::Lingering<DayKey>::Visit& visit) {
      counts.VisitUnpurged([&](const DayKey& key) { visit(partition_of(key), key); });
    };
    std::vector<kafka::Record> tombstones;
    for (const DayKey& key :
         lingering.Due(owner.side_appends().Idle(owner.owner().Owned()), unpurged))
      tombstones.push_back(TombstoneOf(partition_of(key), key));
    if (tombstones.empty()) return;
    observe::Log(observe::Severity::kInfo, "forgetting the counts of purged articles",
                 {{"days", tombstones.size()}});
    owner.side_appends().Append(std::move(tombstones), stop);
  };
}

}  // namespace telex::views
