#include "ingestion/adapters/deciding_owner.h"

#include <absl/time/clock.h>

#include <utility>
#include <vector>

#include "ingestion/adapters/topics.h"
#include "platform/errors/status_macros.h"
#include "platform/observe/log.h"
#include "platform/runtime/loop.h"

namespace telex::ingestion {
namespace {

owner::PartitionOwnerOptions OwnerOptions(const std::string& cluster_id, const LogStore& log_store,
                                          const kafka::DeadLetters& dead_letters,
                                          DecidingOwner::Ports ports) {
  owner::PartitionOwnerOptions options = OwnerOfSubmissions(
      {.rules = KnownRules(),
       .cluster_id = cluster_id,
       .ledger = log_store,
       .dead_letters = dead_letters,
       .on_decided = std::move(ports.on_decided)},
      [&log_store](const kafka::TopicPartition& place) {
        return log_store.log().PositionOf(place);
      },
      std::move(ports.ends));
  options.heartbeat = std::move(ports.heartbeat);
  return options;
}

}  // namespace

DecidingOwner::DecidingOwner(const DecidingOwnerOptions& options, const LogStore& log_store,
                             kafka::Publisher& publisher, kafka::DeadLetters dead_letters,
                             Ports ports)
    : partitions_(options.partitions),
      rule_(options.rule),
      log_store_(log_store),
      dead_letters_(std::move(dead_letters)),
      owner_(OwnerOptions(options.cluster_id, log_store, dead_letters_, std::move(ports)),
             publisher),
      tombstones_([&publisher](kafka::Record record, kafka::Publisher::Callback done) {
        publisher.Publish(std::move(record), std::move(done));
      }) {}

absl::StatusOr<std::unique_ptr<DecidingOwner>> DecidingOwner::Start(
    const DecidingOwnerOptions& options, const LogStore& log_store, kafka::Publisher& publisher,
    kafka::DeadLetters dead_letters, Ports ports) {
  const auto join = std::move(ports.join);
  std::unique_ptr<DecidingOwner> made(
      new DecidingOwner(options, log_store, publisher, std::move(dead_letters), std::move(ports)));
  ASSIGN_OR_RETURN(made->consumer_,
                   join({.group = kDecidersGroup, .topics = {kSubmissionsTopic}}, made->owner_));
  return made;
}

void DecidingOwner::StartTimers(std::function<void(const Submission&)> submit,
                                Heartbeats heartbeats) {
  const auto owned = [this] { return owner_.Owned(); };
  timekeeper_ = std::make_unique<Timekeeper>(
      log_store_, partitions_, rule_,
      Timekeeper::Ports{.now = [] { return absl::Now(); },
                        .owned = owned,
                        .submit = std::move(submit),
                        .heartbeat = std::move(heartbeats.timekeeper)});
  purge_enforcer_ = std::make_unique<PurgeEnforcer>(
      log_store_, partitions_,
      PurgeEnforcer::Ports{
          .owned = [this] { return tombstones_.Idle(owner_.Owned()); },
          .append = [this](std::vector<kafka::Record> tombstones,
                           std::stop_token) { tombstones_.Append(std::move(tombstones)); },
          .heartbeat = std::move(heartbeats.purge_enforcer)});
}

void DecidingOwner::StopTimers() {
  if (timekeeper_) timekeeper_->Stop();
  if (purge_enforcer_) purge_enforcer_->Stop();
}

absl::Status AwaitPredecessor(const LogStore& log_store, absl::Time started, std::stop_token stop) {
  if (log_store.log().store().report().closed_in_order) return absl::OkStatus();
  const absl::Duration left =
      kafka::GroupConsumerConfig{}.session_timeout - (absl::Now() - started);
  if (left <= absl::ZeroDuration()) return absl::OkStatus();
  observe::Log(observe::Severity::kInfo,
               "waiting for the group session of the previous process to expire",
               {{"seconds", absl::ToDoubleSeconds(left)}});
  return runtime::SleepFor(left, stop) ? absl::OkStatus() : absl::CancelledError("stopping");
}

}  // namespace telex::ingestion
