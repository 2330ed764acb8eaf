// What becomes due at an instant (an embargo's end, a job's next attempt, a day's last count), and
// what to append because of it: a record of it, so that whoever reads the log needs no clock. Sent
// twice, such a record must be decided once. Pure: no IO, no thread, no clock. Not thread-safe.
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
// So long after it has seen it due any other replica sends it too, in case the owner's clock is
// slow or the owner hangs. Longer than a takeover.
inline constexpr absl::Duration kPeerDelay = absl::Seconds(10);
inline constexpr absl::Duration kPeerResendAfterMax = absl::Minutes(10);
inline constexpr std::size_t kDueAtOnceMax = 1'000;
// Sent and not read back, of one partition: one in which nothing is decided holds up itself alone.
inline constexpr std::size_t kOutstandingMax = 1'000;
// The same of a peer: a partition that nobody decides, for hours maybe, is not flooded by all.
inline constexpr std::size_t kPeerOutstandingMax = 10;

// `Key`: an ordered value, the whole of what is sent.
template <typename Key>
class Timers {
 public:
  using Visit = std::function<void(std::int32_t partition, const Key& key)>;
  // Visits all that is due at `until`, or was before, and has not been read back: earliest first.
  using Index = std::function<void(absl::Time until, const Visit& visit)>;

  // What to send now, at most kDueAtOnceMax. `owned`: the partitions of this replica.
  std::vector<Key> Due(absl::Time now, const std::set<std::int32_t>& owned, const Index& index) {
    ++look_;
    std::vector<Key> due;
    index(now, [&](std::int32_t partition, const Key& key) {
      Outstanding& in = outstanding_[partition];
      if (const bool own = owned.contains(partition); in.own != own) in = {.own = own, .sent = {}};
      if (ShouldSend(now, in, key, due.size() < kDueAtOnceMax)) due.push_back(key);
    });
    // What is not there any more was read back.
    for (auto& [partition, in] : outstanding_)
      std::erase_if(in.sent, [&](const auto& entry) { return entry.second.look != look_; });
    std::erase_if(outstanding_, [](const auto& entry) { return entry.second.sent.empty(); });
    return due;
  }

 private:
  struct Sent {
    absl::Time last;  // sent, or by a peer first seen
    absl::Duration pause;
    std::uint64_t look = 0;  // the last at which it was due
    bool is_sent = false;
  };
  struct Outstanding {
    bool own = false;
    std::map<Key, Sent> sent;
  };

  bool ShouldSend(absl::Time now, Outstanding& in, const Key& key, bool room) {
    const auto found = in.sent.find(key);
    if (found == in.sent.end()) {
      const std::size_t max = in.own ? kOutstandingMax : kPeerOutstandingMax;
      if ((in.own && !room) || in.sent.size() >= max) return false;
      in.sent.emplace(key, Sent{.last = now,
                                .pause = in.own ? kResendAfterMin : kPeerDelay,
                                .look = look_,
                                .is_sent = in.own});
      return in.own;
    }
    Sent& before = found->second;
    before.look = look_;
    const bool clock_set_back = now < before.last;
    if (clock_set_back && !before.is_sent) before.last = now;
    const bool pausing = now >= before.last && now - before.last < before.pause;
    if (pausing || !room) return false;
    before.pause = before.is_sent
                       ? std::min(before.pause * 2, in.own ? kResendAfterMax : kPeerResendAfterMax)
                       : kResendAfterMin;
    before.last = now;
    before.is_sent = true;
    return true;
  }

  std::uint64_t look_ = 0;
  std::map<std::int32_t, Outstanding> outstanding_;  // by partition
};

}  // namespace telex::owner
