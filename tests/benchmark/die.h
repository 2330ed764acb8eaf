// A benchmark that cannot go on says why and ends: half a figure is none.
#pragma once

#include <absl/status/statusor.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

namespace telex::bench {

inline void OrDie(const char* what, const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s: %s\n", what, status.ToString().c_str());
  std::exit(1);
}

template <typename Value>
Value OrDie(const char* what, absl::StatusOr<Value> value) {
  OrDie(what, value.status());
  return *std::move(value);
}

}  // namespace telex::bench
