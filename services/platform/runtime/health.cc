#include "platform/runtime/health.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <mutex>
#include <nlohmann/json.hpp>
#include <shared_mutex>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/json/json.h"

namespace telex::runtime {
namespace {

using json::Value;

absl::Status Ask(const Check& check) {
  if (!check.status) return absl::InternalError("the check has no function");
  try {
    return check.status();
  } catch (const std::exception& exception) {
    return absl::InternalError(exception.what());
  }
}

Value Describe(const Check& check, const absl::Status& status) {
  Value described = {{"name", check.name},
                     {"ok", status.ok()},
                     {"severity", check.severity},
                     {"gates_readiness", check.gates_readiness},
                     {"business_impact", check.business_impact},
                     {"technical_summary", check.technical_summary},
                     {"panic_guide", check.panic_guide}};
  if (!status.ok()) {
    described["error"] = status.ToString(absl::StatusToStringMode::kWithNoExtraData);
    if (const std::string reason = errors::ReasonOf(status); !reason.empty()) {
      described["reason"] = reason;
    }
  }
  return described;
}

std::int64_t ToMilliseconds(const observe::Heartbeat::Reading& reading) {
  return reading.silent / std::chrono::milliseconds(1);
}

Value Describe(const Loop& loop, const observe::Heartbeat::Reading& reading, bool ok) {
  Value described = {{"name", loop.name},
                     {"ok", ok},
                     {"severity", loop.severity},
                     {"business_impact", loop.business_impact},
                     {"technical_summary", loop.technical_summary},
                     {"panic_guide", loop.panic_guide},
                     {"silent_ms", ToMilliseconds(reading)},
                     {"silence_max_ms", absl::ToInt64Milliseconds(loop.silence_max)}};
  if (reading.waiting_for != nullptr) described["waiting_for"] = reading.waiting_for;
  return described;
}

}  // namespace

struct HealthChecks::Impl {
  Clock clock;
  mutable std::shared_mutex mutex;
  std::vector<Check> checks;
  std::string latched;  // the reason given to NotReady
  struct Watched {
    Loop loop;
    std::weak_ptr<const observe::Heartbeat> heartbeat;  // the owner ends it
  };
  std::vector<Watched> loops;
};

HealthChecks::HealthChecks(Clock clock) : impl_(std::make_unique<Impl>()) {
  impl_->clock = std::move(clock);
}

HealthChecks::~HealthChecks() = default;

void HealthChecks::Add(Check check) {
  const std::unique_lock lock(impl_->mutex);
  std::erase_if(impl_->checks, [&check](const Check& old) { return old.name == check.name; });
  impl_->checks.push_back(std::move(check));
}

void HealthChecks::Remove(std::string_view name) {
  const std::unique_lock lock(impl_->mutex);
  std::erase_if(impl_->checks, [name](const Check& check) { return check.name == name; });
}

void HealthChecks::NotReady(std::string_view reason) {
  const std::unique_lock lock(impl_->mutex);
  if (impl_->latched.empty()) impl_->latched = reason.empty() ? "not ready" : reason;
}

std::shared_ptr<observe::Heartbeat> HealthChecks::Watch(Loop loop) {
  auto heartbeat = std::make_shared<observe::Heartbeat>(loop.name, impl_->clock);
  const std::unique_lock lock(impl_->mutex);
  std::erase_if(impl_->loops, [](const auto& old) { return old.heartbeat.expired(); });
  impl_->loops.push_back({std::move(loop), heartbeat});
  return heartbeat;
}

HealthReport HealthChecks::Ready() const {
  HealthReport report;
  Value failing = Value::array();
  Value passing = Value::array();
  {
    const std::shared_lock lock(impl_->mutex);
    if (!impl_->latched.empty()) report.why_not.push_back(impl_->latched);
    for (const Check& check : impl_->checks) {
      const absl::Status status = Ask(check);
      Value described = Describe(check, status);
      if (!status.ok() && check.gates_readiness) {
        report.why_not.push_back(
            fmt::format("{}: {}", check.name, described["error"].get<std::string>()));
      }
      (status.ok() ? passing : failing).push_back(std::move(described));
    }
  }
  report.ok = report.why_not.empty();
  failing.insert(failing.end(), passing.begin(), passing.end());
  report.json = json::Write(
      {{"ready", report.ok}, {"why_not", report.why_not}, {"checks", std::move(failing)}}, 1);
  return report;
}

HealthReport HealthChecks::Alive() const {
  HealthReport report;
  Value hung = Value::array();
  Value well = Value::array();
  {
    const std::shared_lock lock(impl_->mutex);
    for (const auto& [loop, weak] : impl_->loops) {
      const auto heartbeat = weak.lock();
      if (heartbeat == nullptr) continue;
      const observe::Heartbeat::Reading reading = heartbeat->Read();
      if (!reading.running) continue;
      const bool ok = reading.waiting_for != nullptr ||
                      reading.silent <= absl::ToChronoNanoseconds(loop.silence_max);
      if (!ok) {
        report.why_not.push_back(
            fmt::format("{}: hung, no progress for {} ms", loop.name, ToMilliseconds(reading)));
      }
      (ok ? well : hung).push_back(Describe(loop, reading, ok));
    }
  }
  report.ok = report.why_not.empty();
  hung.insert(hung.end(), well.begin(), well.end());
  report.json = json::Write(
      {{"alive", report.ok}, {"why_not", report.why_not}, {"loops", std::move(hung)}}, 1);
  return report;
}

}  // namespace telex::runtime
