#pragma once

// How a process ends: a signal (or a fault) makes it unready, it goes on serving for the drain
// delay, then its parts are stopped one after the other, each within its deadline.
//
//   int main(...) {
//     HealthChecks health;
//     Lifecycle lifecycle(health, {.drain_delay = config.drain_delay});  // before any thread
//     ... start parts, lifecycle.OnStop({"consumer", absl::Seconds(5), [&](auto) {...}}); ...
//     return lifecycle.Run();
//   }

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "platform/runtime/health.h"

namespace telex::runtime {

// Exit codes besides 0.
inline constexpr int kExitStopFailed = 1;  // a step failed or was late, e.g. undelivered records
inline constexpr int kExitFault = 70;      // EX_SOFTWARE: RequestStop for a fault
// A second signal: 128 + its number, as shells have it.

struct StopStep {
  std::string name;
  absl::Duration deadline;  // all of them and the drain delay fit into the pod's grace period
  // On a thread of its own; is told how long it has.
  std::function<absl::Status(absl::Duration)> stop;
};

struct LifecycleOptions {
  // Between "not ready" and the first step: endpoints are withdrawn from load balancers meanwhile.
  absl::Duration drain_delay = absl::Seconds(5);
  // From Run's return to the end of this object, while all that was stopped is destroyed.
  absl::Duration destroy_max = absl::Seconds(5);
};

// One a process.
class Lifecycle {
 public:
  // Blocks SIGTERM and SIGINT in this thread, and so in those it starts afterwards: to be made
  // before any other thread. Ignores SIGPIPE for good (a peer that hangs up is an error code). A
  // second signal ends the process at once.
  Lifecycle(HealthChecks& health, LifecycleOptions options);
  // Gives this thread its signal mask back.
  ~Lifecycle();
  Lifecycle(const Lifecycle&) = delete;
  Lifecycle& operator=(const Lifecycle&) = delete;

  // Steps run in the order in which they were added. Thread-safe, until the stop begins.
  void OnStop(StopStep step);

  // From any thread, does not wait. The first reason is logged; the first code other than 0 is
  // what Run returns.
  void RequestStop(std::string_view reason, int exit_code = 0);

  // True from the first signal or RequestStop on.
  bool stopping() const;

  // Waits for the stop and carries it out. 0 when all went well. When a step is later than its
  // deadline the next ones still run, and then the process ends by _exit from here: destructors
  // must not run beside a thread that uses their objects. So it does when this object still is
  // there destroy_max later: all that matters was stopped, and a library that never lets go of a
  // thread (librdkafka does, now and then, while no broker answers) must not keep a successor from
  // starting.
  int Run();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace telex::runtime
