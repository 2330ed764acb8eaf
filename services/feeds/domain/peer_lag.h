#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace telex::feeds {

// How long a replica has been behind what its peers have folded: since a peer was first seen beyond
// where this one is. Pure; not thread-safe.
class PeerLag {
 public:
  // Sightings that are kept of a partition; more are thinned out, at the cost of how exactly the
  // lag is known.
  static constexpr std::size_t kSightingsMax = 64;

  explicit PeerLag(int partitions) : sightings_(partitions) {}

  // Own next offsets and the greatest among the peers, both by partition (missing ones: 0); `now`
  // of any steady clock. The longest lag of any partition.
  absl::Duration Observe(absl::Time now, const std::vector<std::int64_t>& own,
                         const std::vector<std::int64_t>& peers);

 private:
  struct Sighting {
    std::int64_t next_offset = 0;
    absl::Time since;
  };
  // By partition; rising offsets and times, all beyond the own offset.
  std::vector<std::deque<Sighting>> sightings_;
};

}  // namespace telex::feeds
