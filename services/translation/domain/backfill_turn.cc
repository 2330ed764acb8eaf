#include "translation/domain/backfill_turn.h"

#include <algorithm>

namespace telex::translation {
namespace {

bool HasBudget(const BackfillTurn& turn, BackfillProgress& progress) {
  const std::int64_t per_day = turn.backfill.range.characters_per_day;
  if (per_day == 0) return true;
  const UtcDay today = UtcDayOf(turn.now_ms);
  if (progress.day != today) {
    progress.day = today;
    progress.characters = turn.asked_for(BeginMs(today));
  }
  return progress.characters < std::max<std::int64_t>(1, per_day / turn.partitions);
}

JobFact FactOf(const BackfillTurn& turn, const news::Article& article) {
  const BackfillRange& range = turn.backfill.range;
  return {.job = {article.id, range.pair.to},
          .actor = turn.actor,
          .request_id = "",
          .what = Wanted{.version = article.version,
                         .from = range.pair.from,
                         .workflow = range.workflow,
                         .urgency = kBackfillUrgency,
                         .source = article.source.text(),
                         .policy = turn.policy,
                         .backfill = turn.backfill.id}};
}

}  // namespace

std::vector<JobFact> NextOfBackfill(const BackfillTurn& turn, BackfillProgress& progress) {
  std::vector<JobFact> facts;
  if (progress.is_over || turn.jobs_max == 0 || !HasBudget(turn, progress)) return facts;
  std::size_t looked_at = 0;
  bool has_seen_all = true;
  turn.visit_stories(progress.behind, [&](const BackfillStory& story) {
    has_seen_all = ++looked_at <= kBackfillLookedAtMax && facts.size() < turn.jobs_max &&
                   HasBudget(turn, progress);
    if (!has_seen_all) return false;
    progress.behind = story.article;
    if (!story.is_open) return true;
    const auto newest = turn.newest(story.article);
    if (!newest || !turn.backfill.range.Has(*newest)) return true;
    progress.characters += story.characters;
    facts.push_back(FactOf(turn, *newest));
    return true;
  });
  progress.is_over = has_seen_all;
  return facts;
}

std::vector<JobFact> EndOfBackfill(const BackfillRecord& backfill, std::span<const JobRow> jobs,
                                   const std::string& actor) {
  std::vector<JobFact> facts;
  for (const JobRow& row : jobs) {
    if (row.state == JobState::kClaimed) continue;
    facts.push_back(
        {.job = row.id,
         .actor = actor,
         .request_id = "",
         .what = Canceled{
             .version = row.version, .cause = CancelCause::kBackfill, .backfill = backfill.id}});
  }
  return facts;
}

}  // namespace telex::translation
