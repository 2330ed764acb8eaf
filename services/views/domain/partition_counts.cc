#include "views/domain/partition_counts.h"

#include <algorithm>

#include "platform/errors/status_macros.h"

namespace telex::views {

PartitionCounts::PartitionCounts(const CountingRule& rule, absl::TimeZone zone,
                                 const Checkpoint& from, Load load)
    : rule_(rule),
      calendar_(zone),
      load_(std::move(load)),
      from_(from),
      events_(rule),
      windows_(rule),
      second_(from.rewind_second),
      position_(from.position) {
  windows_.Begin(from.closed_ms, from.watermark_ms);
}

absl::Status PartitionCounts::Count(std::int64_t offset, std::int64_t append_ms, const View& view) {
  const std::int64_t time_ms = std::min(view.time_ms, append_ms);
  // What is late is counted under the oldest day that is open: its own may be closed for long.
  const std::int64_t counted_ms = std::max(time_ms, windows_.Closed());
  const DayKey key = {view.article, calendar_.Of(counted_ms).day};
  ASSIGN_OR_RETURN(Kept* const kept, TotalsOf(key));
  // A look that is taken back may be of the next day. Loaded first: nothing fails half way.
  const DayKey next = {view.article, calendar_.Of(counted_ms + rule_.repeat_within_ms).day};
  if (next != key) RETURN_IF_ERROR(TotalsOf(next).status());

  NoteSecond(offset, append_ms);
  const bool is_new = events_.Take(view.id, second_);
  if (offset <= from_.position) {
    if (is_new) Restore(view, time_ms, key, *kept);
    return absl::OkStatus();
  }
  position_ = offset;
  if (!is_new) return absl::OkStatus();
  LookWindows::LookResult result = {.filter = view.filter};
  CountedBy by;
  if (view.filter == Filter::kNone) {
    by = CountedByOf(view, time_ms, key, *kept);
    result = windows_.Look(view.visitor, by);
  }
  if (result.taken_back) {
    const DayKey of_taken = {view.article, calendar_.Of(result.taken_back->time_ms).day};
    ASSIGN_OR_RETURN(Kept* const taken, TotalsOf(of_taken));
    if (offset > taken->counted_up_to) Add(of_taken, *taken, *result.taken_back, -1);
  }
  if (offset <= kept->counted_up_to) return absl::OkStatus();
  if (result.filter == Filter::kNone) {
    Add(key, *kept, by, 1);
  } else {
    ++kept->totals.filtered[static_cast<std::size_t>(result.filter)];
    NoteChange(key, *kept);
  }
  const bool in_time = result.filter == Filter::kNone || result.filter == Filter::kRepeat;
  if (in_time && view.visitor != kNoVisitor) kept->totals.visitors.Add(view.visitor);
  return absl::OkStatus();
}

void PartitionCounts::Restore(const View& view, std::int64_t time_ms, const DayKey& key,
                              Kept& kept) {
  if (view.filter != Filter::kNone) return;
  // Of what is closed nothing is taken back.
  const bool open = time_ms >= windows_.Closed();
  windows_.Restore(view.visitor,
                   open ? CountedByOf(view, time_ms, key, kept) : CountedBy{.time_ms = time_ms});
}

void PartitionCounts::NoteSecond(std::int64_t offset, std::int64_t append_ms) {
  second_ = std::max(second_, append_ms / kSecondMs);
  if (appended_.empty() || appended_.back().second != second_) {
    appended_.push_back({.second = second_, .first_offset = offset});
  }
}

// A look that still bears on others was appended no earlier than its time, and whether it was a new
// event depends on so much before that.
std::int64_t PartitionCounts::RewindSecond() const {
  return (windows_.Closed() - rule_.repeat_within_ms - rule_.same_event_within_ms) / kSecondMs;
}

absl::StatusOr<PartitionCounts::Kept*> PartitionCounts::TotalsOf(const DayKey& key) {
  const auto found = totals_.find(key);
  if (found != totals_.end()) return found->second.get();
  ASSIGN_OR_RETURN(std::optional<DayTotals> recorded, load_(key));
  auto kept = std::make_unique<Kept>();
  if (recorded) {
    kept->totals = *std::move(recorded);
    kept->counted_up_to = kept->totals.position;
  }
  return totals_.emplace(key, std::move(kept)).first->second.get();
}

CountedBy PartitionCounts::CountedByOf(const View& view, std::int64_t time_ms, const DayKey& key,
                                       Kept& kept) {
  CountedBy by = {.time_ms = time_ms};
  NamedCounts& languages = kept.totals.by_language;
  NamedCounts& partners = kept.totals.by_partner;
  const std::size_t before = languages.entries().size() + partners.entries().size();
  by.language = languages.NumberOf(view.language);
  by.partner = partners.NumberOf(view.partner);
  // On record as well, with a count of 0 maybe: after a restart the same names have room.
  if (languages.entries().size() + partners.entries().size() != before) NoteChange(key, kept);
  return by;
}

void PartitionCounts::Add(const DayKey& key, Kept& kept, const CountedBy& by, std::int64_t count) {
  kept.totals.views += count;
  kept.totals.by_language.Add(by.language, count);
  kept.totals.by_partner.Add(by.partner, count);
  kept.totals.by_hour[static_cast<std::size_t>(calendar_.Of(by.time_ms).hour)] += count;
  NoteChange(key, kept);
}

void PartitionCounts::NoteChange(const DayKey& key, Kept& kept) {
  if (kept.changed) return;
  kept.changed = true;
  changed_.push_back(key);
}

std::vector<std::pair<DayKey, const DayTotals*>> PartitionCounts::Changed() {
  std::vector<std::pair<DayKey, const DayTotals*>> changed;
  changed.reserve(changed_.size());
  for (const DayKey& key : changed_) {
    Kept& kept = *totals_.at(key);
    kept.totals.position = std::max(kept.counted_up_to, position_);
    changed.emplace_back(key, &kept.totals);
  }
  return changed;
}

Checkpoint PartitionCounts::CheckpointNow() {
  const std::int64_t from = RewindSecond();
  while (!appended_.empty() && appended_.front().second < from) appended_.pop_front();
  const bool none = appended_.empty();
  return {.position = position_,
          .rewind_offset = none ? position_ + 1 : appended_.front().first_offset,
          .rewind_second = none ? second_ : appended_.front().second,
          .closed_ms = windows_.Closed(),
          .watermark_ms = windows_.Watermark()};
}

void PartitionCounts::Recorded() {
  for (const DayKey& key : changed_) totals_.at(key)->changed = false;
  changed_.clear();
  if (totals_.size() > kUnchangedMax) totals_.clear();
}

}  // namespace telex::views
