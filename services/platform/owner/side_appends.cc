#include "platform/owner/side_appends.h"

#include <utility>

namespace telex::owner {

std::set<std::int32_t> SideAppends::Idle(std::set<std::int32_t> partitions) const {
  const std::lock_guard lock(under_way_->mutex);
  for (const auto& [partition, records] : under_way_->records) partitions.erase(partition);
  return partitions;
}

void SideAppends::Append(std::vector<kafka::Record> records, const std::stop_token& stop) {
  {
    const std::lock_guard lock(under_way_->mutex);
    for (const kafka::Record& record : records) ++under_way_->records[record.partition];
  }
  for (kafka::Record& record : records) {
    const std::int32_t partition = record.partition;
    auto done = [under_way = under_way_, partition](const auto&) {
      const std::lock_guard lock(under_way->mutex);
      const auto found = under_way->records.find(partition);
      if (--found->second == 0) under_way->records.erase(found);
    };
    publish_(std::move(record), std::move(done), stop);
  }
}

}  // namespace telex::owner
