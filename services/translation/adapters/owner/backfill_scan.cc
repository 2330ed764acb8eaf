#include "translation/adapters/owner/backfill_scan.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace telex::translation {

std::vector<JobFact> BackfillScan::Next(absl::Time now, const std::string& actor) {
  std::vector<JobFact> facts;
  const std::size_t open = store_.queues().OpenOfBackfills(partition_);
  std::size_t room = kOpenMax - std::min(kOpenMax, open);
  for (const BackfillRecord& backfill : store_.resources().Backfills()) {
    Progress& progress = progress_[backfill.id];
    std::vector<JobFact> next;
    if (backfill.stop_ms != 0) {
      next = End(backfill, progress, now, actor);
    } else {
      next = Go(backfill, progress.wanted, room, now, actor);
      room -= next.size();
    }
    std::ranges::move(next, std::back_inserter(facts));
  }
  return facts;
}

std::vector<JobFact> BackfillScan::Go(const BackfillRecord& backfill, BackfillProgress& progress,
                                      std::size_t jobs_max, absl::Time now,
                                      const std::string& actor) const {
  const auto is_open = [&](const news::ArticleId& article, const ArticleHead& head) {
    if (!head.to_be_translated || store_.queues().PartitionOf(article) != partition_) return false;
    const JobId job{article, backfill.range.pair.to};
    return !store_.queues().Find(job) && !store_.translations().Newest(job);
  };
  return NextOfBackfill(
      {.backfill = backfill,
       .now_ms = absl::ToUnixMillis(now),
       .partitions = store_.queues().partitions(),
       .jobs_max = jobs_max,
       .policy = store_.resources().NewestPolicy()->version,
       .actor = actor,
       .visit_stories =
           [&](const std::optional<news::ArticleId>& behind,
               const std::function<bool(const BackfillStory&)>& visit) {
             store_.articles().VisitHeads(
                 behind, [&](const news::ArticleId& article, const ArticleHead& head) {
                   return visit({article, head.characters, is_open(article, head)});
                 });
           },
       .newest = [&](const news::ArticleId& id) -> std::optional<news::Article> {
         auto newest = store_.articles().Newest(id);
         if (!newest) return std::nullopt;
         return std::move(newest->article);
       },
       .asked_for = [&](std::int64_t since_ms) { return AskedFor(backfill, since_ms); }},
      progress);
}

std::int64_t BackfillScan::AskedFor(const BackfillRecord& backfill, std::int64_t since_ms) const {
  std::int64_t characters = 0;
  const auto counts = [&](const JobTable&, const Job& job) {
    return job.backfill == backfill.id && job.wanted_ms >= since_ms;
  };
  for (const JobRow& row : store_.queues().Pick(partition_, SIZE_MAX, counts)) {
    if (const auto head = store_.articles().Head(row.id.article)) characters += head->characters;
  }
  return characters;
}

std::vector<JobFact> BackfillScan::End(const BackfillRecord& backfill, Progress& progress,
                                       absl::Time now, const std::string& actor) const {
  const bool waits = now < progress.look_at && progress.look_at - now <= kStoppedEach;
  if (progress.has_ended || waits) return {};
  const auto is_left = [&](const JobTable&, const Job& job) {
    return job.backfill == backfill.id && !IsAtRest(job.state);
  };
  const std::vector<JobRow> left = store_.queues().Pick(partition_, kStoppedMax, is_left);
  progress.has_ended = left.empty();
  std::vector<JobFact> facts = EndOfBackfill(backfill, left, actor);
  progress.look_at = facts.empty() ? now + kStoppedEach : now;
  return facts;
}

}  // namespace telex::translation
