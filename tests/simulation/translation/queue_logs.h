// The topics that the translation service reads and writes, one partition of each.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "platform/kafka/record.h"
#include "tests/simulation/kernel/log.h"
#include "translation/adapters/records/topics.h"

namespace telex::simulation {

struct QueueLogs {
  using RecordLog = Log<kafka::Record>;
  static inline const std::array<std::string, 3> kTopics = {
      news::kArticlesTopic, translation::kJobsTopic, news::kTranslationsTopic};

  RecordLog& Of(const std::string& topic) {
    return logs[static_cast<std::size_t>(std::ranges::find(kTopics, topic) - kTopics.begin())];
  }
  const RecordLog& Of(const std::string& topic) const {
    return const_cast<QueueLogs*>(this)->Of(topic);
  }
  bool IsCompacted(const std::string& topic, std::int64_t offset) const {
    return offset < compacted_to[static_cast<std::size_t>(std::ranges::find(kTopics, topic) -
                                                          kTopics.begin())];
  }
  // Its offset.
  std::int64_t Append(kafka::Record record, std::int64_t append_ms) {
    RecordLog& log = Of(record.topic);
    record.partition = 0;
    record.offset = log.end();
    record.timestamp_ms = append_ms;
    return log.Append(std::move(record));
  }
  // How many are gone. As Log::Compact.
  int Compact(const std::string& topic, std::int64_t clean_end, std::int64_t tombstones_from) {
    const int before = Count(topic);
    std::int64_t& compacted =
        compacted_to[static_cast<std::size_t>(std::ranges::find(kTopics, topic) - kTopics.begin())];
    compacted = std::max(compacted, std::min(clean_end, Of(topic).end()));
    Of(topic).Compact(
        clean_end, tombstones_from, [](const kafka::Record& record) { return record.key; },
        [](const kafka::Record& record) { return !record.value; });
    return before - Count(topic);
  }
  int Count(const std::string& topic) const {
    const RecordLog& log = Of(topic);
    int records = 0;
    for (std::int64_t at = 0; at < log.end(); ++at) records += log.at(at) != nullptr;
    return records;
  }

  std::array<RecordLog, kTopics.size()> logs;
  std::array<std::int64_t, kTopics.size()> compacted_to{};  // up to there
};

}  // namespace telex::simulation
