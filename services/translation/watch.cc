#include "translation/watch.h"

#include <absl/time/clock.h>

#include <array>
#include <cstddef>

namespace telex::translation {
void WatchQueue(service::Host& host, const TranslationStore& store) {
  struct StateGauge {
    JobState state;
    const char* name;
    const char* help;
  };
  static constexpr std::array kStates = {
      StateGauge{JobState::kOpen, "telex_translation_jobs_open", "Jobs that can be claimed."},
      StateGauge{JobState::kClaimed, "telex_translation_jobs_claimed", "Jobs that are worked on."},
      StateGauge{JobState::kWaiting, "telex_translation_jobs_waiting",
                 "Jobs that wait for their next attempt."},
      StateGauge{JobState::kDead, "telex_translation_jobs_dead",
                 "Jobs that were tried too often."}};
  for (const StateGauge& gauge : kStates) {
    host.Gauge(gauge.name, gauge.help, [&store, state = gauge.state] {
      const QueueCounts counts = store.queues().Counts();
      return static_cast<double>(counts.by_state[static_cast<std::size_t>(state)]);
    });
  }
}

void WatchDesk(service::Host& host, const LogJobDesk& desk) {
  host.Gauge("telex_translation_waiting_calls",
             "Calls that wait for the log to say what became of them.",
             [&desk] { return static_cast<double>(desk.waiting()); });
}

}  // namespace telex::translation
