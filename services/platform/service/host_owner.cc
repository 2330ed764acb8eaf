#include "platform/service/host_owner.h"

#include <functional>
#include <utility>

#include "platform/errors/status_macros.h"
#include "platform/kafka/lag.h"
#include "platform/observe/log.h"
#include "platform/runtime/loop.h"

namespace telex::service {
namespace {

absl::Status AwaitPredecessor(const Host& host, const replica::LogReplica& replica,
                              absl::Duration session, const std::stop_token& stop) {
  if (replica.store().report().closed_cleanly) return absl::OkStatus();
  const absl::Duration left = session - host.age();
  if (left <= absl::ZeroDuration()) return absl::OkStatus();
  observe::Log(observe::Severity::kInfo,
               "waiting for the group session of the previous process to expire",
               {{"seconds", absl::ToDoubleSeconds(left)}});
  return runtime::SleepFor(left, stop) ? absl::OkStatus() : absl::CancelledError("stopping");
}

void Watch(Host& host, const OwnerTexts& texts, const owner::GroupOwner& group) {
  host.AddCheck({.name = texts.held_check,
                 .severity = texts.severity,
                 .business_impact = texts.held_impact,
                 .technical_summary = texts.held_summary,
                 .panic_guide = texts.held_runbook,
                 .status = [&group] { return group.owner().Held(); },
                 .gates_readiness = texts.held_gates_readiness});
  host.AddCheck({.name = "partitions",
                 .severity = texts.severity,
                 .business_impact = texts.takeover_impact,
                 .technical_summary = "Whether the partitions assigned to this replica are taken "
                                      "over in time.",
                 .panic_guide = texts.takeover_runbook,
                 .status = [&group] { return group.owner().TakeoversUnderWay(); },
                 .gates_readiness = false});
  host.Gauge(texts.lag_seconds.name, texts.lag_seconds.help, [&group] {
    return absl::ToDoubleSeconds(kafka::LongestBehind(group.consumer().Lag()));
  });
  host.Gauge(texts.lag_records.name, texts.lag_records.help, [&group] {
    return static_cast<double>(kafka::RecordsBehind(group.consumer().Lag()));
  });
  host.Gauge(texts.owned_partitions.name, texts.owned_partitions.help,
             [&group] { return static_cast<double>(group.owner().Owned().size()); });
}

}  // namespace

absl::StatusOr<std::unique_ptr<owner::GroupOwner>> StartOwner(Host& host, const OwnerTexts& texts,
                                                              const replica::LogReplica& replica,
                                                              owner::GroupOwnerOptions options,
                                                              kafka::Publisher& publisher,
                                                              std::stop_token stop) {
  const auto join =
      [&](kafka::GroupConsumerConfig config,
          kafka::GroupHandler& handler) -> absl::StatusOr<std::unique_ptr<kafka::GroupConsumer>> {
    RETURN_IF_ERROR(AwaitPredecessor(host, replica, config.session_timeout, stop));
    return host.MakeConsumer(texts.role, std::move(config), handler, host.Watch(texts.loop));
  };
  ASSIGN_OR_RETURN(auto group,
                   owner::GroupOwner::Start(
                       std::move(options), publisher,
                       {.position_of = std::bind_front(&replica::LogReplica::PositionOf, &replica),
                        .ends = std::bind_front(&Host::EndOffsets, &host),
                        .heartbeat = host.Watch(texts.ends_loop),
                        .join = join}));
  host.OnStop(StopPhase::kConsuming, "looks", [looks = group.get()](absl::Duration) {
    looks->StopLooks();
    return absl::OkStatus();
  });
  Watch(host, texts, *group);
  return group;
}

}  // namespace telex::service
