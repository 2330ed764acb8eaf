#pragma once

// W3C Trace Context, level 1 (https://www.w3.org/TR/trace-context/): the `traceparent` that every
// request, record and log line of one story shares.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace telex::observe {

struct TraceContext {
  std::array<std::uint8_t, 16> trace_id{};  // never all zero in a context made here
  std::array<std::uint8_t, 8> span_id{};    // never all zero in a context made here
  std::uint8_t flags = 0;

  std::string TraceIdHex() const;  // 32 lower-case digits
  std::string SpanIdHex() const;   // 16 lower-case digits

  friend bool operator==(const TraceContext&, const TraceContext&) = default;
};

// A traceparent header value. nullopt for what the specification calls invalid: wrong lengths,
// upper-case digits, version ff, all-zero ids. Of a version newer than 00 the known part is read.
std::optional<TraceContext> ParseTraceparent(std::string_view header);

// "00-{trace id}-{span id}-{flags}", 55 bytes.
std::string FormatTraceparent(const TraceContext& context);

// A new trace with random ids (from the kernel's generator), sampled.
TraceContext NewTrace();

// The same trace and flags with a new span id.
TraceContext ChildOf(const TraceContext& parent);

// What a request continues: the child of a valid header, else a new trace.
TraceContext ContinueOrNew(std::string_view traceparent);

// Makes `context` the current one of this thread until the end of the scope; scopes nest and end in
// reverse order. Log lines written meanwhile on this thread carry its ids.
class ScopedTrace {
 public:
  explicit ScopedTrace(const TraceContext& context);
  ~ScopedTrace();
  ScopedTrace(const ScopedTrace&) = delete;
  ScopedTrace& operator=(const ScopedTrace&) = delete;

 private:
  TraceContext context_;
  const TraceContext* previous_;
};

// The current context of this thread, or nullptr; valid as long as its scope.
const TraceContext* CurrentTrace();

}  // namespace telex::observe
