#pragma once

// What a process knows about its own health: checks for readiness, watchdogs for liveness.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

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

// Proof that a thread goes round: fed at least once within its silence, or /livez fails and the
// process is restarted. Ends with its destruction, so a loop that ends in order is no hang.
class [[nodiscard]] Watchdog {
 public:
  Watchdog() = default;
  Watchdog(Watchdog&&) noexcept = default;
  Watchdog& operator=(Watchdog&&) noexcept = default;
  ~Watchdog() = default;

  void Feed();  // a few ns; from the watched thread

 private:
  friend class HealthChecks;
  struct State;
  explicit Watchdog(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

// Thread-safe.
class HealthChecks {
 public:
  // Steady: a clock that is set must not look like a hang.
  using Clock = std::function<std::chrono::steady_clock::time_point()>;

  explicit HealthChecks(Clock clock = [] { return std::chrono::steady_clock::now(); });
  ~HealthChecks();
  HealthChecks(const HealthChecks&) = delete;
  HealthChecks& operator=(const HealthChecks&) = delete;

  // What the check captures must live until Remove(name) has returned, or longer than this.
  void Add(Check check);
  void Remove(std::string_view name);

  // From now on not ready, for good; the first reason stays.
  void NotReady(std::string_view reason);

  // Counts as fed when it is made.
  Watchdog Watch(std::string_view name, absl::Duration silence_max);

  // {"ready":bool,"why_not":[...],"checks":[{"name","ok","severity","gates_readiness",
  //  "business_impact","technical_summary","panic_guide","error","reason"}]}: failing ones first.
  HealthReport Ready() const;

  // {"alive":bool,"why_not":[...],"watchdogs":[{"name","ok","silent_ms","silence_max_ms"}]}
  HealthReport Alive() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace telex::runtime
