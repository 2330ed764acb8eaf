#include "translation/adapters/jobs_owner.h"

#include <utility>

#include "news/wire/article_log.h"
#include "platform/errors/status_macros.h"
#include "translation/adapters/topics.h"

namespace telex::translation {
namespace {

owner::PartitionOwnerOptions OwnerOptions(const ArticleJobsParts& parts,
                                          const JobsOwner::Ports& ports) {
  return {.derived = {kJobsTopic, news::kTranslationsTopic},
          .make_fold =
              [parts](std::int32_t partition) {
                return std::make_unique<ArticleJobs>(partition, parts);
              },
          .position_of =
              [&store = parts.store](const kafka::TopicPartition& place) {
                return store.log().PositionOf(place);
              },
          .ends = ports.ends,
          .heartbeat = ports.heartbeat};
}

}  // namespace

JobsOwner::JobsOwner(const ArticleJobsParts& parts, kafka::Publisher& publisher, const Ports& ports)
    : owner_(OwnerOptions(parts, ports), publisher) {}

absl::StatusOr<std::unique_ptr<JobsOwner>> JobsOwner::Start(const ArticleJobsParts& parts,
                                                            kafka::Publisher& publisher,
                                                            Ports ports) {
  std::unique_ptr<JobsOwner> made(new JobsOwner(parts, publisher, ports));
  ASSIGN_OR_RETURN(
      made->consumer_,
      ports.join({.group = kTranslatorsGroup, .topics = {news::kArticlesTopic}}, made->owner_));
  return made;
}

}  // namespace telex::translation
