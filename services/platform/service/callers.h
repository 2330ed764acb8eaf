#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>

#include "platform/grpc/auth.h"
#include "platform/service/host.h"

namespace telex::service {

// Those who may call this service, from TELEX_TOKENS_FILE, which is read again when it changes;
// with the check "callers", which does not gate readiness. It lives until the host closes its
// stores. Errors as of Authenticator::FromFile.
absl::StatusOr<std::unique_ptr<rpc::Authenticator>> ReadCallers(Host& host, std::string file);

}  // namespace telex::service
