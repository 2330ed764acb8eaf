#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace telex::simulation {

inline void PrintStep(int step, const std::string& line) { fmt::print("{:5} {}\n", step, line); }

// The steps of a world in words, for whoever reads how it came to break a law. Nothing is put into
// words unless somebody reads them.
class Trace {
 public:
  explicit Trace(bool printed) : printed_(printed) {}
  template <typename... Args>
  void operator()(int step, std::string_view format, const Args&... args) const {
    if (printed_) PrintStep(step, fmt::vformat(format, fmt::make_format_args(args...)));
  }

 private:
  bool printed_;
};

}  // namespace telex::simulation
