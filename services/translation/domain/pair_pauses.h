#pragma once

#include <cstdint>
#include <map>

#include "translation/domain/job.h"

namespace telex::translation {

// Pairs of which nobody is given jobs. One for all partitions of a replica: each pair lies in one
// of them, so that all replicas come to the same. It says what is chosen and never what is granted:
// a claim that is on its way when its pair is paused goes on, as one does that was granted before.
// Pure; not thread-safe.
class PairPauses {
 public:
  // The fact at `position` of the pair's partition; an older one than the last changes nothing.
  void Apply(const Pair& pair, std::int64_t position, bool paused) {
    Pause& pause = pauses_[pair];
    if (position < pause.position) return;
    pause = {position, paused};
  }
  bool IsPaused(const Pair& pair) const {
    const auto found = pauses_.find(pair);
    return found != pauses_.end() && found->second.paused;
  }

 private:
  struct Pause {
    std::int64_t position = -1;
    bool paused = false;
  };
  std::map<Pair, Pause> pauses_;
};

}  // namespace telex::translation
