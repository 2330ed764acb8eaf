#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <memory>

#include "platform/grpc/channel.h"
#include "telexctl/newsroom.h"
#include "telexctl/retry.h"

namespace telex::cli {

// Over gRPC; every call within `timeout`, asked again as the retrier has it. `retrier` outlives it.
std::unique_ptr<Newsroom> MakeGrpcNewsroom(std::unique_ptr<rpc::Caller> caller,
                                           absl::Duration timeout, Retrier& retrier);

}  // namespace telex::cli
