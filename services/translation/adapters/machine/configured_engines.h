#pragma once

#include <absl/time/time.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "platform/http_client/client.h"
#include "platform/observe/metrics.h"
#include "translation/adapters/machine/engine_file.h"
#include "translation/adapters/machine/machine_engine.h"
#include "translation/adapters/store/engine_spending.h"

namespace telex::translation {

// For people, and for GetQueueStats.
struct EngineStatus {
  std::string name;
  std::vector<EngineFault> closed;  // faults for which it is left alone
  std::vector<Pair> unknown_pairs;  // of kPairUnknown
  EngineSpent spent;                // today (UTC), and this month
  EngineBudget budget;
};

struct ConfiguredEnginesPorts {
  http_client::HttpClient& http;    // outlives them; it may reach the engines' addresses
  const EngineSpending& spending;   // outlives them
  observe::Metrics& metrics;        // outlives them
  std::function<absl::Time()> now;  // for gates and budgets
};

// The engines of a deployment, each within its rate, its concurrency and its budget. Thread-safe.
class ConfiguredEngines {
 public:
  // `setups` as ReadEngineFile gives them. INVALID_ARGUMENT as MakeEngine.
  static absl::StatusOr<std::unique_ptr<ConfiguredEngines>> Make(
      std::vector<EngineSetup> setups, const ConfiguredEnginesPorts& ports);
  ~ConfiguredEngines();

  // In the order of the file; as long as this.
  const std::vector<MachineEngine*>& all() const { return all_; }
  std::vector<EngineStatus> Status() const;

 private:
  class One;
  ConfiguredEngines() = default;

  std::vector<std::unique_ptr<One>> engines_;
  std::vector<MachineEngine*> all_;
};

}  // namespace telex::translation
