#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <vector>

namespace telex::feeds {

// How long a replica has been behind what its peers have folded. A partition is behind from when a
// peer was seen ahead until it is where that peer was then. Pure; not thread-safe.
class PeerLag {
 public:
  explicit PeerLag(int partitions) : marks_(partitions) {}

  // Own next offsets and the greatest among the peers, both by partition (missing ones: 0); `now`
  // of any steady clock. The longest lag of any partition.
  absl::Duration Observe(absl::Time now, const std::vector<std::int64_t>& own,
                         const std::vector<std::int64_t>& peers);

 private:
  struct Mark {
    std::int64_t target = 0;  // behind while the own offset is less
    absl::Time since;
  };
  std::vector<Mark> marks_;
};

}  // namespace telex::feeds
