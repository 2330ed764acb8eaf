#pragma once

// The pure half of the log: one JSON line from its parts. Whatever bytes come in, what comes out is
// one line of valid JSON in valid UTF-8 of at most kLogLineBytesMax bytes.

#include <absl/time/time.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "platform/observe/trace.h"

namespace telex::observe {

// PIPE_BUF on Linux: a line up to this length is written to a pipe in one piece, also when several
// processes share the pipe.
inline constexpr std::size_t kLogLineBytesMax = 4096;

// One value may take this much of the line (counted in escaped bytes), so that a long error text
// does not displace the fields after it. The message has the same bound.
inline constexpr std::size_t kLogValueBytesMax = 1024;

enum class Severity { kDebug, kInfo, kWarning, kError };

inline constexpr std::size_t kSeverityCount = 4;

// "DEBUG", "INFO", "WARNING", "ERROR".
std::string_view SeverityName(Severity severity);

// A text, number or truth; texts are borrowed until the end of the Log() call.
class LogValue {
 public:
  LogValue(std::string_view text) : value_(text) {}               // NOLINT: implicit by design
  LogValue(const char* text) : value_(std::string_view(text)) {}  // NOLINT
  LogValue(const std::string& text) : value_(std::string_view(text)) {}               // NOLINT
  LogValue(bool truth) : value_(truth) {}                                             // NOLINT
  LogValue(std::floating_point auto number) : value_(static_cast<double>(number)) {}  // NOLINT
  LogValue(std::signed_integral auto number) : value_(std::int64_t{number}) {}        // NOLINT
  LogValue(std::unsigned_integral auto number) : value_(std::uint64_t{number}) {}     // NOLINT

  const std::variant<std::string_view, bool, double, std::int64_t, std::uint64_t>& get() const {
    return value_;
  }

 private:
  std::variant<std::string_view, bool, double, std::int64_t, std::uint64_t> value_;
};

// Keys are words of our own in snake_case. A key that is one of the line's own ("time", "message",
// ...) is written with "_" before it.
struct LogField {
  std::string_view key;
  LogValue value;
};

struct LogLine {
  absl::Time time;
  Severity severity = Severity::kInfo;
  std::string_view service;
  std::string_view message;
  const TraceContext* trace = nullptr;
  std::span<const LogField> fields;
};

// {"time":...,"severity":...,"service":...,"message":...,"trace_id":...,"span_id":...,<fields>}\n
// Where something had to be cut or left out the line ends with "truncated":true.
std::string FormatLogLine(const LogLine& line);

}  // namespace telex::observe
