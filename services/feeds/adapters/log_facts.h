#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "platform/kafka/admin.h"

namespace telex::feeds {

// The name under which this service sets records aside: `<topic>.feeds.dlq`.
inline constexpr std::string_view kGroup = "feeds";

// What must be known of the log before it is read.
struct LogFacts {
  std::string cluster_id;
  std::int32_t partitions = 0;  // of telex.articles.v1
  std::int32_t dead_letter_partitions = 1;
};

// Asks the brokers. UNAVAILABLE when none answers; UNAVAILABLE / TOPIC_MISSING when there is no
// such topic.
absl::StatusOr<LogFacts> AskLogFacts(kafka::Admin& admin, absl::Duration within);

}  // namespace telex::feeds
