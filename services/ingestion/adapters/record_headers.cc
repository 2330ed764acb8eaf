#include "ingestion/adapters/record_headers.h"

namespace telex::ingestion {

std::vector<kafka::Header> EventHeaders(const EventAttributes& attributes) {
  std::vector<kafka::Header> headers = {
      {"ce_specversion", "1.0"},
      {"ce_id", attributes.id},
      {"ce_source", "telex/ingestion"},
      {"ce_type", attributes.type},
      {"ce_subject", attributes.subject},
      {"ce_time", absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", attributes.time, absl::UTCTimeZone())},
      {"content-type", "application/protobuf"},
  };
  if (!attributes.traceparent.empty())
    headers.push_back({std::string(kTraceparentHeader), attributes.traceparent});
  return headers;
}

}  // namespace telex::ingestion
