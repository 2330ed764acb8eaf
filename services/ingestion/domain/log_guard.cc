#include "ingestion/domain/log_guard.h"

#include <fmt/format.h>

namespace telex::ingestion {

absl::Status CheckNotTruncated(const std::string& topic, const LogExtent& known,
                               const LogExtent& found) {
  if (known.cluster.empty()) return absl::OkStatus();
  if (known.cluster != found.cluster) {
    return absl::FailedPreconditionError(fmt::format(
        "{}: known from cluster {}, but this is cluster {}", topic, known.cluster, found.cluster));
  }
  for (const auto& [partition, known_next] : known.next_offset) {
    const auto place = found.next_offset.find(partition);
    const std::int64_t found_next = place == found.next_offset.end() ? 0 : place->second;
    if (found_next < known_next) {
      return absl::FailedPreconditionError(
          fmt::format("{}: partition {} ends at offset {}, but {} is known of it", topic, partition,
                      found_next, known_next));
    }
  }
  return absl::OkStatus();
}

}  // namespace telex::ingestion
