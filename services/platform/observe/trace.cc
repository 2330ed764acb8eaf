#include "platform/observe/trace.h"

#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <span>

namespace telex::observe {
namespace {

constexpr std::size_t kTraceparentBytes = 55;
constexpr std::string_view kDigits = "0123456789abcdef";

thread_local const TraceContext* current_trace = nullptr;

int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool ParseHex(std::string_view text, std::span<std::uint8_t> out) {
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = DigitOf(text[2 * i]);
    const int low = DigitOf(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    out[i] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

void AppendHex(std::span<const std::uint8_t> bytes, std::string& out) {
  for (const std::uint8_t byte : bytes) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 0x0F];
  }
}

bool AllZero(std::span<const std::uint8_t> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte == 0; });
}

void FillRandom(std::span<std::uint8_t> out) {
  do {
    std::size_t filled = 0;
    while (filled < out.size()) {
      const ssize_t got = getrandom(out.data() + filled, out.size() - filled, 0);
      if (got > 0) {
        filled += static_cast<std::size_t>(got);
      } else if (errno != EINTR) {
        std::abort();  // a kernel without getrandom(2) is none we run on
      }
    }
  } while (AllZero(out));
}

}  // namespace

std::string TraceContext::TraceIdHex() const {
  std::string hex;
  AppendHex(trace_id, hex);
  return hex;
}

std::string TraceContext::SpanIdHex() const {
  std::string hex;
  AppendHex(span_id, hex);
  return hex;
}

std::optional<TraceContext> ParseTraceparent(std::string_view header) {
  if (header.size() < kTraceparentBytes) return std::nullopt;
  if (header[2] != '-' || header[35] != '-' || header[52] != '-') return std::nullopt;
  std::array<std::uint8_t, 1> version{};
  std::array<std::uint8_t, 1> flags{};
  TraceContext context;
  if (!ParseHex(header.substr(0, 2), version) ||
      !ParseHex(header.substr(3, 32), context.trace_id) ||
      !ParseHex(header.substr(36, 16), context.span_id) || !ParseHex(header.substr(53, 2), flags)) {
    return std::nullopt;
  }
  if (version[0] == 0xFF) return std::nullopt;
  if (header.size() > kTraceparentBytes && (version[0] == 0 || header[kTraceparentBytes] != '-')) {
    return std::nullopt;
  }
  if (AllZero(context.trace_id) || AllZero(context.span_id)) return std::nullopt;
  // Level 1 knows one flag; what else a newer version sets must not be passed on under version 00.
  context.flags = flags[0] & 0x01;
  return context;
}

std::string FormatTraceparent(const TraceContext& context) {
  std::string header;
  header.reserve(kTraceparentBytes);
  header += "00-";
  AppendHex(context.trace_id, header);
  header += '-';
  AppendHex(context.span_id, header);
  header += '-';
  AppendHex({&context.flags, 1}, header);
  return header;
}

TraceContext NewTrace() {
  TraceContext context;
  FillRandom(context.trace_id);
  FillRandom(context.span_id);
  context.flags = 0x01;
  return context;
}

TraceContext ChildOf(const TraceContext& parent) {
  TraceContext child = parent;
  FillRandom(child.span_id);
  return child;
}

TraceContext ContinueOrNew(std::string_view traceparent) {
  const std::optional<TraceContext> parent = ParseTraceparent(traceparent);
  return parent.has_value() ? ChildOf(*parent) : NewTrace();
}

ScopedTrace::ScopedTrace(const TraceContext& context)
    : context_(context), previous_(current_trace) {
  current_trace = &context_;
}

ScopedTrace::~ScopedTrace() { current_trace = previous_; }

const TraceContext* CurrentTrace() { return current_trace; }

}  // namespace telex::observe
