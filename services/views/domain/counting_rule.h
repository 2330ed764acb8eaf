#pragma once

#include <cstddef>
#include <cstdint>

namespace telex::views {

inline constexpr std::int64_t kSecondMs = 1'000;

// What a partition is counted by. It decides what is counted, so that nothing of it changes under
// one number. Times are whole seconds.
struct CountingRule {
  int number = 1;
  // A look counts when the same visitor has no look at that story in so long before it (COUNTER
  // Code of Practice 5.1, "double-click filtering", which keeps the last click where we keep the
  // first). Looks exactly so long apart are one.
  std::int64_t repeat_within_ms = 30'000;
  // A look is late when its second was over so long before the newest look.
  std::int64_t lateness_ms = 600'000;
  // Visitors remembered at once, of a partition. With more, what is open is closed before its time.
  std::size_t visitors_max = 1'000'000;
  // An event that is appended again so long after it was appended last is the same event.
  std::int64_t same_event_within_ms = 600'000;
  // Events remembered of one second, of a partition. Those behind it are not known again: only
  // their visitor tells a repeated one from another.
  std::size_t events_per_second_max = 20'000;
};

// What was appended so long before a look does not bear on it.
constexpr std::int64_t WindowsMs(const CountingRule& rule) {
  return rule.lateness_ms + rule.repeat_within_ms + rule.same_event_within_ms;
}

inline constexpr CountingRule kCountingRule1 = {};

}  // namespace telex::views
