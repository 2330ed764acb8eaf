#pragma once

// The file that says who is who (its form: auth.h), taken apart. Inside of this room.

#include <absl/status/statusor.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "platform/grpc/auth.h"

namespace telex::rpc {

using TokenHash = std::array<unsigned char, 32>;

enum class CredentialKind { kToken, kUri, kDns };

struct Credential {
  Actor actor;
  CredentialKind kind = CredentialKind::kToken;
  TokenHash token_hash{};        // kToken
  std::string certificate_name;  // kUri, kDns
};

inline constexpr std::size_t kCredentialsMax = 1000;
inline constexpr std::size_t kFaultsToldMax = 10;

// INVALID_ARGUMENT with all faults by line number. A fault never quotes a secret column: somebody
// may have written the token itself there.
absl::StatusOr<std::vector<Credential>> ParseCredentials(std::string_view text);

TokenHash Hash(std::string_view token);

}  // namespace telex::rpc
