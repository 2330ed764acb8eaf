// How a failure ends the program: its exit code, what is said, and what to do about it.
#pragma once

#include <absl/status/status.h>

#include <string>
#include <string_view>

namespace telex::cli {

// Documented in --help and docs/guides/telexctl.md: scripts go by them.
enum ExitCode : int {
  kExitOk = 0,
  kExitRefused = 1,      // the server said no, or there is no such thing
  kExitUsage = 2,        // the command line is wrong; nothing was sent
  kExitUnavailable = 3,  // no answer, or not yet: the same again is safe
  kExitPermission = 4,   // not known, or not allowed
};

// A fault of the command line that only shows after parsing.
absl::Status Usage(std::string_view message);
bool IsUsage(const absl::Status& status);

ExitCode ExitCodeOf(const absl::Status& status);

// What to do next; empty when there is nothing better to say than the message itself.
std::string HintFor(const absl::Status& status);

// For people, several lines: message, reason, fields at fault, hint.
std::string DescribeFailure(const absl::Status& status);

// The same as one JSON object on one line: {"error":{code,reason,message,metadata,fields,hint}}.
std::string DescribeFailureAsJson(const absl::Status& status);

}  // namespace telex::cli
