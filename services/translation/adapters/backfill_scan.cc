#include "translation/adapters/backfill_scan.h"

#include <algorithm>
#include <utility>

namespace telex::translation {
namespace {

constexpr std::int64_t kDayMs = 24 * 60 * 60 * 1'000;

std::int64_t DayOf(absl::Time now) { return absl::ToUnixMillis(now) / kDayMs; }

}  // namespace

std::vector<JobFact> BackfillScan::Next(absl::Time now, const std::string& actor) {
  std::vector<JobFact> facts;
  for (const BackfillRecord& backfill : store_.resources().Backfills()) {
    if (backfill.stop_ms != 0) {
      Stop(backfill, actor, facts);
    } else if (Progress& progress = progress_[backfill.id]; !progress.is_over) {
      Go(backfill, progress, now, actor, facts);
    }
  }
  return facts;
}

void BackfillScan::Go(const BackfillRecord& backfill, Progress& progress, absl::Time now,
                      const std::string& actor, std::vector<JobFact>& facts) {
  if (store_.queues().OpenOfBackfills(partition_) + facts.size() >= kOpenMax) return;
  if (!HasBudget(backfill, progress, now)) return;
  std::size_t looked_at = 0;
  progress.is_over = true;
  store_.articles().VisitHeads(
      progress.behind, [&](const news::ArticleId& article, const ArticleHead& head) {
        if (++looked_at > kLookedAtMax || !HasBudget(backfill, progress, now)) {
          progress.is_over = false;
          return false;
        }
        progress.behind = article;
        if (!IsWanted(backfill, article, head)) return true;
        const auto newest = store_.articles().Newest(article);
        if (!newest || !backfill.range.Has(newest->article)) return true;
        progress.characters += head.characters;
        facts.push_back({.job = {article, backfill.range.pair.to},
                         .actor = actor,
                         .request_id = "",
                         .what = Wanted{.version = newest->article.version,
                                        .from = backfill.range.pair.from,
                                        .workflow = backfill.range.workflow,
                                        .urgency = 9,
                                        .source = newest->article.source.text(),
                                        .policy = store_.resources().NewestPolicy()->version,
                                        .backfill = backfill.id}});
        return true;
      });
}

bool BackfillScan::IsWanted(const BackfillRecord& backfill, const news::ArticleId& article,
                            const ArticleHead& head) const {
  if (!head.to_be_translated || store_.queues().PartitionOf(article) != partition_) return false;
  const JobId job{article, backfill.range.pair.to};
  return !store_.queues().Find(job) && !store_.translations().Newest(job);
}

bool BackfillScan::HasBudget(const BackfillRecord& backfill, Progress& progress,
                             absl::Time now) const {
  const std::int64_t per_day = backfill.range.characters_per_day;
  if (per_day == 0) return true;
  if (progress.day != DayOf(now)) {
    // What an owner before has asked for today counts, too.
    const std::int64_t since_ms = DayOf(now) * kDayMs;
    progress.day = DayOf(now);
    progress.characters = 0;
    for (const JobRow& row :
         store_.queues().Pick(partition_, SIZE_MAX, [&](const JobTable&, const Job& job) {
           return job.backfill == backfill.id && job.wanted_ms >= since_ms;
         })) {
      if (const auto head = store_.articles().Head(row.id.article))
        progress.characters += head->characters;
    }
  }
  // A story that is larger than what is left is the last one of the day.
  return progress.characters < std::max<std::int64_t>(1, per_day / store_.queues().partitions());
}

void BackfillScan::Stop(const BackfillRecord& backfill, const std::string& actor,
                        std::vector<JobFact>& facts) {
  const auto waits = [&](const JobTable&, const Job& job) {
    return job.backfill == backfill.id &&
           (job.state == JobState::kOpen || job.state == JobState::kWaiting);
  };
  for (JobRow& row : store_.queues().Pick(partition_, kLookedAtMax, waits)) {
    facts.push_back(
        {.job = std::move(row.id),
         .actor = actor,
         .request_id = "",
         .what = Canceled{
             .version = row.version, .cause = CancelCause::kBackfill, .backfill = backfill.id}});
  }
}

}  // namespace telex::translation
