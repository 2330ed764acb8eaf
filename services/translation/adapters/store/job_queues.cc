#include "translation/adapters/store/job_queues.h"

#include <algorithm>
#include <map>

#include "platform/kafka/partitioner.h"

namespace telex::translation {

void JobQueues::Begin(std::int32_t partitions) {
  const std::lock_guard lock(mutex_);
  partitions_ = partitions;
  queues_.clear();
  pointers_.clear();
  for (std::int32_t partition = 0; partition < partitions; ++partition) {
    queues_.push_back(std::make_unique<PartitionQueue>());
    pointers_.push_back(queues_.back().get());
  }
}

std::int32_t JobQueues::PartitionOf(const news::ArticleId& article) const {
  return kafka::PartitionOf(article.ToString(), partitions_);
}

void JobQueues::Load(std::int32_t partition, std::int64_t position,
                     const std::vector<JobRow>& rows) {
  auto queue = std::make_unique<PartitionQueue>(position, rows);
  const std::lock_guard lock(mutex_);
  pointers_[partition] = queue.get();
  queues_[partition] = std::move(queue);
  for (const JobRow& row : rows) NoteClaim(row);
}

JobQueues::Applied JobQueues::Apply(std::int32_t partition, std::int64_t position,
                                    std::int64_t append_ms, const JobFact& fact) {
  const std::lock_guard lock(mutex_);
  PartitionQueue& queue = *queues_[partition];
  Applied applied{.outcome = queue.Apply(position, append_ms, fact)};
  applied.row = queue.RowOf(fact.job);
  if (applied.row && std::holds_alternative<Claimed>(fact.what)) NoteClaim(*applied.row);
  return applied;
}

void JobQueues::NoteClaim(const JobRow& row) {
  if (!row.claim || row.claim->request == 0) return;
  claims_order_.push_back(claims_.emplace(row.claim->request, row.id));
  if (claims_order_.size() <= kClaimsKept) return;
  claims_.erase(claims_order_.front());
  claims_order_.pop_front();
}

std::vector<JobRow> JobQueues::ClaimedBy(std::uint64_t request) const {
  const std::lock_guard lock(mutex_);
  std::vector<JobRow> rows;
  const auto [first, last] = claims_.equal_range(request);
  for (auto claim = first; claim != last; ++claim) {
    auto row = queues_[PartitionOf(claim->second.article)]->RowOf(claim->second);
    const bool stands = row && row->claim && row->claim->request == request;
    const bool is_new =
        stands && std::ranges::none_of(rows, [&](const JobRow& one) { return one.id == row->id; });
    if (is_new) rows.push_back(*std::move(row));
  }
  return rows;
}

Outcome JobQueues::ApplyTombstone(std::int32_t partition, std::int64_t position, const JobId& job,
                                  std::int64_t up_to) {
  const std::lock_guard lock(mutex_);
  return queues_[partition]->ApplyTombstone(position, job, up_to);
}

void JobQueues::ApplyPause(std::int32_t partition, std::int64_t position, const Pair& pair,
                           bool paused) {
  const std::lock_guard lock(mutex_);
  queues_[partition]->Skip(position);
  pauses_.Apply(pair, position, paused);
  if (std::ranges::find(paused_, pair) == paused_.end()) paused_.push_back(pair);
}

std::vector<JobRow> JobQueues::Choose(const ClaimWish& wish) {
  const std::lock_guard lock(mutex_);
  std::vector<JobRow> rows;
  for (ChosenJob& chosen : choice_.Choose(pointers_, wish, pauses_))
    rows.push_back(std::move(chosen.job));
  return rows;
}

void JobQueues::Unreserve(const JobId& job) {
  const std::lock_guard lock(mutex_);
  if (queues_.empty()) return;
  queues_[PartitionOf(job.article)]->Unreserve(job);
}

std::optional<JobRow> JobQueues::Find(const JobId& job) const {
  const std::lock_guard lock(mutex_);
  if (queues_.empty()) return std::nullopt;
  return queues_[PartitionOf(job.article)]->RowOf(job);
}

std::int64_t JobQueues::PositionOf(const news::ArticleId& article) const {
  const std::lock_guard lock(mutex_);
  return queues_.empty() ? -1 : queues_[PartitionOf(article)]->position();
}

std::vector<JobRow> JobQueues::Of(const news::ArticleId& article) const {
  const std::lock_guard lock(mutex_);
  if (queues_.empty()) return {};
  const PartitionQueue& queue = *queues_[PartitionOf(article)];
  std::vector<JobRow> rows;
  for (const Job* job : queue.jobs().Of(article)) rows.push_back(queue.RowOf(*job));
  return rows;
}

std::vector<DueJob> JobQueues::Due(std::int32_t partition, std::int64_t until_ms,
                                   std::size_t most) const {
  const std::lock_guard lock(mutex_);
  std::vector<DueJob> due;
  queues_[partition]->VisitDue(until_ms, [&](const DueJob& job) {
    due.push_back(job);
    return due.size() < most;
  });
  return due;
}

bool JobQueues::IsPaused(const Pair& pair) const {
  const std::lock_guard lock(mutex_);
  return pauses_.IsPaused(pair);
}

QueueCounts JobQueues::Counts() const {
  const std::lock_guard lock(mutex_);
  QueueCounts counts;
  std::map<Pair, PairCounts> pairs;
  for (const Pair& pair : paused_) {
    if (pauses_.IsPaused(pair)) pairs[pair].paused = true;
  }
  for (const PartitionQueue* queue : pointers_) {
    for (std::size_t state = 0; state < counts.by_state.size(); ++state)
      counts.by_state[state] +=
          static_cast<std::int64_t>(queue->jobs().CountOf(static_cast<JobState>(state)));
    for (const auto& [line, jobs] : queue->jobs().lines()) {
      if (jobs.size() == 0) continue;
      PairCounts& pair = pairs[line.pair];
      const auto size = static_cast<std::int64_t>(jobs.size());
      (line.worker == Worker::kMachine  ? pair.machine
       : line.worker == Worker::kPerson ? pair.person
                                        : pair.review) += size;
      if (line.backfill) pair.backfill += size;
    }
  }
  for (auto& [pair, of_pair] : pairs) {
    of_pair.pair = pair;
    counts.pairs.push_back(std::move(of_pair));
  }
  return counts;
}

JobQueues::BackfillCounts JobQueues::CountsOf(std::int64_t backfill) const {
  const std::lock_guard lock(mutex_);
  BackfillCounts counts;
  for (const PartitionQueue* queue : pointers_) {
    queue->jobs().Visit([&](const Job& job) {
      if (job.backfill != backfill) return;
      if (!IsAtRest(job.state)) ++counts.open;
      if (job.state == JobState::kDone) ++counts.done;
      counts.articles.push_back(job.article);
    });
  }
  return counts;
}

std::size_t JobQueues::OpenOfBackfills(std::int32_t partition) const {
  const std::lock_guard lock(mutex_);
  std::size_t open = 0;
  for (const auto& [line, jobs] : queues_[partition]->jobs().lines())
    if (line.backfill) open += jobs.size();
  return open;
}

std::vector<JobRow> JobQueues::Pick(
    std::int32_t partition, std::size_t most,
    const std::function<bool(const JobTable&, const Job&)>& wanted) const {
  const std::lock_guard lock(mutex_);
  const PartitionQueue& queue = *queues_[partition];
  std::vector<JobRow> rows;
  queue.jobs().Visit([&](const Job& job) {
    if (rows.size() < most && wanted(queue.jobs(), job)) rows.push_back(queue.RowOf(job));
  });
  return rows;
}

}  // namespace telex::translation
