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
// Of one partition, the first that are due are looked at and the rest waits behind them: what a
// look costs is bounded by what may be under way, however much is due after an outage. One in which
// nothing is decided holds up itself alone.
inline constexpr std::size_t kOutstandingMax = 1'000;
// The same of a peer: a partition that nobody decides, for hours maybe, is not flooded by all.
inline constexpr std::size_t kPeerOutstandingMax = 10;

// `Key`: an ordered value, the whole of what is sent.
template <typename Key>
class Timers {
 public:
  using Visit = std::function<bool(const Key& key)>;
  // Visits what is due in the partition at `until`, or was before, and has not been read back:
  // earliest first, and no more once `visit` has returned false.
  using Index = std::function<void(std::int32_t partition, absl::Time until, const Visit& visit)>;

  explicit Timers(std::int32_t partitions) : outstanding_(static_cast<std::size_t>(partitions)) {}

  // What to send now, at most kDueAtOnceMax, the partitions taking turns. `owned`: those of this
  // replica.
  std::vector<Key> Due(absl::Time now, const std::set<std::int32_t>& owned, const Index& index) {
    ++look_;
    std::vector<Ready> ready;
    for (std::size_t i = 0; i < outstanding_.size(); ++i) {
      const auto partition = static_cast<std::int32_t>(i);
      Outstanding& in = outstanding_[i];
      if (const bool own = owned.contains(partition); in.own != own) in = {.own = own, .sent = {}};
      const auto visit_due = [&](const Visit& visit) { index(partition, now, visit); };
      std::vector<Key> keys = LookAt(in, now, visit_due);
      if (!keys.empty()) ready.push_back({in, std::move(keys)});
    }
    std::vector<Key> due;
    for (std::size_t turn = 0; !ready.empty() && due.size() < kDueAtOnceMax; ++turn) {
      std::erase_if(ready, [&](const Ready& of) { return of.keys.size() <= turn; });
      for (std::size_t i = 0; i < ready.size() && due.size() < kDueAtOnceMax; ++i) {
        NoteSent(ready[i].in, now, ready[i].keys[turn]);
        due.push_back(std::move(ready[i].keys[turn]));
      }
    }
    return due;
  }

 private:
  struct Sent {
    absl::Time last;  // sent, or by a peer first seen
    absl::Duration pause;
    std::uint64_t look = 0;  // the last at which it was due
    bool is_sent = false;
  };
  struct Outstanding {  // of a partition
    bool own = false;
    std::map<Key, Sent> sent;
  };
  struct Ready {
    std::reference_wrapper<Outstanding> in;
    std::vector<Key> keys;
  };

  // What is to be sent, were there room for all of it.
  template <typename VisitDue>
  std::vector<Key> LookAt(Outstanding& in, absl::Time now, const VisitDue& visit_due) {
    std::vector<Key> ready;
    std::size_t left = in.own ? kOutstandingMax : kPeerOutstandingMax;
    visit_due([&](const Key& key) {
      if (NoteDue(in, now, key)) ready.push_back(key);
      return --left > 0;
    });
    // What is not there any more was read back.
    std::erase_if(in.sent, [&](const auto& entry) { return entry.second.look != look_; });
    return ready;
  }

  // Notes that it was due at this look; whether to send it now.
  bool NoteDue(Outstanding& in, absl::Time now, const Key& key) {
    const auto found = in.sent.find(key);
    if (found == in.sent.end()) {
      if (!in.own) in.sent.emplace(key, Sent{.last = now, .pause = kPeerDelay, .look = look_});
      return in.own;
    }
    Sent& before = found->second;
    before.look = look_;
    const bool clock_set_back = now < before.last;
    if (clock_set_back && !before.is_sent) before.last = now;
    const bool pausing = now >= before.last && now - before.last < before.pause;
    return !pausing;
  }

  void NoteSent(Outstanding& in, absl::Time now, const Key& key) {
    Sent& sent = in.sent[key];
    sent.pause = sent.is_sent
                     ? std::min(sent.pause * 2, in.own ? kResendAfterMax : kPeerResendAfterMax)
                     : kResendAfterMin;
    sent.last = now;
    sent.look = look_;
    sent.is_sent = true;
  }

  std::uint64_t look_ = 0;
  std::vector<Outstanding> outstanding_;  // by partition
};

}  // namespace telex::owner
