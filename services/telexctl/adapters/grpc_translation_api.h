#pragma once

#include <absl/time/time.h>

#include <memory>

#include "platform/grpc/channel.h"
#include "telexctl/failures/retry.h"
#include "telexctl/translation_api.h"

namespace telex::cli {

// Over gRPC; every call within `timeout`, asked again as the retrier has it. `retrier` outlives it.
std::unique_ptr<TranslationApi> MakeGrpcTranslationApi(std::unique_ptr<rpc::Caller> caller,
                                                       absl::Duration timeout, Retrier& retrier);

}  // namespace telex::cli
