#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "news/article_id.h"
#include "views/domain/calendar.h"
#include "views/domain/unique_visitors.h"
#include "views/domain/view.h"

namespace telex::views {

// Counts by name: of languages, of partners. Names have numbers that do not change, and number 0 is
// what there was no room for.
class NamedCounts {
 public:
  explicit NamedCounts(std::size_t names_max) : names_max_(names_max) {}

  static constexpr std::string_view kOther = "other";

  // Of a name that is there, or for which there is room; else 0.
  std::uint16_t NumberOf(std::string_view name);
  void Add(std::uint16_t number, std::int64_t by) { counts_[number].count += by; }
  // Whether something was counted under that number.
  bool Has(std::uint16_t number) const {
    return number < counts_.size() && counts_[number].count > 0;
  }

  struct Entry {
    std::string name;
    std::int64_t count = 0;
    bool operator==(const Entry&) const = default;
  };
  // By number. A name may have a count of 0: its looks were taken back.
  const std::vector<Entry>& entries() const { return counts_; }
  // As they were recorded.
  void Restore(std::vector<Entry> entries);
  std::size_t HeapBytes() const;

  bool operator==(const NamedCounts&) const = default;

 private:
  std::size_t names_max_;
  std::vector<Entry> counts_ = {{std::string(kOther), 0}};
};

struct DayKey {
  news::ArticleId article;
  Day day = 0;
  auto operator<=>(const DayKey&) const = default;

  template <typename H>
  friend H AbslHashValue(H state, const DayKey& key) {
    return H::combine(std::move(state), key.article, key.day);
  }
};

// What one story was looked at on one day. The sums over languages, partners and hours are each
// `views`.
struct DayTotals {
  static constexpr std::size_t kLanguagesMax = 64;
  static constexpr std::size_t kPartnersMax = 1'000;

  std::int64_t views = 0;
  NamedCounts by_language{kLanguagesMax};
  NamedCounts by_partner{kPartnersMax};
  std::array<std::int64_t, kHoursMax> by_hour{};  // Calendar::Place::hour
  std::array<std::int64_t, kFilters> filtered{};  // by Filter; that of kNone is 0
  UniqueVisitors visitors;
  // All of the partition's records up to it are in here, and none behind it; -1: none.
  std::int64_t position = -1;
  int rule = 0;      // CountingRule::number
  std::string zone;  // of the day, an IANA name

  bool operator==(const DayTotals&) const = default;
};

// The visitors of a day as they are shown: never more than it has views.
std::int64_t ShownVisitors(const DayTotals& totals);

// What they take in memory.
std::size_t BytesOf(const DayTotals& totals);

}  // namespace telex::views
