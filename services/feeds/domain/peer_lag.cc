#include "feeds/domain/peer_lag.h"

#include <algorithm>

namespace telex::feeds {
namespace {

// Every second one goes, but neither the first nor the last.
template <typename Sightings>
void ThinOut(Sightings& sightings) {
  Sightings kept;
  for (std::size_t n = 0; n < sightings.size(); ++n) {
    if (n % 2 == 0 || n + 1 == sightings.size()) kept.push_back(sightings[n]);
  }
  sightings.swap(kept);
}

}  // namespace

absl::Duration PeerLag::Observe(absl::Time now, const std::vector<std::int64_t>& own,
                                const std::vector<std::int64_t>& peers) {
  absl::Duration longest = absl::ZeroDuration();
  for (std::size_t partition = 0; partition < sightings_.size(); ++partition) {
    const std::int64_t mine = partition < own.size() ? own[partition] : 0;
    const std::int64_t theirs = partition < peers.size() ? peers[partition] : 0;
    std::deque<Sighting>& seen = sightings_[partition];
    while (!seen.empty() && seen.front().next_offset <= mine) seen.pop_front();
    if (theirs > (seen.empty() ? mine : seen.back().next_offset)) {
      if (seen.size() == kSightingsMax) ThinOut(seen);
      seen.push_back({.next_offset = theirs, .since = now});
    }
    if (!seen.empty()) longest = std::max(longest, now - seen.front().since);
  }
  return longest;
}

}  // namespace telex::feeds
