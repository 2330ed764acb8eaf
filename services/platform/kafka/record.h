// The record as the log holds it, and the names of places in the log. Plain values without IO.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace telex::kafka {

// Key and value are bytes; a key may stand in a record more than once.
struct Header {
  std::string key;
  std::string value;
  bool operator==(const Header&) const = default;
};

struct TopicPartition {
  std::string topic;
  int32_t partition = -1;
  auto operator<=>(const TopicPartition&) const = default;
};

// Where a record lies within a topic that the context names.
struct Position {
  int32_t partition = -1;
  int64_t offset = -1;
  auto operator<=>(const Position&) const = default;
};

struct Record {
  std::string topic;
  int32_t partition = -1;
  int64_t offset = -1;       // -1 on a record that is yet to be published
  int64_t timestamp_ms = 0;  // Unix time in milliseconds; 0 when published: the client sets it
  std::string key;           // empty: the record has no key
  std::optional<std::string> value;  // none: a tombstone; an empty value is not a tombstone
  std::vector<Header> headers;
};

// The value of the last header of that name (as Kafka's own lastHeader), or none. The view lives as
// long as the record's headers.
std::optional<std::string_view> FindHeader(const Record& record, std::string_view key);

// What the record weighs, in bytes: key, value and headers; the bound of batches and queues.
size_t WeightOf(const Record& record);

// Tells whether a record is the one that was read at that place before; stable, to be stored.
struct Fingerprint {
  int64_t offset = -1;
  int64_t timestamp_ms = 0;
  uint64_t hash = 0;  // of key and value: FNV-1a
  bool operator==(const Fingerprint&) const = default;
};

Fingerprint FingerprintOf(const Record& record);

}  // namespace telex::kafka
