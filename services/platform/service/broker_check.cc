#include "platform/service/broker_check.h"

#include <utility>

#include "platform/errors/errors.h"

namespace telex::service {

runtime::Check BrokerCheck(std::string business_impact, std::function<bool()> connected) {
  return {.name = "kafka",
          .severity = 1,
          .business_impact = std::move(business_impact),
          .technical_summary =
              "Every broker that leads a partition has answered within the last "
              "few seconds; a frozen one, or a network that swallows packets, "
              "fails it, too.",
          .panic_guide = "docs/runbooks/kafka-away.md",
          .status = [connected = std::move(connected)]() -> absl::Status {
            if (connected()) return absl::OkStatus();
            return errors::Error(absl::StatusCode::kUnavailable, errors::kBrokerUnavailable,
                                 "a broker does not answer");
          },
          .gates_readiness = false};
}

}  // namespace telex::service
