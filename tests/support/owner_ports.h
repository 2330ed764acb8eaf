#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "platform/kafka/admin.h"
#include "platform/owner/group_owner.h"
#include "platform/replica/log_replica.h"

namespace telex::tests {

// As service::StartOwner makes them, without a host. All outlive the owner.
inline owner::GroupOwnerPorts OwnerPorts(const replica::LogReplica& replica, kafka::Admin& admin,
                                         kafka::ClientConfig client) {
  return {.position_of = std::bind_front(&replica::LogReplica::PositionOf, &replica),
          .ends = [&admin](auto places) { return admin.EndOffsets(places, absl::Seconds(5)); },
          .heartbeat = nullptr,
          .join =
              [client = std::move(client)](kafka::GroupConsumerConfig config,
                                           kafka::GroupHandler& handler) {
                config.client = client;
                return kafka::GroupConsumer::Create(
                    std::move(config), handler,
                    {.on_fatal = [](const absl::Status& why) { ADD_FAILURE() << why; }});
              }};
}

}  // namespace telex::tests
