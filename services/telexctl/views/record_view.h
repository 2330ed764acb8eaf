// Records of the log as a person reads them. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "platform/kafka/record.h"

namespace telex::cli {

// Where `topics tail` begins, in each partition.
struct TailFrom {
  enum class Kind { kBeginning, kEnd, kLast };
  Kind kind = Kind::kLast;
  std::int64_t last = 10;  // kLast: this many records before the end
};
inline constexpr std::int64_t kTailLastMax = 10'000;

// "beginning", "end", "-10".
std::optional<TailFrom> ParseTailFrom(std::string_view text);

// Several lines: place and time, key, headers, value. The ids of views, which are bytes, stand as
// UUIDs.
std::string RecordText(const kafka::Record& record);

// One JSON object on one line. `value` is the message of a known topic, or text; bytes that are
// neither stand as hexadecimal under `value_hex`; a tombstone has the value null.
std::string RecordJson(const kafka::Record& record);

}  // namespace telex::cli
