#include "ingestion/adapters/purge_enforcer.h"

#include <utility>

#include "ingestion/adapters/topics.h"
#include "news/article_name.h"
#include "platform/kafka/partitioner.h"
#include "platform/observe/log.h"

namespace telex::ingestion {

PurgeEnforcer::PurgeEnforcer(const LogStore& log_store, std::int32_t partitions, Ports ports)
    : log_store_(log_store),
      partitions_(partitions),
      ports_(std::move(ports)),
      task_(kInterval, ports_.heartbeat, [this](std::stop_token stop) { Tick(std::move(stop)); }) {}

std::size_t PurgeEnforcer::Tick(std::stop_token stop) {
  const std::lock_guard lock(mutex_);
  const std::set<std::int32_t> owned = ports_.owned();
  std::set<UnpurgedVersion> seen;
  std::vector<kafka::Record> tombstones;
  for (const UnpurgedVersion& version :
       log_store_.UnpurgedVersions(kForgottenAtOnceMax, [&](const news::ArticleId& article) {
         return owned.contains(kafka::PartitionOf(article.ToString(), partitions_));
       })) {
    if (!seen_.contains(version)) {
      seen.insert(version);
      continue;
    }
    kafka::Record tombstone{
        .topic = kArticlesTopic,
        .partition = kafka::PartitionOf(version.article.ToString(), partitions_)};
    tombstone.key = news::NameOf(version.article, version.version);
    observe::Log(observe::Severity::kWarning, "forgetting what came behind a purge",
                 {{"article", version.article.ToString()}, {"version", version.version.number}});
    tombstones.push_back(std::move(tombstone));
  }
  seen_ = std::move(seen);
  const std::size_t count = tombstones.size();
  if (count > 0) ports_.append(std::move(tombstones), stop);
  return count;
}

void PurgeEnforcer::Stop() { task_.Stop(); }

}  // namespace telex::ingestion
