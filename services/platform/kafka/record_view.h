// A record where the client library keeps it: nothing is copied, and headers are looked at only
// when somebody asks. Lives as long as the batch that it comes in.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "platform/kafka/record.h"

struct rd_kafka_message_s;

namespace telex::kafka {

class RecordView {
 public:
  explicit RecordView(const rd_kafka_message_s& message) : message_(&message) {}
  // For whoever makes records: tests, the simulator.
  explicit RecordView(const Record& record) : record_(&record) {}

  int64_t offset() const;
  int64_t timestamp_ms() const;                   // Unix time in milliseconds; 0: none
  std::string_view key() const;                   // empty: none
  std::optional<std::string_view> value() const;  // none: a tombstone
  // Of the last header of that name.
  std::optional<std::string_view> Header(std::string_view name) const;
  Record Copy() const;

 private:
  const rd_kafka_message_s* message_ = nullptr;  // one of the two
  const Record* record_ = nullptr;
};

Fingerprint FingerprintOf(const RecordView& record);

// FAILED_PRECONDITION / LOG_TRUNCATED: the record at that place is another one than was read there
// before. The log was replaced under its name, and its offsets mean other records.
absl::Status CheckSameRecord(const TopicPartition& partition, const Fingerprint& before,
                             const RecordView& record);

}  // namespace telex::kafka
