// What a backfill asks of the queue in one partition, a few stories at a time. Pure: the time is a
// parameter. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "translation/domain/backfill.h"
#include "translation/domain/engine_budget.h"
#include "translation/domain/job_fact.h"
#include "translation/domain/job_row.h"

namespace telex::translation {

inline constexpr int kBackfillUrgency = 9;
inline constexpr std::size_t kBackfillLookedAtMax = 500;  // stories in a turn

// How far it is.
struct BackfillProgress {
  std::optional<news::ArticleId> behind;  // all up to this one were looked at
  bool is_over = false;
  UtcDay day = -1;
  std::int64_t characters = 0;  // asked for on it
};

struct BackfillStory {
  news::ArticleId article;
  std::int64_t characters = 0;  // of its newest version
  // Of this partition, partners may read it, and it is neither translated nor wanted.
  bool is_open = false;
};

struct BackfillTurn {
  const BackfillRecord& backfill;
  std::int64_t now_ms = 0;
  std::int32_t partitions = 1;  // which have the same part of the budget each
  std::size_t jobs_max = 0;
  std::int64_t policy = 0;  // the version that is in force
  std::string actor;
  // The archive's stories in order of their ids, from behind that one on, until `visit` returns
  // false.
  std::function<void(const std::optional<news::ArticleId>& behind,
                     const std::function<bool(const BackfillStory&)>& visit)>
      visit_stories;
  // Its newest version; nullopt: there is none any more.
  std::function<std::optional<news::Article>(const news::ArticleId&)> newest;
  // Characters of what this backfill has asked for in this partition since then: whoever was the
  // owner.
  std::function<std::int64_t(std::int64_t since_ms)> asked_for;
};

// What is wanted next. A story that is larger than what is left of the day's budget is the last one
// of that day, so that each partition may go beyond its part by less than a story.
std::vector<JobFact> NextOfBackfill(const BackfillTurn& turn, BackfillProgress& progress);

// Of one that was stopped: the end of its jobs, but of those that somebody has begun. They are
// looked at again, as they may come back. `jobs`: those of the backfill that are not at rest.
std::vector<JobFact> EndOfBackfill(const BackfillRecord& backfill, std::span<const JobRow> jobs,
                                   const std::string& actor);

}  // namespace telex::translation
