#include "platform/kafka/cloud_event.h"

#include <utility>

namespace telex::kafka {
namespace {

constexpr std::size_t kHeadersMax = 8;

// Many records in a row are of one time, and to spell it costs more than all else here.
const std::string& TextOf(absl::Time time) {
  static thread_local absl::Time spelt;
  static thread_local std::string text;
  if (text.empty() || time != spelt) {
    text = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", time, absl::UTCTimeZone());
    spelt = time;
  }
  return text;
}

}  // namespace

std::vector<Header> HeadersOf(CloudEvent event) {
  std::vector<Header> headers;
  headers.reserve(kHeadersMax);
  headers.push_back({"ce_specversion", "1.0"});
  headers.push_back({"ce_id", std::move(event.id)});
  headers.push_back({"ce_source", std::string(event.source)});
  headers.push_back({"ce_type", std::move(event.type)});
  headers.push_back({"ce_subject", std::move(event.subject)});
  headers.push_back({"ce_time", TextOf(event.time)});
  headers.push_back({"content-type", "application/protobuf"});
  if (!event.traceparent.empty())
    headers.push_back({std::string(kTraceparentHeader), std::move(event.traceparent)});
  return headers;
}

}  // namespace telex::kafka
