// What a stretch of work took: time, and CPU of all threads of this process.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <ctime>
#include <string>

#include "tests/benchmark/samples.h"

namespace telex::bench {

// CLOCK_PROCESS_CPUTIME_ID: of all threads; CLOCK_THREAD_CPUTIME_ID: of this one.
inline double CpuSeconds(clockid_t of) {
  timespec now{};
  clock_gettime(of, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

class Cost {
 public:
  Cost() : start_(Clock::now()), cpu_(CpuSeconds(CLOCK_PROCESS_CPUTIME_ID)) {}

  // Until now.
  std::string Json(std::uint64_t records) const {
    return fmt::format("{{\"records\":{},\"seconds\":{:.4f},\"cpu_seconds\":{:.4f}}}", records,
                       MillisecondsSince(start_) / 1000,
                       CpuSeconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_);
  }

 private:
  Clock::time_point start_;
  double cpu_;
};

}  // namespace telex::bench
