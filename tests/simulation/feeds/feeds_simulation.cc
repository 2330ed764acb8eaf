#include "tests/simulation/feeds/feeds_simulation.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>

#include "platform/observe/log.h"
#include "tests/simulation/feeds/feeds_world.h"

namespace telex::feeds {

std::string_view NameOf(TakenAway rule) {
  static constexpr std::array<std::string_view, kTakenAway> kNames = {
      "nothing",
      "readers wait for what they have seen",
      "takedowns have tags",
      "a log that was replaced is refused",
      "the generation is raised with a restore",
      "a store that is too old is emptied",
      "a newer record holds its readers",
      "tags of feeds with translations tell of both logs",
  };
  return kNames[static_cast<std::size_t>(rule)];
}

void RunReport::Add(const RunReport& other) {
  records += other.records;
  answers += other.answers;
  pages += other.pages;
  translations += other.translations;
  takedowns += other.takedowns;
  waits += other.waits;
  starts += other.starts;
  undone += other.undone;
  stores_lost += other.stores_lost;
  silences += other.silences;
  restores += other.restores;
  refusals += other.refusals;
  held += other.held;
}

std::string TextOf(const RunReport& report) {
  return fmt::format(
      "{} records, {} answers ({} pages, {} of translations, {} takedowns), {} waits, {} starts, "
      "{} batches undone, {} "
      "stores lost, {} silences, {} restores, {} refusals, {} reads by replicas that were not "
      "ready",
      report.records, report.answers, report.pages, report.translations, report.takedowns,
      report.waits, report.starts, report.undone, report.stores_lost, report.silences,
      report.restores, report.refusals, report.held);
}

RunReport RunFeedsSimulation(const RunOptions& options) {
  // What the stores sync is not what is tried: in memory they sync fast.
  static const bool in_memory = ::setenv("TMPDIR", "/dev/shm", /*overwrite=*/0) == 0;
  (void)in_memory;
  // Stores that are emptied and records that hold a replica are told in the log of the process.
  static const bool quiet = [] {
    observe::ConfigureLog({.service = "simulation",
                           .severity_min = observe::Severity::kError,
                           .fd = ::open("/dev/null", O_WRONLY | O_CLOEXEC)});
    return true;
  }();
  (void)quiet;
  return FeedsWorld(options).Run();
}

}  // namespace telex::feeds
