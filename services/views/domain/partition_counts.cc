#include "views/domain/partition_counts.h"

#include <fmt/format.h>

#include "platform/errors/errors.h"
#include "platform/errors/status_macros.h"

namespace telex::views {
namespace {

// The edge takes looks of up to a day ago: so much later none comes that is as old as the last one.
constexpr std::int64_t kRewindToEndAfterSeconds = 25 * 3'600;
constexpr int kSweptMax = 1'000;  // of the totals, each time

// Numbers in the totals, given to a name when its first look counts.
CountedBy CountedByOf(const View& view, std::int64_t time_ms, DayTotals& totals) {
  return {.time_ms = time_ms,
          .language = totals.by_language.NumberOf(view.language),
          .partner = totals.by_partner.NumberOf(view.partner)};
}

}  // namespace

PartitionCounts::PartitionCounts(const CountingRule& rule, absl::TimeZone zone,
                                 const Checkpoint& from, Load load, std::size_t totals_bytes_max)
    : rule_(rule),
      zone_(zone.name()),
      calendar_(zone),
      load_(std::move(load)),
      from_(from),
      totals_bytes_max_(totals_bytes_max),
      events_(rule),
      windows_(rule),
      second_(from.rewind_second),
      position_(from.position) {
  windows_.Begin(from.closed_ms, from.watermark_ms);
}

absl::Status PartitionCounts::CheckAlike(const CountingRule& rule, std::string_view zone,
                                         int recorded_rule, std::string_view recorded_zone) {
  const auto refuse = [](std::string_view why) {
    return errors::Error(absl::StatusCode::kFailedPrecondition, errors::kUnknownRule, why);
  };
  if (recorded_rule != rule.number) {
    return refuse(fmt::format("counted by rule {}, and this release counts by rule {}",
                              recorded_rule, rule.number));
  }
  if (recorded_zone == zone) return absl::OkStatus();
  return refuse(
      fmt::format("counted in days of the zone {}, and the setting is {}", recorded_zone, zone));
}

// Counting
// -------------------------------------------------------------------------------------------------

absl::Status PartitionCounts::Count(std::int64_t offset, std::int64_t append_ms, const View& view) {
  if (offset < from_.rewind_offset) return absl::OkStatus();
  // The broker's clock may be set back, or another broker lead: the newest second stands.
  const std::int64_t second = std::max(second_, append_ms / kSecondMs);
  const std::int64_t time_ms = std::min(view.time_ms, second * kSecondMs + kSecondMs - 1);
  if (offset <= from_.position) return Restore(offset, append_ms, time_ms, view);
  // What is late is counted under the oldest day that is open: its own may be closed for long.
  const std::int64_t counted_ms = std::max(time_ms, windows_.Closed());
  const DayKey key = {view.article, calendar_.Of(counted_ms).day};
  ASSIGN_OR_RETURN(Kept* const kept, TotalsOf(key));
  // A look that is taken back may be of the next day. Loaded first: nothing fails half way.
  const DayKey next = {view.article, calendar_.Of(counted_ms + rule_.repeat_within_ms).day};
  if (next != key) RETURN_IF_ERROR(TotalsOf(next).status());

  NoteSecond(offset, append_ms);
  position_ = offset;
  // Whatever a record says closes what is open: robots and repeated events, too.
  windows_.Advance(time_ms);
  judged_ = {.under = key, .time_ms = time_ms, .closed_ms = windows_.Closed()};
  judged_.same_event = !events_.Take(view.article, view.id, second_);
  if (judged_.same_event) return absl::OkStatus();
  LookWindows::LookResult& result = judged_.look;
  result.filter = view.filter;
  if (view.filter == Filter::kNone) {
    result = windows_.Look(view.visitor, time_ms,
                           [&] { return CountedByOf(view, time_ms, kept->totals); });
  }
  if (result.taken_back) {
    const DayKey of_taken = {view.article, calendar_.Of(result.taken_back->time_ms).day};
    ASSIGN_OR_RETURN(Kept* const taken, TotalsOf(of_taken));
    if (offset > taken->counted_up_to) TakeBack(of_taken, *taken, *result.taken_back);
  }
  if (offset <= kept->counted_up_to) return absl::OkStatus();
  if (result.counted) {
    Add(key, *kept, *result.counted);
  } else {
    ++kept->totals.filtered[static_cast<std::size_t>(result.filter)];
    NoteChange(key, *kept);
  }
  const bool in_time = result.filter == Filter::kNone || result.filter == Filter::kRepeat;
  if (in_time && view.visitor != kNoVisitor) kept->totals.visitors.Add(view.visitor);
  return absl::OkStatus();
}

// A record that is counted already, but bears on what comes.
absl::Status PartitionCounts::Restore(std::int64_t offset, std::int64_t append_ms,
                                      std::int64_t time_ms, const View& view) {
  const bool is_look = view.filter == Filter::kNone;
  Kept* kept = nullptr;
  // Of what is closed nothing is taken back.
  if (is_look && time_ms >= windows_.Closed()) {
    ASSIGN_OR_RETURN(kept, TotalsOf({view.article, calendar_.Of(time_ms).day}));
  }
  NoteSecond(offset, append_ms);
  if (!events_.Take(view.article, view.id, second_) || !is_look) return absl::OkStatus();
  windows_.Restore(view.visitor, time_ms, [&] { return CountedByOf(view, time_ms, kept->totals); });
  return absl::OkStatus();
}

void PartitionCounts::NoteSecond(std::int64_t offset, std::int64_t append_ms) {
  second_ = std::max(second_, append_ms / kSecondMs);
  if (appended_.empty() || appended_.back().second != second_) {
    appended_.push_back({.second = second_, .first_offset = offset});
  }
}

void PartitionCounts::Add(const DayKey& key, Kept& kept, const CountedBy& by) {
  ++kept.totals.views;
  kept.totals.by_language.Add(by.language, 1);
  kept.totals.by_partner.Add(by.partner, 1);
  ++kept.totals.by_hour[static_cast<std::size_t>(calendar_.Of(by.time_ms).hour)];
  NoteChange(key, kept);
}

void PartitionCounts::TakeBack(const DayKey& key, Kept& kept, const CountedBy& by) {
  std::int64_t& hour = kept.totals.by_hour[static_cast<std::size_t>(calendar_.Of(by.time_ms).hour)];
  // Not there any more: the article was purged since.
  if (!kept.totals.by_language.Has(by.language) || !kept.totals.by_partner.Has(by.partner) ||
      hour == 0) {
    return;
  }
  --kept.totals.views;
  kept.totals.by_language.Add(by.language, -1);
  kept.totals.by_partner.Add(by.partner, -1);
  --hour;
  NoteChange(key, kept);
}

// Recording
// -------------------------------------------------------------------------------------------------

void PartitionCounts::NoteChange(const DayKey& key, Kept& kept) {
  if (kept.changed) return;
  kept.changed = true;
  changed_.push_back(key);
  changed_bytes_ += kept.bytes;
}

std::vector<std::pair<DayKey, const DayTotals*>> PartitionCounts::Changed() {
  std::vector<std::pair<DayKey, const DayTotals*>> changed;
  changed.reserve(changed_.size());
  for (const DayKey& key : changed_) {
    Kept& kept = *totals_.at(key);
    kept.totals.position = std::max(kept.counted_up_to, position_);
    kept.totals.rule = rule_.number;
    kept.totals.zone = zone_;
    changed.emplace_back(key, &kept.totals);
  }
  return changed;
}

const DayTotals* PartitionCounts::ChangedOf(const DayKey& key) const {
  const auto found = totals_.find(key);
  return found != totals_.end() && found->second->changed ? &found->second->totals : nullptr;
}

// A look that still bears on others was appended no earlier than its time, and whether it was a new
// event depends on so much before that.
std::int64_t PartitionCounts::RewindSecond() const {
  return (windows_.Closed() - rule_.repeat_within_ms - rule_.same_event_within_ms) / kSecondMs;
}

Checkpoint PartitionCounts::CheckpointNow() {
  Checkpoint now = {.position = position_,
                    .rewind_offset = from_.rewind_offset,
                    .rewind_second = from_.rewind_second,
                    .closed_ms = windows_.Closed(),
                    .watermark_ms = windows_.Watermark(),
                    .rule = rule_.number,
                    .zone = zone_};
  const std::int64_t from = RewindSecond();
  while (appended_.size() > 1 && appended_.front().second < from) appended_.pop_front();
  if (!appended_.empty()) {
    now.rewind_offset = appended_.front().first_offset;
    now.rewind_second = appended_.front().second;
  } else if (rewound_to_end_) {
    now.rewind_offset = position_ + 1;
    now.rewind_second = second_;
  }
  return now;
}

bool PartitionCounts::RewindToEnd(std::int64_t now_ms) {
  if (appended_.empty() || now_ms / kSecondMs - second_ < kRewindToEndAfterSeconds) return false;
  appended_.clear();
  rewound_to_end_ = true;
  return true;
}

absl::Status PartitionCounts::MarkChanged(const DayKey& key) {
  ASSIGN_OR_RETURN(Kept* const kept, TotalsOf(key));
  // None: the article was purged since.
  if (kept->totals.position >= 0) NoteChange(key, *kept);
  return absl::OkStatus();
}

// Remembering
// -------------------------------------------------------------------------------------------------

absl::StatusOr<PartitionCounts::Kept*> PartitionCounts::TotalsOf(const DayKey& key) {
  const auto found = totals_.find(key);
  if (found != totals_.end()) {
    found->second->used = true;
    return found->second.get();
  }
  ASSIGN_OR_RETURN(std::optional<DayTotals> recorded, load_(key));
  auto kept = std::make_unique<Kept>();
  if (recorded) {
    RETURN_IF_ERROR(CheckAlike(rule_, zone_, recorded->rule, recorded->zone));
    kept->totals = *std::move(recorded);
    kept->counted_up_to = kept->totals.position;
  }
  Weigh(*kept);
  order_.push_back(key);
  return totals_.emplace(key, std::move(kept)).first->second.get();
}

void PartitionCounts::Weigh(Kept& kept) {
  totals_bytes_ -= kept.bytes;
  kept.bytes = sizeof(Kept) + BytesOf(kept.totals);
  totals_bytes_ += kept.bytes;
}

void PartitionCounts::Recorded() {
  for (const DayKey& key : changed_) {
    Kept& kept = *totals_.at(key);
    kept.changed = false;
    Weigh(kept);
  }
  changed_.clear();
  changed_bytes_ = 0;
  Sweep();
}

// Those that were not used for long. What is on record may not be read back yet: loaded now, it
// would be an older one.
void PartitionCounts::Sweep() {
  for (int swept = 0; swept < kSweptMax && totals_bytes_ > totals_bytes_max_; ++swept) {
    const DayKey key = order_.front();
    order_.pop_front();
    Kept& kept = *totals_.at(key);
    if (!std::exchange(kept.used, false)) {
      const auto recorded = load_(key);
      const std::int64_t position = recorded.ok() && *recorded ? (*recorded)->position : -1;
      if (position >= kept.totals.position) {
        totals_bytes_ -= kept.bytes;
        totals_.erase(key);
        continue;
      }
    }
    order_.push_back(key);
  }
}

void PartitionCounts::ForgetUnchanged() {
  std::erase_if(order_, [&](const DayKey& key) {
    const auto found = totals_.find(key);
    if (found->second->changed) return false;
    totals_bytes_ -= found->second->bytes;
    totals_.erase(found);
    return true;
  });
}

}  // namespace telex::views
