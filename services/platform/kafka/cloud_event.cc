#include "platform/kafka/cloud_event.h"

namespace telex::kafka {

std::vector<Header> HeadersOf(const CloudEvent& event) {
  std::vector<Header> headers = {
      {"ce_specversion", "1.0"},
      {"ce_id", event.id},
      {"ce_source", std::string(event.source)},
      {"ce_type", event.type},
      {"ce_subject", event.subject},
      {"ce_time", absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", event.time, absl::UTCTimeZone())},
      {"content-type", "application/protobuf"},
  };
  if (!event.traceparent.empty())
    headers.push_back({std::string(kTraceparentHeader), event.traceparent});
  return headers;
}

}  // namespace telex::kafka
