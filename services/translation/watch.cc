#include "translation/watch.h"

#include <absl/time/clock.h>

#include <array>
#include <cstddef>

namespace telex::translation {
namespace {

constexpr const char* kRunbook = "docs/runbooks/translation-not-ready.md";

}  // namespace

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

void WatchFiles(service::Host& host, const rpc::Authenticator& callers) {
  host.WatchFile("callers",
                 "Callers that were added are refused; those that were taken away may call on.",
                 [&callers] { return callers.LastRead(); });
}

void WatchOwner(service::Host& host, const JobsOwner& owner) {
  host.AddCheck({.name = "articles",
                 .severity = 2,
                 .business_impact = "New stories of one partition are not translated.",
                 .technical_summary = "Whether this release can read every article of the "
                                      "partitions owned here.",
                 .panic_guide = kRunbook,
                 .status = [&owner] { return owner.owner().Held(); },
                 .gates_readiness = false});
  host.AddCheck({.name = "partitions",
                 .severity = 2,
                 .business_impact = "New stories of one partition are not translated until it is "
                                    "taken over.",
                 .technical_summary = "Whether the partitions assigned to this replica are taken "
                                      "over in time.",
                 .panic_guide = kRunbook,
                 .status = [&owner] { return owner.owner().TakeoversUnderWay(); },
                 .gates_readiness = false});
  host.Gauge(
      "telex_translation_lag_seconds",
      "Age of the oldest article of the partitions owned here that no job was made of.",
      [&owner] { return absl::ToDoubleSeconds(kafka::LongestBehind(owner.consumer().Lag())); });
  host.Gauge("telex_translation_lag_records",
             "Articles of the partitions owned here that no job was made of.", [&owner] {
               return static_cast<double>(kafka::RecordsBehind(owner.consumer().Lag()));
             });
  host.Gauge("telex_translation_owned_partitions", "Partitions that this replica works for.",
             [&owner] { return static_cast<double>(owner.owner().Owned().size()); });
}

}  // namespace telex::translation
