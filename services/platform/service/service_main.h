#pragma once

// The life of a service process, the same for all: settings, log, admin port, the app, the stop.

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "platform/config/settings.h"
#include "platform/observe/log.h"
#include "platform/observe/metrics.h"
#include "platform/observe/process_metrics.h"
#include "platform/runtime/admin_server.h"
#include "platform/runtime/health.h"
#include "platform/runtime/lifecycle.h"
#include "platform/service/app.h"
#include "platform/service/host.h"

namespace telex::service {

// Runs a service until it is told to stop; returns the exit code. `read_config(settings)` returns
// its configuration, which has a member `service` (ServiceSettings); `make_app(config, host)` its
// parts (App).
template <typename ReadConfig, typename MakeApp>
int RunService(int argc, char** argv, std::string_view program, std::string_view version,
               const HostTexts& texts, const ReadConfig& read_config, const MakeApp& make_app) {
  config::Settings settings(argc, argv, program, version);
  const auto config = read_config(settings);
  const config::Outcome outcome = settings.Finish();
  if (!outcome.run) return outcome.exit_code;
  observe::ConfigureLog(
      {.service = std::string(program), .severity_min = config.service.log_severity_min});

  runtime::HealthChecks health;
  runtime::Lifecycle lifecycle(health, {.drain_delay = config.service.drain_delay});
  observe::Metrics metrics;
  const auto process_metrics = observe::AddProcessMetrics(metrics, program, version);
  // Before the admin port answers: it says "not ready" from the first moment.
  Host host(config.service, texts, lifecycle, health, metrics);
  auto admin = runtime::AdminServer::Start({.address = config.service.admin_listen,
                                            .program = std::string(program),
                                            .version = std::string(version)},
                                           health, metrics, settings.Describe());
  if (!admin.ok()) {
    observe::Log(observe::Severity::kError, "the admin port cannot be opened",
                 {{"error", admin.status().ToString()}});
    return runtime::kExitFault;
  }
  const std::unique_ptr<App> app = make_app(config, host);
  host.Start([&app](std::stop_token stop) { return app->Begin(std::move(stop)); });
  const int exit_code = lifecycle.Run();
  host.Abandon();
  (*admin)->Stop(absl::Seconds(1));
  return exit_code;
}

}  // namespace telex::service
