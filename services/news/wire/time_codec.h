#pragma once

#include <absl/time/time.h>
#include <google/protobuf/timestamp.pb.h>

#include <optional>

namespace telex::news {

// Instants travel in milliseconds: what the log holds compares equal to what was written.

inline absl::Time ToMilliseconds(absl::Time time) {
  return absl::FromUnixMillis(absl::ToUnixMillis(time));
}

inline absl::Time FromProto(const google::protobuf::Timestamp& time) {
  return ToMilliseconds(absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos()));
}

inline google::protobuf::Timestamp ToProto(absl::Time time) {
  const std::int64_t millis = absl::ToUnixMillis(time);
  std::int64_t seconds = millis / 1000;
  std::int64_t rest = millis % 1000;
  if (rest < 0) {
    rest += 1000;
    seconds -= 1;
  }
  google::protobuf::Timestamp proto;
  proto.set_seconds(seconds);
  proto.set_nanos(static_cast<std::int32_t>(rest * 1'000'000));
  return proto;
}

}  // namespace telex::news
