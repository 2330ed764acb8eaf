#include "platform/owner/group_owner.h"

#include <limits>
#include <utility>

#include "platform/errors/status_macros.h"

namespace telex::owner {
namespace {

using PositionOf = std::function<std::int64_t(const kafka::TopicPartition&)>;

PositionOf AwaitedPosition(PositionOf position_of,
                           std::function<bool(const kafka::TopicPartition&)> is_not_awaited) {
  if (!is_not_awaited) return position_of;
  return [position_of = std::move(position_of),
          is_not_awaited = std::move(is_not_awaited)](const kafka::TopicPartition& of) {
    return is_not_awaited(of) ? std::numeric_limits<std::int64_t>::max() : position_of(of);
  };
}

}  // namespace

GroupOwner::GroupOwner(PartitionOwnerOptions options, kafka::Publisher& publisher)
    : owner_(std::move(options), publisher),
      side_appends_([&publisher](kafka::Record record, kafka::Publisher::Callback done,
                                 std::stop_token stop) {
        publisher.Publish(std::move(record), std::move(done), std::move(stop));
      }) {}

absl::StatusOr<std::unique_ptr<GroupOwner>> GroupOwner::Start(GroupOwnerOptions options,
                                                              kafka::Publisher& publisher,
                                                              GroupOwnerPorts ports) {
  std::unique_ptr<GroupOwner> made(new GroupOwner(
      {.derived = std::move(options.derived),
       .make_fold = std::move(options.make_fold),
       .position_of =
           AwaitedPosition(std::move(ports.position_of), std::move(options.is_not_awaited)),
       .ends = std::move(ports.ends),
       .heartbeat = std::move(ports.heartbeat)},
      publisher));
  ASSIGN_OR_RETURN(made->consumer_, ports.join({.group = std::move(options.group),
                                                .topics = {options.input},
                                                .fetch_bytes_min = options.fetch_bytes_min},
                                               made->owner_));
  return made;
}  // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): the function object is owner_'s

void GroupOwner::Every(absl::Duration interval, std::shared_ptr<observe::Heartbeat> heartbeat,
                       Look look) {
  looks_.push_back(
      std::make_unique<runtime::PeriodicTask>(interval, std::move(heartbeat), std::move(look)));
}

void GroupOwner::StopLooks() {
  for (const auto& look : looks_) look->Stop();
}

}  // namespace telex::owner
