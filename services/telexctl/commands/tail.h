#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <string>

#include "telexctl/views/record_view.h"

namespace telex::cli {

class Context;

struct TailOrder {
  std::string topic;
  TailFrom from;
  std::int64_t limit = 0;  // 0: none
  bool follow = false;
};

// Prints records as they are read; with `from.kind` kLast, the last so many of the whole topic, in
// the order of their time, and then what follows.
absl::Status Tail(const TailOrder& order, Context& context);

}  // namespace telex::cli
