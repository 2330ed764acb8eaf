#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "tests/simulation/kernel/report.h"

namespace telex::feeds {

// The rules that a run may do without: each has to be missed.
enum class TakenAway {
  kNothing,
  kReadersWait,         // who has seen more than a replica is shown what that has
  kTakedownsHaveTags,   // a reader does not keep the tag of a 410
  kRegrownLogRefused,   // a log that was replaced is not noticed when it has grown past the store
  kGenerationRaised,    // a log is restored and its generation stays
  kOldStoreEmptied,     // a store that may have missed tombstones is read on
  kNewerHoldsReaders,   // what a newer release has written is skipped
  kTagsTellOfBothLogs,  // of feeds with translations: they leave out how far articles were read
};
inline constexpr int kTakenAway = 8;
std::string_view NameOf(TakenAway rule);

// One run of feeds' replicas and their readers in a world that goes wrong (README.md). The same
// seed gives the same run.
struct RunOptions {
  std::uint64_t seed = 1;
  bool trace = false;
  TakenAway taken_away = TakenAway::kNothing;
};
struct RunReport {
  std::string broken_law;
  std::int64_t records = 0;
  std::int64_t answers = 0;       // to readers
  std::int64_t pages = 0;         // of these: 200
  std::int64_t translations = 0;  // pages of translations
  std::int64_t takedowns = 0;     // 410
  std::int64_t waits = 0;
  std::int64_t starts = 0;
  std::int64_t undone = 0;  // batches that were begun, and their process killed
  std::int64_t stores_lost = 0;
  std::int64_t silences = 0;
  std::int64_t restores = 0;
  std::int64_t refusals = 0;
  std::int64_t held = 0;  // reads of replicas that are not ready

  static std::span<const simulation::Happening<RunReport>> Happenings();
};
RunReport RunFeedsSimulation(const RunOptions& options);

}  // namespace telex::feeds
