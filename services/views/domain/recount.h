#pragma once

#include <absl/container/flat_hash_set.h>
#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "views/domain/calendar.h"
#include "views/domain/partition_counts.h"

namespace telex::views {

struct RecountScope {
  std::optional<news::ArticleId> article;  // none: all
  std::optional<Day> first_day;            // none: all that can be compared
};

struct RecountDifference {
  DayKey key;
  std::int64_t recounted_views = 0;
  std::int64_t live_views = 0;
  std::string_view field;  // of v1::DayReport, the first that differs
};

// What a recount has come to, over one or more partitions. A day is that of one story.
struct RecountResult {
  static constexpr std::size_t kDifferencesMax = 100;

  std::int64_t records = 0;  // read
  std::int64_t views = 0;    // of the days compared, as counted again
  std::int64_t days_compared = 0;
  std::int64_t days_closed = 0;  // the log does not have all that bears on them any more
  std::int64_t days_different = 0;
  std::vector<RecountDifference> differences;  // the first of them
  // Counted again, and not among the counts: a difference, or the article was purged meanwhile.
  std::vector<RecountDifference> missing;

  // Once all partitions are read.
  void ResolveMissing(absl::FunctionRef<bool(const news::ArticleId& article)> is_purged);
  void AddDifference(const RecountDifference& difference);
};

// The first field of v1::DayReport in which two totals differ; "": none.
std::string_view FirstDifference(const DayTotals& one, const DayTotals& other);

// Counts the views of one partition once more, from nothing, and compares that with the counts.
// Views may come in meanwhile: each total is compared as of the position that it says. In this
// order:
//   1. Count and Skip, up to the position of a checkpoint. Totals that have been read before it are
//      on record, each as of that position or a later one.
//   2. Compare, of each total of the partition, as of after that checkpoint; then CompareMissing.
//   3. Count and Skip, until all Settled.
//
// A day is compared when everything is read that bears on it: the log reaches further back than its
// beginning by the rule's windows, or to its first record. Pure; not thread-safe. Memory: the
// totals of all days in the log, at most kDaysMax, and the windows.
class PartitionRecount {
 public:
  static constexpr std::size_t kDaysMax = 500'000;

  // `result` outlives it, and is added to.
  PartitionRecount(const CountingRule& rule, absl::TimeZone zone, const RecountScope& scope,
                   RecountResult& result);

  // The next record of the partition. RESOURCE_EXHAUSTED / OVERLOADED: they are of too many days.
  absl::Status Count(std::int64_t offset, std::int64_t append_ms, const View& view);
  // It is no view.
  void Skip(std::int64_t offset, std::int64_t append_ms);

  void Compare(const DayKey& key, const DayTotals& live);
  void CompareMissing();

  // No total is as of a later position than the last record.
  bool Settled() const { return later_.empty(); }

 private:
  void Begin(std::int64_t offset, std::int64_t append_ms);
  void Settle();
  bool InScope(const DayKey& key) const;
  void Judge(const DayKey& key, const DayTotals& live);

  const CountingRule rule_;
  const RecountScope scope_;
  RecountResult& result_;
  Calendar calendar_;
  PartitionCounts counts_;
  std::optional<Day> first_whole_;  // once there is a first record
  absl::flat_hash_set<DayKey> compared_;
  // Totals as of a position that is not read yet.
  std::map<std::int64_t, std::vector<std::pair<DayKey, DayTotals>>> later_;
};

}  // namespace telex::views
