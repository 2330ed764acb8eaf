#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <variant>

#include "tests/simulation/kernel/log.h"
#include "tests/unit/views/naive_recount.h"
#include "views/domain/recorded_counts.h"

namespace telex::views {

// A partition of telex.view-counts.v1, by value.
using CountsRecord = std::variant<std::pair<DayKey, DayTotals>, Checkpoint>;
using CountsLog = simulation::Log<CountsRecord>;

// The last record of each key.
inline void Compact(CountsLog& log) {
  log.Compact(
      log.end(), 0,
      [](const CountsRecord& record) -> std::optional<DayKey> {
        const auto* day = std::get_if<std::pair<DayKey, DayTotals>>(&record);
        return day == nullptr ? std::nullopt : std::optional(day->first);
      },
      [](const CountsRecord&) { return false; });
}

// What a replica has read of it, as CountsStore keeps it.
class CountsReader final : public RecordedCounts {
 public:
  explicit CountsReader(const CountsLog& log) : log_(log) {}

  void ReadUpTo(std::int64_t end) {
    for (; next_ < end; ++next_) {
      const CountsRecord* record = log_.at(next_);
      if (record == nullptr) continue;
      if (const auto* checkpoint = std::get_if<Checkpoint>(record)) {
        Take(std::nullopt, *checkpoint, checkpoint_);
      } else {
        const auto& [key, totals] = std::get<std::pair<DayKey, DayTotals>>(*record);
        Take(key, totals, days_[key]);
      }
    }
  }
  void ReadAll() { ReadUpTo(log_.end()); }
  std::int64_t next() const { return next_; }

  std::optional<DayTotals> Totals(const DayKey& key) const override {
    const auto found = days_.find(key);
    return found == days_.end() ? std::nullopt : found->second;
  }
  std::optional<Checkpoint> CheckpointOf(std::int32_t) const override { return checkpoint_; }
  Overtaken OvertakenIn(std::int32_t) const override {
    Overtaken overtaken;
    for (const std::optional<DayKey>& key : overtaken_) {
      if (key)
        overtaken.days.push_back(*key);
      else
        overtaken.checkpoint = true;
    }
    return overtaken;
  }

  // Without what says up to where it is counted: that depends on when it was written.
  DaysCounted Days() const {
    DaysCounted days;
    for (const auto& [key, totals] : days_) {
      DayTotals& told = days[key] = *totals;
      told.position = 0;
    }
    return days;
  }

 private:
  template <typename Value>
  void Take(const std::optional<DayKey>& key, const Value& value, std::optional<Value>& standing) {
    if (standing && RecencyOf(value) < RecencyOf(*standing)) {
      overtaken_.insert(key);
      return;
    }
    overtaken_.erase(key);
    standing = value;
  }

  const CountsLog& log_;
  std::int64_t next_ = 0;
  std::map<DayKey, std::optional<DayTotals>> days_;
  std::optional<Checkpoint> checkpoint_;
  std::set<std::optional<DayKey>> overtaken_;  // nullopt: the checkpoint
};

}  // namespace telex::views
