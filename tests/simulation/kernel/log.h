#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <utility>

namespace telex::simulation {

// A partition of a topic: append-only, with records that vanish by compaction or retention; their
// offsets stay.
template <typename Record>
class Log {
 public:
  std::int64_t Append(Record record) {
    records_.emplace_back(std::move(record));
    return end() - 1;
  }
  std::int64_t end() const { return static_cast<std::int64_t>(records_.size()); }
  // Null when it has vanished. None is moved when the log grows.
  const Record* at(std::int64_t offset) const {
    const auto& record = records_[static_cast<std::size_t>(offset)];
    return record ? &*record : nullptr;
  }
  void Erase(std::int64_t offset) { records_[static_cast<std::size_t>(offset)].reset(); }
  // As after a restore from a backup.
  void CutTo(std::int64_t new_end) { records_.resize(static_cast<std::size_t>(new_end)); }

  // Keeps the last record of each key among those before `clean_end`; of tombstones only those from
  // `tombstones_from` on (they are kept for a while, so that readers see them).
  template <typename KeyOf, typename IsTombstone>
  void Compact(std::int64_t clean_end, std::int64_t tombstones_from, const KeyOf& key_of,
               const IsTombstone& is_tombstone) {
    std::map<std::decay_t<decltype(key_of(std::declval<const Record&>()))>, std::int64_t> last;
    for (std::int64_t offset = 0; offset < std::min(clean_end, end()); ++offset) {
      const Record* record = at(offset);
      if (record == nullptr) continue;
      const auto [place, fresh] = last.try_emplace(key_of(*record), offset);
      if (!fresh) Erase(std::exchange(place->second, offset));
    }
    for (const auto& [key, offset] : last) {
      if (offset < tombstones_from && is_tombstone(*at(offset))) Erase(offset);
    }
  }

 private:
  std::deque<std::optional<Record>> records_;
};

}  // namespace telex::simulation
