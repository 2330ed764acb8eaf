#pragma once

#include <absl/status/status.h>

#include <stop_token>

namespace telex::service {

// The parts of a service, made with its host, in order; it says to the host how they stop. Its
// members use those before them, and are destroyed in reverse: who calls in and who calls back
// first, then what they use.
class App {
 public:
  virtual ~App() = default;

  // Makes the parts one after the other, on the host's start thread. A dependency that is away is
  // waited for. What is returned, unless `stop` was requested, ends the process.
  virtual absl::Status Begin(std::stop_token stop) = 0;
};

}  // namespace telex::service
