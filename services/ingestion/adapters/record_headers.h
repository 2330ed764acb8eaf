#pragma once

#include <absl/time/time.h>

#include <string>
#include <string_view>
#include <vector>

#include "platform/kafka/record.h"

namespace telex::ingestion {

inline constexpr std::string_view kTraceparentHeader = "traceparent";

// CloudEvents 1.0, binary mode over Kafka, and the W3C traceparent. All are derived from the
// record: the same record has the same headers in every process.
struct EventAttributes {
  std::string id;       // the record's key
  std::string type;     // the value's message
  std::string subject;  // articles/{uuid} or sources/{id}
  absl::Time time;
  std::string traceparent;  // may be empty
};
std::vector<kafka::Header> EventHeaders(const EventAttributes& attributes);

}  // namespace telex::ingestion
