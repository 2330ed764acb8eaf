#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "translation/domain/claim_choice.h"
#include "translation/domain/pair_pauses.h"
#include "translation/domain/partition_queue.h"

namespace telex::translation {

struct PairCounts {
  Pair pair;
  std::int64_t machine = 0;  // open, to be claimed by such a worker
  std::int64_t person = 0;
  std::int64_t review = 0;
  std::int64_t backfill = 0;  // of these
  bool paused = false;
};

struct QueueCounts {
  std::array<std::int64_t, JobTable::kStates> by_state{};  // by the number of JobState
  std::vector<PairCounts> pairs;                           // that have open jobs, or are paused
};

// The queues of all partitions, in memory; before Begin there are none. Thread-safe: what is read
// in the log goes in on the reader's thread, and callers, engines and owners look and choose
// meanwhile.
class JobQueues {
 public:
  // What was there is gone. Before all else.
  void Begin(std::int32_t partitions);
  std::int32_t partitions() const { return partitions_; }
  std::int32_t PartitionOf(const news::ArticleId& article) const;

  // Partition `partition` as its rows were behind `position`.
  void Load(std::int32_t partition, std::int64_t position, const std::vector<JobRow>& rows);
  // PartitionQueue::Apply; and the job's row behind it, none when it is forgotten or not known.
  struct Applied {
    Outcome outcome;
    std::optional<JobRow> row;
  };
  Applied Apply(std::int32_t partition, std::int64_t position, std::int64_t append_ms,
                const JobFact& fact);
  Outcome ApplyTombstone(std::int32_t partition, std::int64_t position, const JobId& job,
                         std::int64_t up_to);
  void ApplyPause(std::int32_t partition, std::int64_t position, const Pair& pair, bool paused);

  // ClaimChoice::Choose over all partitions.
  std::vector<JobRow> Choose(const ClaimWish& wish);
  // The claim comes to nothing, or what it waited for has come.
  void Unreserve(const JobId& job);

  std::optional<JobRow> Find(const JobId& job) const;
  // Of the last record that was read of the article's partition; -1: none. A row that is looked up
  // afterwards is at least as new.
  std::int64_t PositionOf(const news::ArticleId& article) const;
  // What that request has claimed, as far as it still stands. Of the last kClaimsKept claims.
  static constexpr std::size_t kClaimsKept = 100'000;
  std::vector<JobRow> ClaimedBy(std::uint64_t request) const;
  std::vector<JobRow> Of(const news::ArticleId& article) const;
  // At most `most` of what is due, earliest first.
  std::vector<DueJob> Due(std::int32_t partition, std::int64_t until_ms, std::size_t most) const;
  bool IsPaused(const Pair& pair) const;
  QueueCounts Counts() const;
  struct BackfillCounts {
    std::int64_t open = 0;
    std::int64_t done = 0;
    std::vector<news::ArticleId> articles;  // of all its jobs that are not forgotten
  };
  BackfillCounts CountsOf(std::int64_t backfill) const;
  // Open jobs of backfills in that partition.
  std::size_t OpenOfBackfills(std::int32_t partition) const;
  // At most so many rows of that partition's jobs that `wanted` picks.
  std::vector<JobRow> Pick(std::int32_t partition, std::size_t most,
                           const std::function<bool(const JobTable&, const Job&)>& wanted) const;

 private:
  void NoteClaim(const JobRow& row);

  std::int32_t partitions_ = 0;
  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<PartitionQueue>> queues_;
  std::vector<PartitionQueue*> pointers_;
  PairPauses pauses_;
  std::vector<Pair> paused_;  // that were ever
  ClaimChoice choice_;
  std::multimap<std::uint64_t, JobId> claims_;  // by RequestHash
  std::deque<std::multimap<std::uint64_t, JobId>::iterator> claims_order_;
};

}  // namespace telex::translation
