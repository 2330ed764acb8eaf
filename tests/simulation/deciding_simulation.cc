#include "tests/simulation/deciding_simulation.h"

#include <array>

#include "platform/observe/log.h"
#include "tests/simulation/world.h"

namespace telex::simulation {

std::string_view NameOf(TakenAway rule) {
  static constexpr std::array<std::string_view, 30> kNames = {
      "nothing",
      "versions before decisions",
      "tombstones before decisions",
      "a tombstone for each version",
      "late content is forgotten",
      "decisions are awaited",
      "the offset last",
      "the stored offset before the ends",
      "versions are read at a takeover",
      "decisions are read at a takeover",
      "a takeover is shorter than the compaction lag",
      "an overtaken owner reads what was decided",
      "from the beginning without an offset",
      "decisions are kept for 31 days",
      "callers are told from the log",
      "late content is forgotten until that is read back",
      "a purge under way is left alone",
      "timers do not send early",
      "timers send until that is read back",
      "timers send again after pauses",
      "peers send for a slow owner",
      "the log's clock bounds what timers send",
      "remembered once it is recorded",
      "an unknown rule stops",
      "a short log is refused",
      "what cannot be decoded is set aside",
      "a newer record is not set aside",
      "a newer record holds its partition",
      "a newer record holds its readers",
      "partitions do not wait for each other",
  };
  return kNames[static_cast<std::size_t>(rule)];
}

std::span<const Happening<RunReport>> RunReport::Happenings() {
  using R = RunReport;
  static constexpr std::array kHappenings = {
      Happening<R>{&R::submissions, "submissions"},
      Happening<R>{&R::unreadable, "unreadable"},
      Happening<R>{&R::versions, "versions"},
      Happening<R>{&R::purges, "purges"},
      Happening<R>{&R::takeovers, "takeovers"},
      Happening<R>{&R::crashes, "crashes"},
      Happening<R>{&R::pauses, "pauses"},
      Happening<R>{&R::zombie_appends, "appends by zombies"},
      Happening<R>{&R::late_contents, "contents behind their tombstone"},
      Happening<R>{&R::forgotten_again, "forgotten again"},
      Happening<R>{&R::times_sent, "times sent"},
      Happening<R>{&R::quiet_days, "quiet days"},
      Happening<R>{&R::hung_days, "quiet days with a partition that could not be written"},
      Happening<R>{&R::let_go, "batches let go"},
      Happening<R>{&R::rule_stops, "partitions held at an unknown rule"},
      Happening<R>{&R::newer_stops, "partitions held at a newer record"},
      Happening<R>{&R::held_readers, "logs held at a newer record"},
      Happening<R>{&R::logs_cut, "logs cut"},
      Happening<R>{&R::refused_starts, "refused starts"},
  };
  return kHappenings;
}

RunReport RunDecidingSimulation(const RunOptions& options) {
  // The deciders say what they do in the log of the process.
  static const bool quiet = [] {
    observe::ConfigureLog({.service = "simulation", .severity_min = observe::Severity::kError});
    return true;
  }();
  (void)quiet;
  return World(options).Run();
}

}  // namespace telex::simulation
