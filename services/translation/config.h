#pragma once

#include <string>
#include <vector>

#include "platform/config/settings.h"
#include "platform/grpc/server_settings.h"
#include "platform/service/service_settings.h"
#include "translation/adapters/machine/engine_file.h"

namespace telex::translation {

struct MachineRoomOptions;
struct TranslationServerOptions;

// The settings of telex-translation; what each means is said by --help.
struct Config {
  service::ServiceSettings service;
  rpc::ServerSettings grpc;
  int threads = 2;
  std::string engines_file;  // empty: no engines, people alone
  std::vector<EngineSetup> engines;
  std::vector<std::string> engine_networks;
  int engine_threads = 4;
};

// Declares and reads them; faults are gathered by `settings`.
Config ReadConfig(config::Settings& settings);

TranslationServerOptions ServingOptions(const Config& config);
MachineRoomOptions EnginesOf(const Config& config);

}  // namespace telex::translation
