// What a record says of itself in its headers: CloudEvents 1.0 in the binary mode of its Kafka
// protocol binding, and the W3C traceparent.
#pragma once

#include <absl/time/time.h>

#include <string>
#include <string_view>
#include <vector>

#include "platform/kafka/record.h"

namespace telex::kafka {

inline constexpr std::string_view kTraceparentHeader = "traceparent";

// All are derived from the record: the same record has the same headers in every process.
struct CloudEvent {
  std::string_view source;  // the service: "telex/ingestion"
  std::string id;           // the record's key, or the id of the request it carries
  std::string type;         // the value's protobuf message; "document" for bytes as they came
  std::string subject;      // a resource name
  absl::Time time;
  std::string traceparent;  // may be empty
};
std::vector<Header> HeadersOf(CloudEvent event);

}  // namespace telex::kafka
