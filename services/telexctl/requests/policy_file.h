// The policy of translations as a file that people edit (YAML; docs/guides/translation-policy.md).
// Pure.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "telex/translation/v1/resource.pb.h"

namespace telex::cli {

inline constexpr std::size_t kPolicyFileBytesMax = 512 * 1024;

struct PolicyFile {
  translation::v1::Policy policy;  // its rules
  std::vector<int> lines;          // where each rule begins, from 1
};

// INVALID_ARGUMENT with all faults, as fields of the request (`policy.rules[2].to`), each with its
// line: no YAML, unknown keys, words that are none. What names mean (languages, sections) is the
// server's to say.
absl::StatusOr<PolicyFile> ReadPolicyFile(std::string_view yaml);

// What the server refuses, with the lines of the rules.
absl::Status AboutPolicy(const absl::Status& refused, const PolicyFile& file);

// A file that is read as the same rules.
std::string WritePolicyFile(const translation::v1::Policy& policy);

}  // namespace telex::cli
