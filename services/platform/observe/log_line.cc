#include "platform/observe/log_line.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <ctime>
#include <iterator>

namespace telex::observe {
namespace {

constexpr std::string_view kTruncatedMark = ",\"truncated\":true";
constexpr std::string_view kEnd = "}\n";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::array<std::string_view, 7> kOwnKeys = {"time",     "severity", "service",  "message",
                                                      "trace_id", "span_id",  "truncated"};

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// The length of the well-formed UTF-8 sequence `text` starts with (Unicode 15, table 3-7), or 0.
std::size_t SequenceBytes(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!IsContinuation(text[i])) return 0;
  }
  const auto second = static_cast<unsigned char>(text[1]);
  if (first == 0xE0 && second < 0xA0) return 0;  // overlong
  if (first == 0xED && second > 0x9F) return 0;  // surrogates
  if (first == 0xF0 && second < 0x90) return 0;  // overlong
  if (first == 0xF4 && second > 0x8F) return 0;  // beyond U+10FFFF
  return length;
}

// Appends `text` in quotes; stops before the escaped text would exceed bytes_max. False when cut.
bool AppendQuoted(std::string_view text, std::size_t bytes_max, std::string& out) {
  out += '"';
  const std::size_t start = out.size();
  bool whole = true;
  while (!text.empty()) {
    const std::size_t length = SequenceBytes(text);
    const char c = text[0];
    std::array<char, 8> escape{};
    std::string_view piece = text.substr(0, length);
    if (length == 0) {
      piece = kReplacement;
    } else if (c == '"') {
      piece = "\\\"";
    } else if (c == '\\') {
      piece = "\\\\";
    } else if (c == '\n') {
      piece = "\\n";
    } else if (c == '\r') {
      piece = "\\r";
    } else if (c == '\t') {
      piece = "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      const auto end = fmt::format_to_n(escape.data(), escape.size(), "\\u{:04x}",
                                        static_cast<unsigned>(static_cast<unsigned char>(c)));
      piece = {escape.data(), end.size};
    }
    if (out.size() - start + piece.size() > bytes_max) {
      whole = false;
      break;
    }
    out += piece;
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out += '"';
  return whole;
}

struct ValueWriter {
  std::string& out;

  bool operator()(std::string_view text) const {
    return AppendQuoted(text, kLogValueBytesMax, out);
  }
  bool operator()(bool truth) const {
    out += truth ? "true" : "false";
    return true;
  }
  bool operator()(double number) const {
    // JSON has no NaN and no infinity.
    const std::string_view quote = std::isfinite(number) ? "" : "\"";
    fmt::format_to(std::back_inserter(out), "{}{}{}", quote, number, quote);
    return true;
  }
  bool operator()(std::int64_t number) const {
    fmt::format_to(std::back_inserter(out), "{}", number);
    return true;
  }
  bool operator()(std::uint64_t number) const {
    fmt::format_to(std::back_inserter(out), "{}", number);
    return true;
  }
};

void AppendTime(absl::Time time, std::string& out) {
  const std::int64_t ms = absl::ToUnixMillis(time);
  std::int64_t seconds = ms / 1000;
  std::int64_t rest_ms = ms % 1000;
  if (rest_ms < 0) {
    rest_ms += 1000;
    --seconds;
  }
  const auto unix_seconds = static_cast<std::time_t>(seconds);
  std::tm utc{};
  gmtime_r(&unix_seconds, &utc);
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
                 utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min,
                 utc.tm_sec, rest_ms);
}

// False when the value was cut or the field did not fit into the line at all.
bool AppendField(const LogField& field, std::string& out) {
  constexpr std::size_t kRoom = kLogLineBytesMax - kTruncatedMark.size() - kEnd.size();
  const std::size_t before = out.size();
  bool own = false;
  for (const std::string_view key : kOwnKeys) own = own || key == field.key;
  out += ',';
  const std::string underscored = own ? fmt::format("_{}", field.key) : std::string();
  bool whole = AppendQuoted(own ? underscored : field.key, kLogValueBytesMax, out);
  out += ':';
  whole = std::visit(ValueWriter{out}, field.value.get()) && whole;
  if (out.size() <= kRoom) return whole;
  out.resize(before);  // a smaller field after this one may still fit
  return false;
}

}  // namespace

std::string_view SeverityName(Severity severity) {
  switch (severity) {
    case Severity::kDebug:
      return "DEBUG";
    case Severity::kInfo:
      return "INFO";
    case Severity::kWarning:
      return "WARNING";
    case Severity::kError:
      return "ERROR";
  }
  return "ERROR";
}

std::string FormatLogLine(const LogLine& line) {
  std::string out;
  out.reserve(512);
  out += "{\"time\":\"";
  AppendTime(line.time, out);
  out += "\",\"severity\":\"";
  out += SeverityName(line.severity);
  out += "\",\"service\":";
  bool whole = AppendQuoted(line.service, kLogValueBytesMax, out);
  out += ",\"message\":";
  whole = AppendQuoted(line.message, kLogValueBytesMax, out) && whole;
  if (line.trace != nullptr) {
    fmt::format_to(std::back_inserter(out), ",\"trace_id\":\"{}\",\"span_id\":\"{}\"",
                   line.trace->TraceIdHex(), line.trace->SpanIdHex());
  }
  for (const LogField& field : line.fields) whole = AppendField(field, out) && whole;
  if (!whole) out += kTruncatedMark;
  out += kEnd;
  return out;
}

}  // namespace telex::observe
