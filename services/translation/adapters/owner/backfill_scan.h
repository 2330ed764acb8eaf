#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "translation/adapters/store/translation_store.h"
#include "translation/domain/backfill_turn.h"

namespace telex::translation {

// What the owner of a partition does for backfills: looks through the stories that are there, a few
// at a time, and asks for the translation of those that have none (NextOfBackfill). Begins again
// with each owner, which finds what the one before has asked for. Not thread-safe.
class BackfillScan {
 public:
  // More open jobs of backfills are not made: they wait in the archive as well.
  static constexpr std::size_t kOpenMax = 1'000;
  static constexpr std::size_t kStoppedMax = 500;  // jobs that are ended in a turn
  // What a stopped one has left is looked for that often: a job that was claimed may come back.
  static constexpr absl::Duration kStoppedEach = absl::Minutes(1);

  // The store outlives it.
  BackfillScan(std::int32_t partition, const TranslationStore& store)
      : partition_(partition), store_(store) {}

  // Of those that run: what is wanted next; of those that were stopped: the end of their jobs.
  std::vector<JobFact> Next(absl::Time now, const std::string& actor);

 private:
  struct Progress {
    BackfillProgress wanted;
    // Of one that was stopped.
    bool has_ended = false;
    absl::Time look_at = absl::InfinitePast();
  };
  std::vector<JobFact> Go(const BackfillRecord& backfill, BackfillProgress& progress,
                          std::size_t jobs_max, absl::Time now, const std::string& actor) const;
  std::vector<JobFact> End(const BackfillRecord& backfill, Progress& progress, absl::Time now,
                           const std::string& actor) const;
  std::int64_t AskedFor(const BackfillRecord& backfill, std::int64_t since_ms) const;

  const std::int32_t partition_;
  const TranslationStore& store_;
  std::map<std::int64_t, Progress> progress_;  // by the backfill's number
};

}  // namespace telex::translation
