#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <functional>

#include "platform/kafka/publisher.h"
#include "views/domain/view.h"

namespace telex::views {

// Appends a view; `done` is told when it is durable, or why not: once, on any thread, maybe before
// the return. The view's texts are needed until the return.
using PublishView =
    std::function<void(const View& view, std::function<void(const absl::Status&)> done)>;

// As whoever answers readers needs it: never waits for room, and gives up on a view in seconds.
kafka::PublisherConfig ViewPublisherConfig();

// To telex.views.v1, which has so many partitions. The publisher outlives it.
PublishView PublishTo(kafka::Publisher& publisher, std::int32_t partitions);

}  // namespace telex::views
