#include "platform/kafka/dead_letter.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>
#include <vector>

#include "platform/errors/errors.h"

namespace telex::kafka {
namespace {

constexpr std::array kOwnHeaders = {kDlqTopicHeader,     kDlqPartitionHeader, kDlqOffsetHeader,
                                    kDlqTimestampHeader, kDlqGroupHeader,     kDlqReasonHeader,
                                    kDlqMessageHeader};

bool IsOwn(const Header& header) {
  return std::find(kOwnHeaders.begin(), kOwnHeaders.end(), header.key) != kOwnHeaders.end();
}

std::string ReasonFor(const absl::Status& why) {
  std::string reason = errors::ReasonOf(why);
  return reason.empty() ? std::string(errors::kRecordUnreadable) : reason;
}

template <typename Number>
std::optional<Number> ParseNumber(std::optional<std::string_view> text) {
  Number number{};
  if (!text) return std::nullopt;
  const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (fault != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return number;
}

}  // namespace

std::string DeadLetterTopic(std::string_view topic, std::string_view group) {
  return fmt::format("{}.{}.dlq", topic, group);
}

Record MakeDeadLetter(const Record& input, std::string_view group, const absl::Status& why,
                      int32_t dlq_partitions) {
  Record record;
  record.topic = DeadLetterTopic(input.topic, group);
  record.partition = input.partition % std::max<int32_t>(dlq_partitions, 1);
  record.key = input.key;
  record.value = input.value;
  for (const Header& header : input.headers) {
    if (!IsOwn(header)) record.headers.push_back(header);
  }
  const auto add = [&](std::string_view key, std::string value) {
    record.headers.push_back({std::string(key), std::move(value)});
  };
  add(kDlqTopicHeader, input.topic);
  add(kDlqPartitionHeader, std::to_string(input.partition));
  add(kDlqOffsetHeader, std::to_string(input.offset));
  add(kDlqTimestampHeader, std::to_string(input.timestamp_ms));
  add(kDlqGroupHeader, std::string(group));
  add(kDlqReasonHeader, ReasonFor(why));
  add(kDlqMessageHeader, std::string(why.message()).substr(0, kDlqMessageBytesMax));
  return record;
}

absl::StatusOr<Record> RestoreDeadLetter(const Record& dead_letter) {
  const auto topic = FindHeader(dead_letter, kDlqTopicHeader);
  const auto partition = ParseNumber<int32_t>(FindHeader(dead_letter, kDlqPartitionHeader));
  if (!topic || topic->empty() || !partition || *partition < 0) {
    return absl::InvalidArgumentError(
        fmt::format("{}/{}@{} is no dead letter: it does not say where it came from",
                    dead_letter.topic, dead_letter.partition, dead_letter.offset));
  }
  Record record;
  record.topic = std::string(*topic);
  record.partition = *partition;
  record.key = dead_letter.key;
  record.value = dead_letter.value;
  for (const Header& header : dead_letter.headers) {
    if (!IsOwn(header)) record.headers.push_back(header);
  }
  return record;
}

DeadLetters::DeadLetters(std::string group, int32_t partitions, Observer observer)
    : group_(std::move(group)), partitions_(partitions), observer_(std::move(observer)) {}

Record DeadLetters::Make(const Record& input, const absl::Status& why) const {
  return MakeDeadLetter(input, group_, why, partitions_);
}

void DeadLetters::Noted(const Record& input, const absl::Status& why) const {
  if (observer_) observer_(input, ReasonFor(why), why);
}

absl::Status DeadLetters::Put(Publisher& publisher, const Record& input, const absl::Status& why,
                              std::stop_token stop) const {
  std::vector<Record> records;
  records.push_back(Make(input, why));
  const auto positions = publisher.PublishAll(std::move(records), std::move(stop));
  if (positions.ok()) Noted(input, why);
  return positions.status();
}

}  // namespace telex::kafka
