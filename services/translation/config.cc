#include "translation/config.h"

#include "translation/adapters/machine/machine_room.h"
#include "translation/adapters/rpc/translation_server.h"

namespace telex::translation {

Config ReadConfig(config::Settings& settings) {
  Config config;
  config.service = service::ReadServiceSettings(
      settings, {.instance = "translation-0", .admin_listen = "127.0.0.1:8061"});
  config.grpc = rpc::ReadServerSettings(settings, "127.0.0.1:8060");
  config.threads = static_cast<int>(
      settings.Integer({.name = "TELEX_TRANSLATION_THREADS",
                        .help = "Threads that read stored texts and check translations.",
                        .fallback = "2"},
                       1, 64));
  config.engines_file = settings.Text(
      {.name = "TELEX_TRANSLATION_ENGINES_FILE",
       .help = "File of the translation engines there are (YAML). Empty: none; jobs of engines "
               "go to people."});
  auto engines = ReadEngineFile(config.engines_file);
  if (engines.ok()) {
    config.engines = *std::move(engines);
  } else {
    settings.Refuse("TELEX_TRANSLATION_ENGINES_FILE", std::string(engines.status().message()));
  }
  config.engine_networks = settings.List(
      {.name = "TELEX_TRANSLATION_ENGINE_NETWORKS",
       .help = "Addresses and networks in which engines may be though they are not public: those "
               "of one's own.",
       .fallback = "127.0.0.0/8,::1/128"});
  config.engine_threads =
      static_cast<int>(settings.Integer({.name = "TELEX_TRANSLATION_ENGINE_THREADS",
                                         .help = "Stories that engines work on at once.",
                                         .fallback = "4"},
                                        1, 256));
  return config;
}

TranslationServerOptions ServingOptions(const Config& config) {
  return {.grpc_address = config.grpc.listen.ToString(),
          .tls = config.grpc.tls,
          .on_call = {},
          .threads = config.threads};
}

MachineRoomOptions EnginesOf(const Config& config) {
  return {.engines = config.engines,
          .networks = config.engine_networks,
          .threads = config.engine_threads,
          .instance = config.service.instance,
          .user_agent = "Telex/" TELEX_VERSION};
}

}  // namespace telex::translation
