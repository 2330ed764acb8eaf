#pragma once

// Records of ingestion's topics as their owner appends them, for tests that feed a log store by
// hand.

#include <string>
#include <utility>
#include <vector>

#include "ingestion/adapters/record_codec.h"
#include "ingestion/adapters/topics.h"
#include "news/article_name.h"
#include "platform/kafka/partitioner.h"
#include "tests/unit/ingestion/stories.h"

namespace telex::ingestion::testing {

inline constexpr std::int32_t kPartitions = 4;

inline std::int32_t PartitionOfStory(const news::ArticleId& id) {
  return kafka::PartitionOf(id.ToString(), kPartitions);
}

inline kafka::Record RecordOf(const ArticleHead& head) {
  kafka::Record record{.topic = kArticlesTopic, .partition = PartitionOfStory(head.article.id)};
  record.key = news::NameOf(head.article.id, head.article.version);
  record.value = EncodeArticleHead(head);
  return record;
}
inline kafka::Record TombstoneOf(const news::ArticleId& id, std::int64_t version) {
  kafka::Record record{.topic = kArticlesTopic, .partition = PartitionOfStory(id)};
  record.key = news::NameOf(id, news::Version{version});
  return record;
}
inline kafka::Record RecordOf(const Decision& decision) {
  kafka::Record record{.topic = kDecisionsTopic, .partition = decision.position.partition};
  record.key = DecisionKey(decision.position);
  record.value = EncodeDecision(decision);
  record.timestamp_ms = absl::ToUnixMillis(decision.time);
  return record;
}
inline kafka::Record RecordOf(const SourceHead& head) {
  kafka::Record record{.topic = kResourcesTopic,
                       .partition = kafka::PartitionOf(head.source.id.text(), kPartitions)};
  record.key = SourceKey(head.source.id, head.source.version);
  record.value = EncodeSourceHead(head);
  return record;
}

// Gives each record its offset, as the log would.
class FakeLog {
 public:
  kafka::Record Append(kafka::Record record) {
    record.offset = next_[{record.topic, record.partition}]++;
    records_.push_back(record);
    return record;
  }
  const std::vector<kafka::Record>& records() const { return records_; }

 private:
  std::map<kafka::TopicPartition, std::int64_t> next_;
  std::vector<kafka::Record> records_;
};

}  // namespace telex::ingestion::testing
