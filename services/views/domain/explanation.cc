#include "views/domain/explanation.h"

#include <algorithm>
#include <limits>

#include "platform/errors/status_macros.h"

namespace telex::views {
namespace {

std::string NameOf(const NamedCounts& counts, std::uint16_t number) {
  return counts.entries().at(number).name;
}

}  // namespace

ViewExplanation::ViewExplanation(const CountingRule& rule, absl::TimeZone zone,
                                 const news::ArticleId& article, const EventId& id,
                                 std::optional<std::int64_t> whole_from_ms)
    : rule_(rule),
      article_(article),
      id_(id),
      calendar_(zone),
      counts_(rule, zone, Checkpoint{},
              [this](const DayKey& key) -> absl::StatusOr<std::optional<DayTotals>> {
                const auto kept = kept_.find(key);
                return kept == kept_.end() ? std::nullopt : std::optional(kept->second);
              }),
      whole_from_ms_(whole_from_ms) {}

void ViewExplanation::Begin(std::int64_t offset, std::int64_t append_ms) {
  append_ms_ = std::max(append_ms_, append_ms);
  if (first_append_ms_) return;
  first_append_ms_ = append_ms;
  if (whole_from_ms_) return;
  whole_from_ms_ =
      offset == 0 ? std::numeric_limits<std::int64_t>::min() : append_ms + WindowsMs(rule_);
}

absl::Status ViewExplanation::Count(std::int64_t offset, std::int64_t append_ms, const View& view) {
  Begin(offset, append_ms);
  RETURN_IF_ERROR(counts_.Count(offset, append_ms, view));
  if (view.article == article_) {
    NoteTakenBack(offset, view);
    if (view.id == id_ && found_.size() < kRecordsMax) Note(offset, append_ms, view);
  }
  if (counts_.changed() > kDaysMax) Forget();
  return absl::OkStatus();
}

void ViewExplanation::Skip(std::int64_t offset, std::int64_t append_ms) {
  Begin(offset, append_ms);
  counts_.Skip(offset);
}

void ViewExplanation::Note(std::int64_t offset, std::int64_t append_ms, const View& view) {
  using Outcome = ExplainedView::Outcome;
  const Judgement& judged = counts_.judged();
  const LookWindows::LookResult& look = judged.look;
  ExplainedView found = {.filter = look.filter,
                         .offset = offset,
                         .append_ms = append_ms,
                         .time_ms = judged.time_ms,
                         .under = calendar_.Of(std::max(judged.time_ms, judged.closed_ms)),
                         .language = std::string(view.language),
                         .partner = std::string(view.partner),
                         .visitor = view.visitor,
                         .agent_class = view.agent_class,
                         .agent_list = view.agent_list,
                         .placement = std::string(view.placement),
                         .visit = look.visit,
                         .closed_ms = judged.closed_ms,
                         .uncertain = judged.time_ms < *whole_from_ms_};
  if (judged.same_event) {
    found.outcome = Outcome::kSameEvent;
  } else if (!look.counted) {
    found.outcome = Outcome::kFiltered;
  } else {
    const DayTotals& totals = *counts_.ChangedOf(judged.under);
    found.language = NameOf(totals.by_language, look.counted->language);
    found.partner = NameOf(totals.by_partner, look.counted->partner);
  }
  found_.push_back(std::move(found));
  known_until_ms_ = append_ms_ + rule_.same_event_within_ms + kSecondMs;
}

void ViewExplanation::NoteTakenBack(std::int64_t offset, const View& view) {
  const Judgement& judged = counts_.judged();
  if (!judged.look.taken_back) return;
  // A visitor has one look at that time that counts.
  for (ExplainedView& found : found_) {
    if (found.outcome != ExplainedView::Outcome::kCounted || found.visitor != view.visitor ||
        found.time_ms != judged.look.taken_back->time_ms) {
      continue;
    }
    found.outcome = ExplainedView::Outcome::kTakenBack;
    found.taken_back_by = {.offset = offset, .time_ms = judged.time_ms};
  }
}

bool ViewExplanation::Settled() const {
  if (found_.empty() || append_ms_ <= known_until_ms_) return false;
  return std::all_of(found_.begin(), found_.end(), [&](const ExplainedView& found) {
    return found.outcome != ExplainedView::Outcome::kCounted ||
           found.time_ms < counts_.windows().Closed();
  });
}

// The names of the article's languages and partners are needed, of other totals nothing.
void ViewExplanation::Forget() {
  for (const auto& [key, totals] : counts_.Changed()) {
    if (key.article == article_) kept_[key] = *totals;
  }
  counts_.Recorded();
  counts_.ForgetUnchanged();
}

}  // namespace telex::views
