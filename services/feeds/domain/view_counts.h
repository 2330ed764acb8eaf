#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/time/time.h>

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "news/article_id.h"

namespace telex::feeds {

// The fold of telex.view-counts.v1 into the numbers that feeds show. What comes in is shown by
// cuts: time is divided into intervals, and what was appended in one is shown when it is over, all
// at once. So a story that is looked at all the time changes a feed once in an interval, and
// replicas show the same, as far as their clocks agree; which numbers are shown is told by offsets,
// and rests on no clock. Memory: 40 bytes a story that has views, about. Pure; not thread-safe.
class ViewCounts {
 public:
  ViewCounts(int partitions, absl::Duration every);

  // What was folded before, of one day or more of a story; up to `next_offset` of the partition.
  // Before anything is applied. `whole`: all that there was then, so that it may be shown.
  void Load(const news::ArticleId& article, std::int64_t views) { Add(article, views); }
  void LoadedTo(int partition, std::int64_t next_offset) { offsets_[partition] = next_offset; }
  void SetWhole() { known_ = true; }

  struct Change {
    news::ArticleId article;
    std::int64_t by = 0;  // views
  };
  // A record that was appended then; those of a partition in order. One that changes no number
  // moves the offset.
  void Apply(int partition, std::int64_t offset, absl::Time appended,
             const std::optional<Change>& change, absl::Time now);
  // The end that the log had at the start is reached. A log that is compacted has states on the way
  // there that no other replica has seen: none of them is shown.
  void CaughtUp() { caught_up_ = known_ = true; }

  // Takes all that was appended in the intervals before `now`'s into what is shown. Whether that
  // has changed. Time may go back: what is shown stays.
  bool Cut(absl::Time now);
  // When there may be something to take in; in the past until it has caught up.
  absl::Time NextCut() const;

  // Whether there is something to be shown; then 0 of a story without views.
  bool known() const { return known_; }
  std::int64_t Of(const news::ArticleId& article) const;
  // By partition, the offset before which all is shown.
  const std::vector<std::int64_t>& offsets() const { return offsets_; }
  std::size_t articles() const { return shown_.size(); }

 private:
  // What was appended to a partition in one interval, and is not shown yet.
  struct Part {
    std::int64_t interval = 0;
    std::int64_t next_offset = 0;
    absl::flat_hash_map<news::ArticleId, std::int64_t> changes;
  };
  using Parts = std::deque<Part>;  // by intervals

  // Records come a little after they were appended, and clocks differ: an interval is over so much
  // later.
  static constexpr absl::Duration kGrace = absl::Seconds(1);

  std::int64_t IntervalOf(absl::Time time) const;
  void Add(const news::ArticleId& article, std::int64_t views);
  static void MergeFirstTwo(Parts& parts);
  // What was taken in while a clock was ahead waits for none that is far away.
  static void LimitTo(std::int64_t latest, Parts& parts);

  absl::Duration every_;
  absl::flat_hash_map<news::ArticleId, std::int64_t> shown_;
  std::vector<std::int64_t> offsets_;
  std::vector<Parts> waiting_;    // by partition
  std::int64_t cut_ = INT64_MIN;  // the intervals before this one were shown last
  bool caught_up_ = false;
  bool known_ = false;
};

}  // namespace telex::feeds
