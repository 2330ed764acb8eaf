#pragma once

// Log lines of this process: JSON, one write(2) each, to stderr.
//
//   Log(Severity::kWarning, "the broker refused a record",
//       {{"article", id}, {"version", version}, {"error", status.ToString()}});
//
// Any thread may log at any time; lines of two threads never mix. Secrets and the text of stories
// do not belong here. What repeats during an outage goes through OutageLog.

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "platform/observe/log_line.h"

namespace telex::observe {

struct LogConfig {
  std::string service;                      // "telex-feeds"
  Severity severity_min = Severity::kInfo;  // what is below is not written
  int fd = 2;                               // borrowed; must stay open
};

// Once at start, before other threads log; until then lines say service "telex" at kInfo.
void ConfigureLog(LogConfig config);

// "debug", "info", "warning", "error" in any case.
std::optional<Severity> ParseSeverity(std::string_view name);

// For callers who would have to compute what they log.
bool LogEnabled(Severity severity);

void Log(Severity severity, std::string_view message, std::span<const LogField> fields);
void Log(Severity severity, std::string_view message, std::initializer_list<LogField> fields = {});

struct LogCounts {
  std::array<std::uint64_t, kSeverityCount> lines{};  // by severity, also those below severity_min
  std::uint64_t lost = 0;                             // could not be written within a second
};

// Since the start of the process.
LogCounts CountLogLines();

}  // namespace telex::observe
