#pragma once

#include <absl/time/time.h>
#include <grpc/support/time.h>

namespace telex::rpc {

// For the library's waits: by the steady clock, which a wall clock that is set does not move.
inline gpr_timespec DeadlineAfter(absl::Duration within) {
  return gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                      gpr_time_from_millis(absl::ToInt64Milliseconds(within), GPR_TIMESPAN));
}

// For the library's channel arguments.
inline int WholeMilliseconds(absl::Duration duration) {
  return static_cast<int>(absl::ToInt64Milliseconds(duration));
}

}  // namespace telex::rpc
