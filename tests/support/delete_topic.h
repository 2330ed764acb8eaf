// Deleting a topic of a real broker, which no part of Telex does.
#pragma once

#include <absl/time/time.h>

#include <string>

namespace telex::testing {

// True when it is gone, or never was. `brokers` as ClientConfig::brokers.
bool DeleteTopic(const std::string& brokers, const std::string& topic, absl::Duration within);

}  // namespace telex::testing
