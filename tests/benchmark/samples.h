// Durations that were measured, and what is said of them. Thread-safe.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <mutex>
#include <vector>

namespace telex::bench {

using Clock = std::chrono::steady_clock;

inline double MillisecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

class Samples {
 public:
  void Add(double value) {
    const std::lock_guard lock(mutex_);
    values_.push_back(value);
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return values_.size();
  }
  // `part` from 0 to 1, nearest rank; 0 when nothing was measured.
  double Percentile(double part) const {
    const std::lock_guard lock(mutex_);
    if (values_.empty()) return 0;
    std::vector<double> sorted = values_;
    const auto place = sorted.begin() + std::lround(part * static_cast<double>(sorted.size() - 1));
    std::nth_element(sorted.begin(), place, sorted.end());
    return *place;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<double> values_;
};

}  // namespace telex::bench
