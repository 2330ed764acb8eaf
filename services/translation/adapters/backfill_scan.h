#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "translation/adapters/translation_store.h"
#include "translation/domain/backfill.h"
#include "translation/domain/job_fact.h"

namespace telex::translation {

// What the owner of a partition does for backfills: looks through the stories that are there, a few
// at a time, and asks for the translation of those that have none. Begins again with each owner,
// which finds what the one before has asked for. Not thread-safe.
class BackfillScan {
 public:
  static constexpr std::size_t kLookedAtMax = 500;  // stories in a turn
  // More open jobs of backfills are not made: they wait in the archive as well.
  static constexpr std::size_t kOpenMax = 1'000;

  // The store outlives it.
  BackfillScan(std::int32_t partition, const TranslationStore& store)
      : partition_(partition), store_(store) {}

  // Of those that run: what is wanted next; of those that were stopped: the end of their jobs.
  std::vector<JobFact> Next(absl::Time now, const std::string& actor);

 private:
  struct Progress {
    std::optional<news::ArticleId> behind;
    bool is_over = false;
    std::int64_t day = -1;        // UTC, since 1970
    std::int64_t characters = 0;  // asked for on it
  };
  void Go(const BackfillRecord& backfill, Progress& progress, absl::Time now,
          const std::string& actor, std::vector<JobFact>& facts);
  void Stop(const BackfillRecord& backfill, const std::string& actor, std::vector<JobFact>& facts);
  bool HasBudget(const BackfillRecord& backfill, Progress& progress, absl::Time now) const;
  bool IsWanted(const BackfillRecord& backfill, const news::ArticleId& article,
                const ArticleHead& head) const;

  const std::int32_t partition_;
  const TranslationStore& store_;
  std::map<std::int64_t, Progress> progress_;  // by the backfill's number
};

}  // namespace telex::translation
