// Many small records in a topic of the benchmark's own: what a log of views or of receipts is like,
// and what reading and folding cost by the record.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "platform/kafka/record.h"

namespace telex::bench {

inline const std::string kSmallTopic = "telex-bench.small";
inline const std::string kCountsTopic = "telex-bench.counts";
inline constexpr std::int32_t kSmallPartitions = 12;

// About 100 bytes: a key of 13, one of 10,000, and letters that compress as text does. The same for
// the same `n`.
inline kafka::Record SmallRecord(std::uint64_t n) {
  constexpr std::uint64_t kKeys = 10'000;
  constexpr std::size_t kValueBytes = 88;
  constexpr std::string_view kLetters = "etaoinshrdlucmfw";
  std::uint64_t state = n * 0x9e3779b97f4a7c15 + 1;
  const auto next = [&state] {  // xorshift64
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
  };
  kafka::Record record{.topic = kSmallTopic};
  const std::uint64_t key = next() % kKeys;
  record.partition = static_cast<std::int32_t>(key % kSmallPartitions);
  record.key = fmt::format("article-{:05}", key);
  std::string& value = record.value.emplace();
  while (value.size() < kValueBytes) {
    for (std::uint64_t bits = next(); bits != 0 && value.size() < kValueBytes; bits >>= 4)
      value += kLetters[bits & 15];
  }
  return record;
}

}  // namespace telex::bench
