// What becomes due at an instant (an embargo's end, a job's next attempt, a day's last count), and
// what to append because of it: a record that says that the time has come, so that whoever reads
// the log needs no clock. Sent twice, such a record must be decided once. Pure: no IO, no thread,
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

// A record that is sent is sent again until it is read back, after kResendAfterMin and then twice
// as long each time: it may be lost, and the log's clock may be behind this one.
inline constexpr absl::Duration kResendAfterMin = absl::Seconds(1);
inline constexpr absl::Duration kResendAfterMax = absl::Seconds(30);
// After this delay every other replica sends it too, in case the owner's clock is slow or the owner
// hangs. Longer than a takeover.
inline constexpr absl::Duration kPeerDelay = absl::Seconds(10);
// A peer's longest pause: while a partition is held, for hours maybe, few of them pile up in it.
inline constexpr absl::Duration kPeerResendAfterMax = absl::Minutes(10);
inline constexpr std::size_t kDueAtOnceMax = 1'000;
// Sent and not read back, of one partition: one in which nothing is decided holds up itself alone.
inline constexpr std::size_t kOutstandingMax = 1'000;

// `Key`: an ordered value, the whole of what is sent.
template <typename Key>
class Timers {
 public:
  using Visit = std::function<void(std::int32_t partition, absl::Time instant, const Key& key)>;
  // Visits all that is due at `until`, or was before, and has not been read back: earliest first.
  using Index = std::function<void(absl::Time until, const Visit& visit)>;

  // What to send now, at most kDueAtOnceMax. `owned`: the partitions of this replica.
  std::vector<Key> Due(absl::Time now, const std::set<std::int32_t>& owned, const Index& index) {
    ++look_;
    std::vector<Key> due;
    index(now, [&](std::int32_t partition, absl::Time instant, const Key& key) {
      const bool own = owned.contains(partition);
      if (!own && now - instant < kPeerDelay) return;
      const absl::Duration pause_max = own ? kResendAfterMax : kPeerResendAfterMax;
      if (ShouldSend(now, sent_[partition], key, pause_max, due.size() < kDueAtOnceMax))
        due.push_back(key);
    });
    // What is not there any more was read back, or is no longer this replica's to send.
    for (auto& [partition, sent] : sent_)
      std::erase_if(sent, [&](const auto& entry) { return entry.second.look != look_; });
    std::erase_if(sent_, [](const auto& entry) { return entry.second.empty(); });
    return due;
  }

 private:
  struct Sent {
    absl::Time last;
    absl::Duration pause;
    std::uint64_t look = 0;  // the last at which it was due
  };

  // Whether to send it now.
  bool ShouldSend(absl::Time now, std::map<Key, Sent>& sent, const Key& key,
                  absl::Duration pause_max, bool room) {
    const auto found = sent.find(key);
    if (found == sent.end()) {
      if (!room || sent.size() >= kOutstandingMax) return false;
      sent.emplace(key, Sent{now, kResendAfterMin, look_});
      return true;
    }
    Sent& before = found->second;
    before.look = look_;
    // A clock that was set back has sent it too early.
    const bool pausing =
        now >= before.last && now - before.last < std::min(before.pause, pause_max);
    if (pausing || !room) return false;
    before.last = now;
    before.pause = std::min(before.pause * 2, pause_max);
    return true;
  }

  std::uint64_t look_ = 0;
  std::map<std::int32_t, std::map<Key, Sent>> sent_;  // by partition
};

}  // namespace telex::owner
