// What an owner appends beside its folds, and nobody waits for: tombstones of what a look has
// found. A partition that cannot be written holds up itself alone: nothing more is to be appended
// there while something is under way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <stop_token>
#include <vector>

#include "platform/kafka/publisher.h"
#include "platform/kafka/record.h"

namespace telex::owner {

// Thread-safe.
class SideAppends {
 public:
  // As kafka::Publisher::Publish.
  using Publish = std::function<void(kafka::Record record, kafka::Publisher::Callback done,
                                     std::stop_token stop)>;

  explicit SideAppends(Publish publish) : publish_(std::move(publish)) {}

  // Of these partitions, those in which nothing is under way.
  std::set<std::int32_t> Idle(std::set<std::int32_t> partitions) const;
  // Awaits no acknowledgement, but room in the publisher; once `stop` is requested neither. What
  // fails, or was not appended for that, is for the next look to find again.
  void Append(std::vector<kafka::Record> records, const std::stop_token& stop);

 private:
  struct UnderWay {
    std::mutex mutex;
    std::map<std::int32_t, std::size_t> records;  // by partition
  };

  const Publish publish_;
  // Acknowledgements may come after this object.
  const std::shared_ptr<UnderWay> under_way_ = std::make_shared<UnderWay>();
};

}  // namespace telex::owner
