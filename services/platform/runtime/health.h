#pragma once

// What a process knows about its own health: checks for readiness, heartbeats of loops for
// liveness.

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/observe/heartbeat.h"

namespace telex::runtime {

// One question that /readyz answers. The texts are for whoever is woken by it.
struct Check {
  std::string name;               // "kafka", unique in the process
  int severity = 1;               // 1 page somebody, 2 look at it today, 3 for information
  std::string business_impact;    // what readers, partners or editors notice
  std::string technical_summary;  // what is checked and how
  std::string panic_guide;        // what to do, or the runbook's path
  // Called at every /readyz, on its thread: answers at once from what is known (no IO), may be
  // called by several threads together. It must not use HealthChecks.
  std::function<absl::Status()> status;
  // false: a failure is shown but requests are still served (a cache that is away).
  bool gates_readiness = true;
};

struct HealthReport {
  bool ok = false;
  std::vector<std::string> why_not;  // "kafka: UNAVAILABLE: ..."; empty when ok
  std::string json;                  // the body of /readyz or /livez
};

// A loop that /livez watches. The texts are for whoever asks why the process was restarted.
struct Loop {
  std::string name;               // "decider", unique in the process; also its thread's name
  int severity = 1;               // as of Check
  std::string business_impact;    // while it hangs
  std::string technical_summary;  // what it does, and with what
  std::string panic_guide;        // what to do, or the runbook's path
  // With neither a beat nor a wait for longer than this it is hung: /livez fails, and the process
  // is restarted.
  absl::Duration silence_max = absl::Seconds(60);
};

// Thread-safe.
class HealthChecks {
 public:
  using Clock = observe::Heartbeat::Clock;

  explicit HealthChecks(Clock clock = [] { return std::chrono::steady_clock::now(); });
  ~HealthChecks();
  HealthChecks(const HealthChecks&) = delete;
  HealthChecks& operator=(const HealthChecks&) = delete;

  // What the check captures must live until Remove(name) has returned, or longer than this.
  void Add(Check check);
  void Remove(std::string_view name);

  // From now on not ready, for good; the first reason stays.
  void NotReady(std::string_view reason);

  // What the loop's thread is to carry (observe::ScopedHeartbeat). Watched while a thread carries
  // it, and until the last reference to it is gone.
  std::shared_ptr<observe::Heartbeat> Watch(Loop loop);

  // {"ready":bool,"why_not":[...],"checks":[{"name","ok","severity","gates_readiness",
  //  "business_impact","technical_summary","panic_guide","error","reason"}]}: failing ones first.
  HealthReport Ready() const;

  // {"alive":bool,"why_not":[...],"loops":[{"name","ok","severity","business_impact",
  //  "technical_summary","panic_guide","silent_ms","silence_max_ms","waiting_for"}]}: hung ones
  //  first; waiting_for only while it waits, and then silent_ms is for how long it has.
  HealthReport Alive() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace telex::runtime
