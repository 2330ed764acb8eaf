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

void RunReport::Add(const RunReport& other) {
  submissions += other.submissions;
  unreadable += other.unreadable;
  versions += other.versions;
  purges += other.purges;
  crashes += other.crashes;
  pauses += other.pauses;
  takeovers += other.takeovers;
  zombie_appends += other.zombie_appends;
  late_contents += other.late_contents;
  times_sent += other.times_sent;
  forgotten_again += other.forgotten_again;
  quiet_days += other.quiet_days;
  hung_days += other.hung_days;
  let_go += other.let_go;
  rule_stops += other.rule_stops;
  newer_stops += other.newer_stops;
  held_readers += other.held_readers;
  logs_cut += other.logs_cut;
  refused_starts += other.refused_starts;
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
