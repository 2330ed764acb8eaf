#include "feeds/domain/peer_lag.h"

#include <algorithm>

namespace telex::feeds {

absl::Duration PeerLag::Observe(absl::Time now, const std::vector<std::int64_t>& own,
                                const std::vector<std::int64_t>& peers) {
  absl::Duration longest = absl::ZeroDuration();
  for (std::size_t partition = 0; partition < marks_.size(); ++partition) {
    const std::int64_t mine = partition < own.size() ? own[partition] : 0;
    const std::int64_t theirs = partition < peers.size() ? peers[partition] : 0;
    Mark& mark = marks_[partition];
    if (mine >= mark.target && theirs > mine) mark = {.target = theirs, .since = now};
    if (mine < mark.target) longest = std::max(longest, now - mark.since);
  }
  return longest;
}

}  // namespace telex::feeds
