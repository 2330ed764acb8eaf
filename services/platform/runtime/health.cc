#include "platform/runtime/health.h"

#include <algorithm>
#include <exception>
#include <mutex>
#include <nlohmann/json.hpp>
#include <shared_mutex>
#include <utility>

#include "fmt/format.h"
#include "platform/errors/errors.h"

namespace telex::runtime {
namespace {

using nlohmann::json;

std::string Dump(const json& value) {
  // Error texts may quote anything: bytes that are no UTF-8 are replaced.
  return value.dump(1, ' ', false, json::error_handler_t::replace);
}

absl::Status Ask(const Check& check) {
  if (!check.status) return absl::InternalError("the check has no function");
  try {
    return check.status();
  } catch (const std::exception& exception) {
    return absl::InternalError(exception.what());
  }
}

json Describe(const Check& check, const absl::Status& status) {
  json described = {{"name", check.name},
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

}  // namespace

struct Watchdog::State {
  std::string name;
  std::chrono::nanoseconds silence_max;
  HealthChecks::Clock clock;
  std::atomic<std::int64_t> fed_ns;

  std::int64_t NowNs() const {
    return std::chrono::nanoseconds(clock().time_since_epoch()).count();
  }
};

void Watchdog::Feed() {
  if (state_ != nullptr) state_->fed_ns.store(state_->NowNs(), std::memory_order_relaxed);
}

struct HealthChecks::Impl {
  Clock clock;
  mutable std::shared_mutex mutex;
  std::vector<Check> checks;
  std::string latched;                                    // the reason given to NotReady
  std::vector<std::weak_ptr<Watchdog::State>> watchdogs;  // the owner ends them
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

Watchdog HealthChecks::Watch(std::string_view name, absl::Duration silence_max) {
  auto state = std::make_shared<Watchdog::State>();
  state->name = name;
  state->silence_max = absl::ToChronoNanoseconds(silence_max);
  state->clock = impl_->clock;
  state->fed_ns.store(state->NowNs(), std::memory_order_relaxed);
  const std::unique_lock lock(impl_->mutex);
  std::erase_if(impl_->watchdogs, [](const auto& old) { return old.expired(); });
  impl_->watchdogs.push_back(state);
  return Watchdog(std::move(state));
}

HealthReport HealthChecks::Ready() const {
  HealthReport report;
  json failing = json::array();
  json passing = json::array();
  {
    const std::shared_lock lock(impl_->mutex);
    if (!impl_->latched.empty()) report.why_not.push_back(impl_->latched);
    for (const Check& check : impl_->checks) {
      const absl::Status status = Ask(check);
      json described = Describe(check, status);
      if (!status.ok() && check.gates_readiness) {
        report.why_not.push_back(
            fmt::format("{}: {}", check.name, described["error"].get<std::string>()));
      }
      (status.ok() ? passing : failing).push_back(std::move(described));
    }
  }
  report.ok = report.why_not.empty();
  failing.insert(failing.end(), passing.begin(), passing.end());
  report.json =
      Dump({{"ready", report.ok}, {"why_not", report.why_not}, {"checks", std::move(failing)}});
  return report;
}

HealthReport HealthChecks::Alive() const {
  HealthReport report;
  json watchdogs = json::array();
  {
    const std::shared_lock lock(impl_->mutex);
    for (const auto& weak : impl_->watchdogs) {
      const auto state = weak.lock();
      if (state == nullptr) continue;
      const std::int64_t fed_ns = state->fed_ns.load(std::memory_order_relaxed);
      const std::chrono::nanoseconds silent(std::max<std::int64_t>(0, state->NowNs() - fed_ns));
      const bool ok = silent <= state->silence_max;
      const std::int64_t silent_ms = silent / std::chrono::milliseconds(1);
      if (!ok) {
        report.why_not.push_back(fmt::format("{}: silent for {} ms", state->name, silent_ms));
      }
      watchdogs.push_back({{"name", state->name},
                           {"ok", ok},
                           {"silent_ms", silent_ms},
                           {"silence_max_ms", state->silence_max / std::chrono::milliseconds(1)}});
    }
  }
  report.ok = report.why_not.empty();
  report.json = Dump(
      {{"alive", report.ok}, {"why_not", report.why_not}, {"watchdogs", std::move(watchdogs)}});
  return report;
}

}  // namespace telex::runtime
