#include "translation/config.h"

#include "translation/adapters/translation_server.h"

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
  return config;
}

TranslationServerOptions ServingOptions(const Config& config) {
  return {.grpc_address = config.grpc.listen.ToString(),
          .tls = config.grpc.tls,
          .on_call = {},
          .threads = config.threads};
}

}  // namespace telex::translation
