// What becomes due at an instant (an embargo's end, a job's next attempt, a day's last count), and
// what to append because of it: a record that says that the time has come, so that whoever reads
// the log needs no clock. Said twice, such a record must be decided once. Pure: no IO, no thread,
// no clock. Not thread-safe.
#pragma once

#include <absl/time/time.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace telex::owner {

// What was said is said again after kSayAgainMin, then after twice as long each time, until it is
// read back: the record may be lost, and the log's clock may be behind this one.
inline constexpr absl::Duration kSayAgainMin = absl::Seconds(1);
inline constexpr absl::Duration kSayAgainMax = absl::Seconds(30);
// So long after its instant any other replica says it as well, for an owner whose clock is slow, or
// that hangs. Above what a takeover takes.
inline constexpr absl::Duration kPeerPatience = absl::Seconds(10);
// A peer's longest pause: while a partition is held, for hours maybe, few of them pile up in it.
inline constexpr absl::Duration kPeerSayAgainMax = absl::Minutes(10);
inline constexpr std::size_t kDueAtOnceMax = 1'000;
// Said and not read back, of one partition: one in which nothing is decided holds up itself alone.
inline constexpr std::size_t kUnreadMax = 1'000;

// `Key`: an ordered value, the whole of what is said.
template <typename Key>
class Timers {
 public:
  using Visit = std::function<void(std::int32_t partition, absl::Time instant, const Key& key)>;
  // Visits all that is due at `until`, or was before, and has not been read back: earliest first.
  using Index = std::function<void(absl::Time until, const Visit& visit)>;

  // What to say now, at most kDueAtOnceMax. `owned`: the partitions of this replica.
  std::vector<Key> Due(absl::Time now, const std::set<std::int32_t>& owned, const Index& index) {
    ++look_;
    std::vector<Key> due;
    index(now, [&](std::int32_t partition, absl::Time instant, const Key& key) {
      const bool own = owned.contains(partition);
      if (!own && now - instant < kPeerPatience) return;
      const absl::Duration pause_max = own ? kSayAgainMax : kPeerSayAgainMax;
      if (Note(now, said_[partition], key, pause_max, due.size() < kDueAtOnceMax))
        due.push_back(key);
    });
    // What is not there any more was read back, or is no longer this replica's to say.
    for (auto& [partition, said] : said_)
      std::erase_if(said, [&](const auto& entry) { return entry.second.look != look_; });
    std::erase_if(said_, [](const auto& entry) { return entry.second.empty(); });
    return due;
  }

  // How much is remembered: what was said and not read back.
  std::size_t unread() const {
    std::size_t count = 0;
    for (const auto& [partition, said] : said_) count += said.size();
    return count;
  }

 private:
  struct Said {
    absl::Time last;
    absl::Duration pause;
    std::uint64_t look = 0;  // the last at which it was due
  };

  // Whether to say it now.
  bool Note(absl::Time now, std::map<Key, Said>& said, const Key& key, absl::Duration pause_max,
            bool room) {
    const auto found = said.find(key);
    if (found == said.end()) {
      if (!room || said.size() >= kUnreadMax) return false;
      said.emplace(key, Said{now, kSayAgainMin, look_});
      return true;
    }
    Said& before = found->second;
    before.look = look_;
    // A clock that was set back has said it too early.
    const bool pausing =
        now >= before.last && now - before.last < std::min(before.pause, pause_max);
    if (pausing || !room) return false;
    before.last = now;
    before.pause = std::min(before.pause * 2, pause_max);
    return true;
  }

  std::uint64_t look_ = 0;
  std::map<std::int32_t, std::map<Key, Said>> said_;  // by partition
};

}  // namespace telex::owner
