#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>
#include <vector>

#include "platform/http_client/client.h"
#include "platform/observe/metrics.h"
#include "telex/translation/v1/translation_service.pb.h"
#include "translation/adapters/desk/log_job_desk.h"
#include "translation/adapters/machine/configured_engines.h"
#include "translation/adapters/machine/engine_file.h"
#include "translation/adapters/machine/machine_metrics.h"
#include "translation/adapters/machine/machine_worker.h"

namespace telex::translation {

struct MachineRoomOptions {
  std::vector<EngineSetup> engines;
  std::vector<std::string> networks;  // that may be asked though they are not public
  int threads = 4;                    // MachineWorkerOptions::threads
  std::string instance;
  std::string user_agent;
};

// The engines of this process, and those who work with them. Thread-safe.
class MachineRoom {
 public:
  // Works from Start on. Desk and metrics outlive it. Errors are those of the engines' settings.
  static absl::StatusOr<std::unique_ptr<MachineRoom>> Make(MachineRoomOptions options,
                                                           LogJobDesk& desk,
                                                           observe::Metrics& metrics);
  void Start(const MachineWorker::HeartbeatOf& heartbeat) { worker_->Start(heartbeat); }
  // As MachineWorker::Stop.
  void Stop() { worker_->Stop(); }

  std::vector<v1::EngineStats> Stats() const;

 private:
  explicit MachineRoom(observe::Metrics& metrics) : metrics_(metrics) {}

  // Each uses those before it; destroyed in reverse.
  MachineMetrics metrics_;
  std::unique_ptr<http_client::HttpClient> http_;
  std::unique_ptr<ConfiguredEngines> engines_;
  std::unique_ptr<MachineWorker> worker_;
};

}  // namespace telex::translation
