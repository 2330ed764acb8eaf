#include "ingestion/adapters/forgetter.h"

#include <utility>

#include "ingestion/adapters/topics.h"
#include "news/article_name.h"
#include "platform/kafka/partitioner.h"
#include "platform/observe/log.h"

namespace telex::ingestion {

Forgetter::Forgetter(const Library& library, std::int32_t partitions, Ports ports)
    : library_(library),
      partitions_(partitions),
      ports_(std::move(ports)),
      repeater_(kInterval, ports_.pulse, [this](std::stop_token stop) { Tick(std::move(stop)); }) {}

std::size_t Forgetter::Tick(std::stop_token stop) {
  const std::lock_guard lock(mutex_);
  const std::set<std::int32_t> owned = ports_.owned();
  std::set<Unforgotten> seen;
  std::vector<kafka::Record> tombstones;
  for (const Unforgotten& version :
       library_.UnforgottenVersions(kForgottenAtOnceMax, [&](const news::ArticleId& article) {
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

void Forgetter::Stop() { repeater_.Stop(); }

}  // namespace telex::ingestion
