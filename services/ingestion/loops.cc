#include "ingestion/loops.h"

namespace telex::ingestion {
namespace {

constexpr char kRunbook[] = "docs/runbooks/process-hangs.md";

}  // namespace

Loops::Loops(runtime::HealthChecks& health, absl::Duration silence_max) {
  library = health.Watch(
      {.name = "library",
       .severity = 1,
       .business_impact = "Calls to this replica time out, and it reads out old versions.",
       .technical_summary = "Reads what was decided into the local store, batch by batch.",
       .panic_guide = kRunbook,
       .silence_max = silence_max});
  decider = health.Watch(
      {.name = "decider",
       .severity = 1,
       .business_impact = "Stories, corrections and takedowns of this replica's partitions do not "
                          "get out.",
       .technical_summary = "Decides the submissions of the partitions owned here.",
       .panic_guide = kRunbook,
       .silence_max = silence_max});
  timekeeper = health.Watch(
      {.name = "timekeeper",
       .severity = 1,
       .business_impact = "Embargoes of this replica's partitions do not end, nor do stories "
                          "expire.",
       .technical_summary = "Looks for what is due, and hands in that its time has come.",
       .panic_guide = kRunbook,
       .silence_max = silence_max});
  forgetter = health.Watch(
      {.name = "forgetter",
       .severity = 2,
       .business_impact = "What a late writer puts behind a purge stays in the log.",
       .technical_summary = "Looks for versions that came behind their tombstones, and appends "
                            "their tombstones again.",
       .panic_guide = kRunbook,
       .silence_max = silence_max});
  edge_publisher = health.Watch(
      {.name = "edge publisher",
       .severity = 1,
       .business_impact = "No story can be handed in at this replica.",
       .technical_summary = "Takes the acknowledgements of what was handed in, and answers calls "
                            "that could not be.",
       .panic_guide = kRunbook,
       .silence_max = silence_max});
  owner_publisher =
      health.Watch({.name = "owner publisher",
                    .severity = 1,
                    .business_impact = "Nothing is decided in this replica's partitions.",
                    .technical_summary = "Takes the acknowledgements of versions and decisions.",
                    .panic_guide = kRunbook,
                    .silence_max = silence_max});
}

}  // namespace telex::ingestion
