#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <string>
#include <vector>

#include "telex/translation/v1/resource.pb.h"
#include "translation/domain/policy.h"

namespace telex::translation {

// telex.translation.v1.Policy to its value and back. Pure; thread-safe.

inline constexpr std::size_t kPolicyRulesMax = 500;
inline constexpr std::size_t kPolicyNamesMax = 200;  // in each list of a rule
inline constexpr std::size_t kPolicyBytesMax = 512 * 1024;
inline constexpr absl::Duration kPolicyDeadlineMax = absl::Hours(24 * 366);

// INVALID_ARGUMENT with all faults at once, as fields: `policy.rules[2].to[0]`.
absl::StatusOr<std::vector<PolicyRule>> PolicyRulesOf(const v1::Policy& policy);

void FillRules(const std::vector<PolicyRule>& rules, v1::Policy& policy);
// With its version, etag, time and actor.
v1::Policy ToProto(const Policy& policy);

// As news::EtagOf; also of a resource that has no version yet: "0".
std::string EtagOfVersion(std::int64_t version);
// FIELD_INVALID for what EtagOfVersion does not write.
absl::StatusOr<std::int64_t> VersionOfEtag(std::string_view etag, std::string_view field);

}  // namespace telex::translation
