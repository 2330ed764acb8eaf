#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <numeric>
#include <random>

namespace telex::simulation {

// All that happens in a world is drawn from one of these: its seed is the world.
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t Below(std::uint64_t bound) { return bound == 0 ? 0 : engine_() % bound; }
  int Below(int bound) { return static_cast<int>(Below(static_cast<std::uint64_t>(bound))); }
  bool Chance(int percent) { return Below(100) < percent; }
  int OneOf(std::initializer_list<int> choices) {
    return choices.begin()[Below(static_cast<int>(choices.size()))];
  }

 private:
  std::mt19937_64 engine_;
};

// How often each of the events of a world happens, against the others. `Event`: an enum from 0 on.
template <typename Event, std::size_t kEvents>
class Weights {
 public:
  int& operator[](Event event) { return weights_[static_cast<std::size_t>(event)]; }
  Event Draw(Random& random) const {
    int roll = random.Below(std::accumulate(weights_.begin(), weights_.end(), 0));
    std::size_t event = 0;
    while ((roll -= weights_[event]) >= 0) ++event;
    return static_cast<Event>(event);
  }
  const std::array<int, kEvents>& all() const { return weights_; }

 private:
  std::array<int, kEvents> weights_{};
};

}  // namespace telex::simulation
