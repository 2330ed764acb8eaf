#pragma once

// The life of a service process, the same for all: settings, log, admin port, the app, the stop.

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "platform/config/settings.h"
#include "platform/observe/log.h"
#include "platform/observe/metrics.h"
#include "platform/observe/process_metrics.h"
#include "platform/runtime/admin_server.h"
#include "platform/runtime/health.h"
#include "platform/runtime/lifecycle.h"

namespace telex::service {

// Runs a service until it is told to stop; returns the exit code. `App(config, lifecycle, health,
// metrics)` with Start(); `read_config(settings)` returns its configuration, which has a member
// `service` (ServiceSettings).
template <typename App, typename ReadConfig>
int RunService(int argc, char** argv, std::string_view program, std::string_view version,
               const ReadConfig& read_config) {
  config::Settings settings(argc, argv, program, version);
  const auto config = read_config(settings);
  const config::Outcome outcome = settings.Finish();
  if (!outcome.run) return outcome.exit_code;
  observe::ConfigureLog(
      {.service = std::string(program), .severity_min = config.service.log_severity_min});

  runtime::HealthChecks health;
  // The admin port answers before the app has added its checks: without any it would say "ready".
  health.Add({.name = "start",
              .severity = 3,
              .business_impact = "None: other replicas serve.",
              .technical_summary = "The process has begun and its parts have not yet.",
              .panic_guide = "Wait; if it stays so, read the log of the process.",
              .status = [] { return absl::UnavailableError("the process is beginning"); }});
  runtime::Lifecycle lifecycle(health, {.drain_delay = config.service.drain_delay});
  observe::Metrics metrics;
  const auto process_metrics = observe::AddProcessMetrics(metrics, program, version);
  auto admin = runtime::AdminServer::Start({.address = config.service.admin_listen,
                                            .program = std::string(program),
                                            .version = std::string(version)},
                                           health, metrics, settings.Describe());
  if (!admin.ok()) {
    observe::Log(observe::Severity::kError, "the admin port cannot be opened",
                 {{"error", admin.status().ToString()}});
    return runtime::kExitFault;
  }
  App app(config, lifecycle, health, metrics);
  app.Start();
  health.Remove("start");
  const int exit_code = lifecycle.Run();
  (*admin)->Stop(absl::Seconds(1));
  return exit_code;
}

}  // namespace telex::service
