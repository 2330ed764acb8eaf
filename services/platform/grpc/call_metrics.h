#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <span>
#include <string_view>

#include "platform/observe/metrics.h"

namespace telex::rpc {

// telex_grpc_calls_total by method and status code, telex_grpc_call_seconds by method. Every series
// is there from the start, at 0: of a counter that appears with its first event, rate() and
// increase() never see that one. Thread-safe.
class CallMetrics {
 public:
  // Of services whose contracts are linked in, by full name. `metrics` outlives it.
  CallMetrics(observe::Metrics& metrics, std::span<const std::string_view> services);

  // ServerOptions::on_call; `method` as "/package.Service/Method".
  void Count(std::string_view method, absl::StatusCode code, absl::Duration took);

 private:
  observe::Counter& Calls(std::string_view method, absl::StatusCode code);
  observe::Histogram& Seconds(std::string_view method);

  observe::Metrics& metrics_;
};

}  // namespace telex::rpc
