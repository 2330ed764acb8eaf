#include "ingestion/adapters/deciding_owner.h"

#include <absl/time/clock.h>

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ingestion/adapters/topics.h"
#include "platform/errors/status_macros.h"
#include "platform/observe/log.h"

namespace telex::ingestion {
namespace {

owner::PartitionOwnerOptions OwnerOptions(const std::string& cluster_id, const LogStore& log_store,
                                          const kafka::DeadLetters& dead_letters,
                                          DecidingOwner::Ports ports) {
  const DeciderParts parts{.rules = KnownRules(),
                           .cluster_id = cluster_id,
                           .ledger = log_store,
                           .dead_letters = dead_letters,
                           .on_decided = std::move(ports.on_decided)};
  return {
      .derived = {kArticlesTopic, kResourcesTopic, kDecisionsTopic},
      .make_fold =
          [parts](std::int32_t partition) { return std::make_unique<Decider>(partition, parts); },
      .position_of =
          [&log_store](const kafka::TopicPartition& place) {
            return log_store.log().PositionOf(place);
          },
      .ends = std::move(ports.ends),
      .heartbeat = std::move(ports.heartbeat)};
}

}  // namespace

DecidingOwner::DecidingOwner(const LogSettings& log, const LogStore& log_store,
                             kafka::Publisher& publisher, kafka::DeadLetters dead_letters,
                             Ports ports)
    : log_store_(log_store),
      dead_letters_(std::move(dead_letters)),
      owner_(OwnerOptions(log.cluster_id, log_store, dead_letters_, std::move(ports)), publisher),
      tombstones_([&publisher](kafka::Record record, kafka::Publisher::Callback done,
                               std::stop_token stop) {
        publisher.Publish(std::move(record), std::move(done), std::move(stop));
      }),
      due_times_(log.partitions, log.rule),
      purge_leftovers_(log.partitions) {}

absl::StatusOr<std::unique_ptr<DecidingOwner>> DecidingOwner::Start(const LogSettings& log,
                                                                    const LogStore& log_store,
                                                                    kafka::Publisher& publisher,
                                                                    kafka::DeadLetters dead_letters,
                                                                    Ports ports) {
  const auto join = std::move(ports.join);
  std::unique_ptr<DecidingOwner> made(
      new DecidingOwner(log, log_store, publisher, std::move(dead_letters), std::move(ports)));
  ASSIGN_OR_RETURN(made->consumer_,
                   join({.group = kDecidersGroup, .topics = {kSubmissionsTopic}}, made->owner_));
  return made;
}

void DecidingOwner::StartTimers(std::function<void(const Submission&)> submit,
                                Heartbeats heartbeats) {
  timekeeper_.emplace(
      kTimekeeperInterval, std::move(heartbeats.timekeeper),
      [this, submit = std::move(submit)](const std::stop_token&) { SubmitDueTimes(submit); });
  purge_enforcer_.emplace(kPurgeEnforcerInterval, std::move(heartbeats.purge_enforcer),
                          [this](const std::stop_token& stop) { AppendTombstonesAgain(stop); });
}

void DecidingOwner::StopTimers() {
  if (timekeeper_) timekeeper_->Stop();
  if (purge_enforcer_) purge_enforcer_->Stop();
}

void DecidingOwner::SubmitDueTimes(const std::function<void(const Submission&)>& submit) {
  const auto pending = std::bind_front(&LogStore::VisitPending, &log_store_);
  for (const Submission& due : due_times_.Due(absl::Now(), owner_.Owned(), pending)) submit(due);
}

void DecidingOwner::AppendTombstonesAgain(const std::stop_token& stop) {
  const auto unpurged = [this](const PurgeLeftovers::Visit& visit) {
    log_store_.VisitUnpurged(visit);
  };
  std::vector<kafka::Record> tombstones;
  const std::set<std::int32_t> idle = tombstones_.Idle(owner_.Owned());
  for (const UnpurgedVersion& version : purge_leftovers_.Due(idle, unpurged)) {
    observe::Log(observe::Severity::kWarning,
                 "version found behind its purge, appending its tombstone again",
                 {{"article", version.article.ToString()}, {"version", version.version.number}});
    tombstones.push_back(purge_leftovers_.TombstoneOf(version));
  }
  tombstones_.Append(std::move(tombstones), stop);
}

absl::Status AwaitPredecessor(const LogStore& log_store, absl::Time started, std::stop_token stop) {
  if (log_store.log().store().report().closed_cleanly) return absl::OkStatus();
  const absl::Duration left =
      kafka::GroupConsumerConfig{}.session_timeout - (absl::Now() - started);
  if (left <= absl::ZeroDuration()) return absl::OkStatus();
  observe::Log(observe::Severity::kInfo,
               "waiting for the group session of the previous process to expire",
               {{"seconds", absl::ToDoubleSeconds(left)}});
  return runtime::SleepFor(left, stop) ? absl::OkStatus() : absl::CancelledError("stopping");
}

}  // namespace telex::ingestion
