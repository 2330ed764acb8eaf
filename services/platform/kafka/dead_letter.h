// Where records go that a consumer can not handle: `<topic>.<group>.dlq`, as they are, with the
// reason in headers. Outside the deciding fold alone (that one stops instead).
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "platform/kafka/publisher.h"
#include "platform/kafka/record.h"

namespace telex::kafka {

inline constexpr std::string_view kDlqTopicHeader = "telex-dlq-topic";
inline constexpr std::string_view kDlqPartitionHeader = "telex-dlq-partition";
inline constexpr std::string_view kDlqOffsetHeader = "telex-dlq-offset";
inline constexpr std::string_view kDlqTimestampHeader = "telex-dlq-timestamp-ms";
inline constexpr std::string_view kDlqGroupHeader = "telex-dlq-group";
inline constexpr std::string_view kDlqReasonHeader = "telex-dlq-reason";    // UPPER_SNAKE
inline constexpr std::string_view kDlqMessageHeader = "telex-dlq-message";  // for people, bounded
inline constexpr size_t kDlqMessageBytesMax = 1024;

std::string DeadLetterTopic(std::string_view topic, std::string_view group);

// The record to publish: same key and value, headers kept and the above added; the partition is the
// input's modulo the number the dead-letter topic has. Pure: the same input makes the same bytes.
Record MakeDeadLetter(const Record& input, std::string_view group, const absl::Status& why,
                      int32_t dlq_partitions);

// The way back, to be published again: original topic, partition and headers. InvalidArgument when
// it is no dead letter.
absl::StatusOr<Record> RestoreDeadLetter(const Record& dead_letter);

// Thread-safe.
class DeadLetters {
 public:
  // Of what was set aside; must not block.
  using Observer =
      std::function<void(const Record& input, std::string_view reason, const absl::Status& why)>;

  // `partitions` of the dead-letter topics.
  DeadLetters(std::string group, int32_t partitions, Observer observer = {});

  // Appends and waits. An error means it is not set aside.
  absl::Status Put(Publisher& publisher, const Record& input, const absl::Status& why,
                   std::stop_token stop = {}) const;
  // For whoever appends it in an order of his own: the record, and that it is on record.
  Record Make(const Record& input, const absl::Status& why) const;
  void Noted(const Record& input, const absl::Status& why) const;

 private:
  std::string group_;
  int32_t partitions_;
  Observer observer_;
};

}  // namespace telex::kafka
