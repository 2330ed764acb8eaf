#pragma once

#include <absl/time/time.h>

#include <string>
#include <string_view>

#include "platform/observe/metrics.h"
#include "translation/domain/engine.h"

namespace telex::translation {

// What one engine was asked. Thread-safe.
class EngineMetrics {
 public:
  EngineMetrics(observe::Metrics& metrics, const std::string& engine)
      : metrics_(metrics),
        engine_(engine),
        done_(RequestsOf("done")),
        characters_(metrics.Counter("telex_translation_engine_characters_total",
                                    "Characters that were translated, as they are billed.",
                                    {{"engine", engine}})),
        seconds_(metrics.Histogram("telex_translation_engine_seconds",
                                   "How long an engine took for a request that it answered.",
                                   {0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120},
                                   {{"engine", engine}})) {
    for (const EngineFault fault : kEngineFaults) RequestsOf(NameOf(fault));  // from the start on
  }

  void Answered(absl::Duration took) {
    done_.Increment();
    seconds_.Observe(absl::ToDoubleSeconds(took));
  }
  void Failed(EngineFault fault) { RequestsOf(NameOf(fault)).Increment(); }
  void Translated(std::int64_t characters) { characters_.Increment(characters); }

 private:
  observe::Counter& RequestsOf(std::string_view outcome) {
    return metrics_.Counter("telex_translation_engine_requests_total",
                            "Requests of an engine, by what came of them.",
                            {{"engine", engine_}, {"outcome", std::string(outcome)}});
  }

  observe::Metrics& metrics_;
  const std::string engine_;
  observe::Counter& done_;
  observe::Counter& characters_;
  observe::Histogram& seconds_;
};

// What the engines of this replica have made of jobs. Thread-safe.
class MachineMetrics {
 public:
  explicit MachineMetrics(observe::Metrics& metrics)
      : metrics_(metrics), completed_(JobsOf("completed")), unchanged_(JobsOf("unchanged")) {}

  void Completed(bool was_asked) { (was_asked ? completed_ : unchanged_).Increment(); }
  // A reason of platform/errors/reasons.h, or "released".
  void CameToNothing(std::string_view reason) { JobsOf(reason).Increment(); }

 private:
  observe::Counter& JobsOf(std::string_view outcome) {
    return metrics_.Counter("telex_translation_machine_jobs_total",
                            "Jobs that engines have worked on, by what came of them.",
                            {{"outcome", std::string(outcome)}});
  }

  observe::Metrics& metrics_;
  observe::Counter& completed_;
  observe::Counter& unchanged_;
};

}  // namespace telex::translation
