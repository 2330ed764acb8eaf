// How a failure ends the program: its exit code, what is said, and what to do about it.
#pragma once

#include <absl/status/status.h>

#include <optional>
#include <string>
#include <string_view>

#include "telexctl/failures/asked.h"

namespace telex::cli {

// Documented in --help and docs/guides/telexctl.md: scripts go by them.
enum ExitCode : int {
  kExitOk = 0,
  kExitRefused = 1,      // the server said no, or there is no such thing
  kExitUsage = 2,        // the command line is wrong; nothing was sent
  kExitUnavailable = 3,  // no answer, or not yet: the same again is safe
  kExitPermission = 4,   // not known, or not allowed
};

// The file that a failure is about, by the name it was given; standard input has none. OK stays OK.
absl::Status AboutFile(absl::Status status, std::string_view file);
// The etag that was asked for on the command line, when the failure is that it is stale.
absl::Status AboutEtag(absl::Status status, const std::optional<std::string>& etag);

// The hint for faults of flags that every command takes.
inline constexpr std::string_view kProgramHelp =
    "telexctl --help shows the flags that every command takes, and their environment variables";

// A fault of the command line. `hint`: what to do; without one, the command's --help is named.
absl::Status Usage(std::string_view message, std::string_view hint = "");
bool IsUsage(const absl::Status& status);
std::string UsageHint(const absl::Status& status);

// What to do about a failure where the command knows better than hints.h. OK stays OK.
absl::Status WithHint(absl::Status status, std::string_view hint);
std::optional<std::string> OwnHint(const absl::Status& status);

ExitCode ExitCodeOf(const absl::Status& status);

// For people, several lines: message, reason, fields at fault, hint. It speaks of flags, commands
// (wording.h) and files.
std::string DescribeFailure(const absl::Status& status, const Asked& asked = {});

// The same as one JSON object on one line: {"error":{code,reason,message,metadata,fields,hint}};
// each field has its path in the API and, where there is one, the flag.
std::string DescribeFailureAsJson(const absl::Status& status, const Asked& asked = {});

}  // namespace telex::cli
