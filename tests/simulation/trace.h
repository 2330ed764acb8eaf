#pragma once

#include <string>

#include "tests/simulation/broker.h"
#include "tests/simulation/deciding_simulation.h"
#include "tests/simulation/fault_profile.h"
#include "tests/simulation/kernel/trace.h"

namespace telex::simulation {

// One line each, for whoever reads how a world came to break a law.
std::string TextOf(const FaultProfile& faults);
std::string TextOf(const ingestion::Submission& submission);
std::string TextOf(const VersionKey& key);
std::string TextOf(const VersionRecord& record);
std::string TextOf(const ingestion::Decision& decision);

// What has words of its own is put into them; numbers and texts stand as they are.
template <typename T>
auto Shown(const T& value) {
  if constexpr (requires { TextOf(value); }) {
    return TextOf(value);
  } else {
    return value;
  }
}

}  // namespace telex::simulation
