#include "feeds/adapters/log_facts.h"

#include <fmt/format.h>

#include "feeds/adapters/article_store.h"
#include "platform/errors/errors.h"
#include "platform/kafka/dead_letter.h"

namespace telex::feeds {

absl::StatusOr<LogFacts> AskLogFacts(kafka::Admin& admin, absl::Duration within) {
  auto cluster_id = admin.ClusterId(within);
  if (!cluster_id.ok()) return cluster_id.status();
  const auto topics = admin.ListTopics(within);
  if (!topics.ok()) return topics.status();
  LogFacts facts{.cluster_id = *std::move(cluster_id)};
  const std::string dead_letter_topic = kafka::DeadLetterTopic(kArticlesTopic, kGroup);
  for (const kafka::TopicInfo& topic : *topics) {
    if (topic.name == kArticlesTopic) facts.partitions = topic.partitions;
    if (topic.name == dead_letter_topic) facts.dead_letter_partitions = topic.partitions;
  }
  if (facts.partitions == 0) {
    return errors::Error(absl::StatusCode::kUnavailable, errors::kTopicMissing,
                         fmt::format("topic {} is missing: telexctl topics apply --file "
                                     "deploy/kafka/topics.yaml makes it",
                                     kArticlesTopic));
  }
  return facts;
}

}  // namespace telex::feeds
