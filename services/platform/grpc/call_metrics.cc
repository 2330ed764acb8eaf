#include "platform/grpc/call_metrics.h"

#include <google/protobuf/descriptor.h>

#include <array>
#include <string>

namespace telex::rpc {
namespace {

constexpr std::array kCodes = {
    absl::StatusCode::kOk,
    absl::StatusCode::kCancelled,
    absl::StatusCode::kUnknown,
    absl::StatusCode::kInvalidArgument,
    absl::StatusCode::kDeadlineExceeded,
    absl::StatusCode::kNotFound,
    absl::StatusCode::kAlreadyExists,
    absl::StatusCode::kPermissionDenied,
    absl::StatusCode::kResourceExhausted,
    absl::StatusCode::kFailedPrecondition,
    absl::StatusCode::kAborted,
    absl::StatusCode::kOutOfRange,
    absl::StatusCode::kUnimplemented,
    absl::StatusCode::kInternal,
    absl::StatusCode::kUnavailable,
    absl::StatusCode::kDataLoss,
    absl::StatusCode::kUnauthenticated,
};

}  // namespace

CallMetrics::CallMetrics(observe::Metrics& metrics, std::span<const std::string_view> services)
    : metrics_(metrics) {
  const google::protobuf::DescriptorPool& contracts =
      *google::protobuf::DescriptorPool::generated_pool();
  for (const std::string_view name : services) {
    const auto* service = contracts.FindServiceByName(std::string(name));
    for (int n = 0; service != nullptr && n < service->method_count(); ++n) {
      const std::string& method = service->method(n)->name();
      Seconds(method);
      for (const absl::StatusCode code : kCodes) Calls(method, code);
    }
  }
}

void CallMetrics::Count(std::string_view method, absl::StatusCode code, absl::Duration took) {
  const std::string_view name = method.substr(method.rfind('/') + 1);
  Calls(name, code).Increment();
  Seconds(name).Observe(absl::ToDoubleSeconds(took));
}

observe::Counter& CallMetrics::Calls(std::string_view method, absl::StatusCode code) {
  return metrics_.Counter(
      "telex_grpc_calls_total", "gRPC calls answered, by method and status code.",
      {{"method", std::string(method)}, {"code", absl::StatusCodeToString(code)}});
}

observe::Histogram& CallMetrics::Seconds(std::string_view method) {
  return metrics_.Histogram("telex_grpc_call_seconds", "How long a gRPC call took.",
                            observe::LatencyBuckets(), {{"method", std::string(method)}});
}

}  // namespace telex::rpc
