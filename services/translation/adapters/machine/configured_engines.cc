#include "translation/adapters/machine/configured_engines.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "platform/errors/status_macros.h"
#include "platform/observe/log.h"
#include "translation/adapters/machine/machine_metrics.h"

namespace telex::translation {

bool MachineEngine::About::Does(const Pair& pair) const {
  return pairs.empty() || std::ranges::find(pairs, pair) != pairs.end();
}

class ConfiguredEngines::One final : public MachineEngine {
 public:
  One(EngineSetup setup, std::unique_ptr<Engine> engine, const ConfiguredEnginesPorts& ports)
      : setup_(std::move(setup)),
        about_{.name = setup_.name,
               .label = setup_.Label(),
               .outside = setup_.outside,
               .pairs = setup_.pairs},
        ports_(ports),
        metrics_(ports.metrics, setup_.name),
        client_(std::move(engine), ports.http, ClientOptions()) {
    setup_.settings.key.clear();  // the engine has its own
    for (const EngineFault fault : kEngineFaults) closed_.push_back(ClosedGauge(fault));
  }

  const About& about() const override { return about_; }

  std::optional<EngineFailure> ClosedFor(const Pair& pair, std::int64_t characters) const override {
    auto closed = client_.ClosedFor({.source = pair.from, .target = pair.to});
    if (closed) return closed;
    const absl::Time now = ports_.now();
    const auto until_ms = ClosedUntilMs(setup_.budget, ports_.spending.Of(setup_.name, now),
                                        characters, absl::ToUnixMillis(now));
    if (!until_ms) return std::nullopt;
    return EngineFailure{.fault = EngineFault::kQuotaSpent,
                         .text = "its budget is spent",
                         .retry_after = absl::FromUnixMillis(*until_ms) - now};
  }

  EngineOutcome Translate(const EngineRequest& request, const std::stop_token& stop) override {
    if (!Enter(stop)) return {.targets = {request.texts.size(), std::nullopt}};
    EngineOutcome outcome = client_.Translate(request, stop);
    {
      const std::lock_guard lock(mutex_);
      --working_;
    }
    left_.notify_one();
    metrics_.Translated(outcome.characters);
    return outcome;
  }

  EngineStatus Status() const {
    return {.name = setup_.name,
            .closed = ClosedFaults(),
            .unknown_pairs = client_.ClosedPairs(),
            .spent = ports_.spending.Of(setup_.name, ports_.now()),
            .budget = setup_.budget};
  }

 private:
  EngineClientOptions ClientOptions() {
    return {.requests_per_second = setup_.requests_per_second,
            .now = ports_.now,
            .on_failure =
                [this](const EngineFailure& failure) {
                  metrics_.Failed(failure.fault);
                  LogFailure(failure);
                },
            .on_answer = [this](absl::Duration took) { metrics_.Answered(took); }};
  }

  // Of what is about one text nothing: an engine may quote it.
  void LogFailure(const EngineFailure& failure) const {
    if (HalvesMaySucceed(failure.fault)) return;
    observe::Log(observe::Severity::kWarning, "a translation engine is left alone for a while",
                 {{"engine", setup_.name},
                  {"fault", std::string(NameOf(failure.fault))},
                  {"error", failure.text}});
  }

  std::vector<EngineFault> ClosedFaults() const {
    std::vector<EngineFault> closed = client_.ClosedFaults();
    const absl::Time now = ports_.now();
    const bool is_spent = ClosedUntilMs(setup_.budget, ports_.spending.Of(setup_.name, now), 1,
                                        absl::ToUnixMillis(now))
                              .has_value();
    const bool has_spent = std::ranges::find(closed, EngineFault::kQuotaSpent) != closed.end();
    if (is_spent && !has_spent) closed.push_back(EngineFault::kQuotaSpent);
    return closed;
  }

  observe::CallbackHandle ClosedGauge(EngineFault fault) {
    return ports_.metrics.GaugeCallback(
        "telex_translation_engine_closed",
        "1 while an engine is left alone for a fault, or its budget is spent.",
        {{"engine", setup_.name}, {"fault", std::string(NameOf(fault))}}, [this, fault] {
          const std::vector<EngineFault> closed = ClosedFaults();
          return std::ranges::find(closed, fault) != closed.end() ? 1.0 : 0.0;
        });
  }

  // False: stopping.
  bool Enter(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    const bool entered = left_.wait(lock, stop, [this] { return working_ < setup_.concurrency; });
    working_ += entered;
    return entered;
  }

  EngineSetup setup_;
  const About about_;
  const ConfiguredEnginesPorts ports_;
  EngineMetrics metrics_;
  EngineClient client_;
  std::mutex mutex_;
  std::condition_variable_any left_;
  int working_ = 0;
  std::vector<observe::CallbackHandle> closed_;  // ends before what it asks
};

ConfiguredEngines::~ConfiguredEngines() = default;

absl::StatusOr<std::unique_ptr<ConfiguredEngines>> ConfiguredEngines::Make(
    std::vector<EngineSetup> setups, const ConfiguredEnginesPorts& ports) {
  std::unique_ptr<ConfiguredEngines> made(new ConfiguredEngines);
  for (EngineSetup& setup : setups) {
    ASSIGN_OR_RETURN(auto engine, MakeEngine(setup.settings));
    made->engines_.push_back(std::make_unique<One>(std::move(setup), std::move(engine), ports));
    made->all_.push_back(made->engines_.back().get());
  }
  return made;
}

std::vector<EngineStatus> ConfiguredEngines::Status() const {
  std::vector<EngineStatus> status;
  for (const auto& engine : engines_) status.push_back(engine->Status());
  return status;
}

}  // namespace telex::translation
