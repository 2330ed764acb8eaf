#include "feeds/app.h"
#include "feeds/config.h"
#include "platform/config/settings.h"
#include "platform/observe/log.h"
#include "platform/observe/process_metrics.h"
#include "platform/runtime/admin_server.h"

int main(int argc, char** argv) {
  using namespace telex;
  constexpr std::string_view kProgram = "telex-feeds";

  config::Settings settings(argc, argv, kProgram, TELEX_VERSION);
  const feeds::Config config = feeds::ReadConfig(settings);
  const config::Outcome outcome = settings.Finish();
  if (!outcome.run) return outcome.exit_code;
  observe::ConfigureLog({.service = std::string(kProgram), .severity_min = config.log_severity_min});

  runtime::HealthChecks health;
  runtime::Lifecycle lifecycle(health, {.drain_delay = config.drain_delay});
  observe::Metrics metrics;
  const auto process_metrics = observe::AddProcessMetrics(metrics, kProgram, TELEX_VERSION);
  auto admin = runtime::AdminServer::Start(
      {.address = config.admin_listen, .program = std::string(kProgram), .version = TELEX_VERSION}, health, metrics,
      settings.Describe());
  if (!admin.ok()) {
    observe::Log(observe::Severity::kError, "the admin port cannot be opened", {{"error", admin.status().ToString()}});
    return runtime::kExitFault;
  }
  feeds::App app(config, lifecycle, health, metrics);
  app.Start();
  const int exit_code = lifecycle.Run();
  (*admin)->Stop(absl::Seconds(1));
  return exit_code;
}
