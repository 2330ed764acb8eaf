#include "tests/simulation/feeds/feeds_simulation.h"

#include <fcntl.h>

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

std::span<const simulation::Happening<RunReport>> RunReport::Happenings() {
  using R = RunReport;
  using simulation::Happening;
  static constexpr std::array kHappenings = {
      Happening<R>{&R::records, "records"},
      Happening<R>{&R::answers, "answers"},
      Happening<R>{&R::pages, "pages"},
      Happening<R>{&R::translations, "pages of translations"},
      Happening<R>{&R::takedowns, "takedowns"},
      Happening<R>{&R::waits, "waits"},
      Happening<R>{&R::starts, "starts"},
      Happening<R>{&R::undone, "batches undone"},
      Happening<R>{&R::stores_lost, "stores lost"},
      Happening<R>{&R::silences, "silences"},
      Happening<R>{&R::restores, "restores", /*must_happen=*/false},
      Happening<R>{&R::refusals, "refusals"},
      Happening<R>{&R::held, "reads by replicas that were not ready",
                   /*must_happen=*/false},
  };
  return kHappenings;
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
