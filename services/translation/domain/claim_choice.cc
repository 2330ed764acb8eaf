#include "translation/domain/claim_choice.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>

namespace telex::translation {
namespace {

struct Line {
  std::size_t queue;
  const ReadyLine* jobs;
};
struct Found {
  std::size_t queue;
  ReadyJob job;
};

std::vector<Line> LinesFor(std::span<PartitionQueue* const> queues, const ClaimWish& wish,
                           const PairPauses& pauses, bool backfill) {
  std::vector<Line> lines;
  for (std::size_t queue = 0; queue < queues.size(); ++queue) {
    for (const auto& [id, jobs] : queues[queue]->jobs().lines()) {
      if (id.backfill != backfill || id.worker != wish.worker || jobs.size() == 0) continue;
      const bool wished = wish.pairs.empty() || std::find(wish.pairs.begin(), wish.pairs.end(),
                                                          id.pair) != wish.pairs.end();
      if (wished && !pauses.IsPaused(id.pair)) lines.push_back({queue, &jobs});
    }
  }
  return lines;
}

// Positions of two partitions say nothing of each other.
bool ComesBefore(const Found& one, const Found& other) {
  return std::tie(one.job.rank_ms, one.queue, one.job.since) <
         std::tie(other.job.rank_ms, other.queue, other.job.since);
}

std::optional<Found> First(const std::vector<Line>& lines) {
  std::optional<Found> first;
  for (const Line& line : lines) {
    const auto job = line.jobs->First();
    if (!job) continue;
    const Found found{line.queue, *job};
    if (!first || ComesBefore(found, *first)) first = found;
  }
  return first;
}

// Of the source behind `last`, by name; behind the last one comes the first.
std::optional<Found> FirstOfNext(const std::vector<Line>& lines, std::string& last) {
  std::optional<Found> first;
  std::string_view source;
  for (const Line& line : lines) {
    const auto turn = line.jobs->FirstBehind(last);
    if (!turn || (first && turn->source > source)) continue;
    const Found found{line.queue, turn->job};
    if (!first || turn->source < source || ComesBefore(found, *first)) first = found;
    source = turn->source;
  }
  if (first) {
    last = source;
  } else if (!last.empty()) {
    std::string none;  // where there is nobody, it is still the turn of who comes behind `last`
    first = FirstOfNext(lines, none);
    if (first) last = std::move(none);
  }
  return first;
}

}  // namespace

std::vector<ChosenJob> ClaimChoice::Choose(std::span<PartitionQueue* const> queues,
                                           const ClaimWish& wish, const PairPauses& pauses) {
  std::vector<ChosenJob> chosen;
  for (const bool backfill : {false, true}) {
    const std::vector<Line> lines = LinesFor(queues, wish, pauses, backfill);
    while (chosen.size() < wish.count) {
      auto found = turn_ ? FirstOfNext(lines, last_source_) : First(lines);
      if (!found) found = First(lines);  // of no source
      if (!found) break;
      turn_ = !turn_;
      PartitionQueue& queue = *queues[found->queue];
      chosen.push_back({found->queue, queue.RowOf(queue.jobs().At(found->job.slot))});
      queue.Reserve(found->job.slot);
    }
  }
  return chosen;
}

}  // namespace telex::translation
