#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "tests/simulation/kernel/random.h"

namespace telex::simulation {

// What was sent and has not arrived: it does so in any order, late, twice or never.
template <typename Sent>
class Flights {
 public:
  void Send(Sent sent, int not_before_step = 0) {
    flights_.push_back({std::move(sent), not_before_step});
  }

  // One of them lands, if the one that is drawn can: `may_land` says of the others.
  template <typename MayLand>
  std::optional<Sent> Land(Random& random, int step, const MayLand& may_land) {
    if (flights_.empty()) return std::nullopt;
    const std::size_t drawn = random.Below(flights_.size());
    const Flight& flight = flights_[drawn];
    if (flight.not_before_step > step || !may_land(flight.sent)) return std::nullopt;
    return Take(drawn);
  }
  // One of all that `may_land`, however late they were to be; none: there is none left.
  template <typename MayLand>
  std::optional<Sent> LandNow(Random& random, const MayLand& may_land) {
    for (std::size_t waiting = 0; waiting < flights_.size(); ++waiting) {
      const std::size_t drawn = waiting + random.Below(flights_.size() - waiting);
      if (may_land(flights_[drawn].sent)) return Take(drawn);
      std::swap(flights_[drawn], flights_[waiting]);
    }
    return std::nullopt;
  }

  // Some of those that match come up to `steps_max` steps later.
  template <typename Matches>
  void Delay(Random& random, int percent, int step, int steps_max, const Matches& matches) {
    for (Flight& flight : flights_) {
      if (matches(flight.sent) && random.Chance(percent))
        flight.not_before_step = step + random.Below(steps_max);
    }
  }
  // Some of those that match never come.
  template <typename Matches>
  void Lose(Random& random, int percent, const Matches& matches) {
    std::erase_if(flights_, [&](const Flight& flight) {
      return matches(flight.sent) && random.Chance(percent);
    });
  }
  template <typename Matches>
  bool Any(const Matches& matches) const {
    return std::any_of(flights_.begin(), flights_.end(),
                       [&](const Flight& flight) { return matches(flight.sent); });
  }
  void Clear() { flights_.clear(); }

 private:
  struct Flight {
    Sent sent;
    int not_before_step = 0;
  };
  Sent Take(std::size_t index) {
    Sent sent = std::move(flights_[index].sent);
    if (index + 1 < flights_.size()) flights_[index] = std::move(flights_.back());
    flights_.pop_back();
    return sent;
  }

  std::vector<Flight> flights_;
};

}  // namespace telex::simulation
