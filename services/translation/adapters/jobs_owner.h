#pragma once

#include <absl/status/statusor.h>

#include <functional>
#include <memory>
#include <span>

#include "platform/kafka/dead_letter.h"
#include "platform/kafka/group_consumer.h"
#include "platform/kafka/publisher.h"
#include "platform/observe/heartbeat.h"
#include "platform/owner/partition_owner.h"
#include "translation/adapters/article_jobs.h"

namespace telex::translation {

// All that is done for the partitions that this replica owns (ArticleJobs).
//
// Destroyed before what it was made with: the group's consumer first, then the owner that it calls.
class JobsOwner {
 public:
  struct Ports {
    // Asks the leaders (owner::PartitionOwnerOptions::ends).
    std::function<absl::StatusOr<owner::Ends>(std::span<const kafka::TopicPartition>)> ends;
    // Makes a consumer of that group; its client is the port's to name.
    std::function<absl::StatusOr<std::unique_ptr<kafka::GroupConsumer>>(kafka::GroupConsumerConfig,
                                                                        kafka::GroupHandler&)>
        join;
    std::shared_ptr<observe::Heartbeat> heartbeat;  // of the thread that asks; may be null
  };
  // Joins the group. The store of `parts` and `publisher` (owner::OwnerPublisherConfig) outlive it.
  // Errors are those of `join`.
  static absl::StatusOr<std::unique_ptr<JobsOwner>> Start(const ArticleJobsParts& parts,
                                                          kafka::Publisher& publisher, Ports ports);

  const owner::PartitionOwner& owner() const { return owner_; }
  kafka::GroupConsumer& consumer() { return *consumer_; }
  const kafka::GroupConsumer& consumer() const { return *consumer_; }

 private:
  JobsOwner(const ArticleJobsParts& parts, kafka::Publisher& publisher, const Ports& ports);

  // Each uses those before it; destroyed in reverse.
  owner::PartitionOwner owner_;
  std::unique_ptr<kafka::GroupConsumer> consumer_;
};

}  // namespace telex::translation
