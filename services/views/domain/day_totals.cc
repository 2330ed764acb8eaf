#include "views/domain/day_totals.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace telex::views {

std::uint16_t NamedCounts::NumberOf(std::string_view name) {
  const auto found = std::find_if(counts_.begin(), counts_.end(),
                                  [&](const Entry& entry) { return entry.name == name; });
  if (found != counts_.end()) return static_cast<std::uint16_t>(found - counts_.begin());
  if (counts_.size() > names_max_) return 0;
  counts_.push_back({.name = std::string(name)});
  return static_cast<std::uint16_t>(counts_.size() - 1);
}

void NamedCounts::Restore(std::vector<Entry> entries) {
  if (!entries.empty()) counts_ = std::move(entries);
}

std::size_t NamedCounts::HeapBytes() const {
  std::size_t bytes = counts_.capacity() * sizeof(Entry);
  for (const Entry& entry : counts_) {
    if (entry.name.size() >= sizeof(std::string) / 2) bytes += entry.name.capacity();
  }
  return bytes;
}

std::int64_t ShownVisitors(const DayTotals& totals) {
  return std::min(totals.views,
                  static_cast<std::int64_t>(std::llround(totals.visitors.Estimate())));
}

std::size_t BytesOf(const DayTotals& totals) {
  return sizeof(DayTotals) + totals.by_language.HeapBytes() + totals.by_partner.HeapBytes() +
         totals.visitors.HeapBytes();
}

}  // namespace telex::views
