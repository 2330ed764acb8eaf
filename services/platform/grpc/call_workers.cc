#include "platform/grpc/call_workers.h"

#include <fmt/format.h>

#include <utility>

#include "platform/errors/errors.h"

namespace telex::rpc {

absl::Status CallWorkers::Add(std::function<void()> job) {
  if (++waiting_ > waiting_max_) {
    --waiting_;
    return errors::Error(absl::StatusCode::kUnavailable, errors::kOverloaded,
                         fmt::format("{} such calls are waiting, as many as may", waiting_max_));
  }
  workers_.Add([this, job = std::move(job)] {
    job();
    --waiting_;
  });
  return absl::OkStatus();
}

}  // namespace telex::rpc
