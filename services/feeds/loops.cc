#include "feeds/loops.h"

namespace telex::feeds {
namespace {

constexpr char kRunbook[] = "docs/runbooks/process-hangs.md";

}  // namespace

Loops::Loops(runtime::HealthChecks& health, absl::Duration silence_max) {
  follower = health.Watch(
      {.name = "follower",
       .severity = 1,
       .business_impact = "Readers of this replica get no news, corrections and takedowns.",
       .technical_summary = "Folds the log into the local store and the index, batch by batch.",
       .panic_guide = kRunbook,
       .silence_max = silence_max});
  dead_letters = health.Watch(
      {.name = "dead letters",
       .severity = 2,
       .business_impact = "The first record that cannot be read holds up all that follow.",
       .technical_summary = "Takes the acknowledgements of the dead-letter topic.",
       .panic_guide = kRunbook,
       .silence_max = silence_max});
  peers = health.Watch(
      {.name = "peers",
       .severity = 2,
       .business_impact = "Should this replica fall behind, it would go on serving old feeds.",
       .technical_summary = "Compares its position with that of its peers, through Redis.",
       .panic_guide = kRunbook,
       .silence_max = silence_max});
}

}  // namespace telex::feeds
