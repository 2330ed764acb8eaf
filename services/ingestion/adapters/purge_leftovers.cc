#include "ingestion/adapters/purge_leftovers.h"

#include "ingestion/adapters/topics.h"
#include "news/article_name.h"
#include "platform/kafka/partitioner.h"

namespace telex::ingestion {

std::vector<UnpurgedVersion> PurgeLeftovers::Due(const std::set<std::int32_t>& owned,
                                                 const Index& index) {
  return lingering_.Due(owned, [&](const owner::Lingering<UnpurgedVersion>::Visit& visit) {
    index([&](const UnpurgedVersion& version) { visit(PartitionOf(version), version); });
  });
}

kafka::Record PurgeLeftovers::TombstoneOf(const UnpurgedVersion& version) const {
  return {.topic = kArticlesTopic,
          .partition = PartitionOf(version),
          .key = news::NameOf(version.article, version.version)};
}

std::int32_t PurgeLeftovers::PartitionOf(const UnpurgedVersion& version) const {
  return kafka::PartitionOf(version.article.ToString(), partitions_);
}

}  // namespace telex::ingestion
