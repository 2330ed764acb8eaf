#pragma once

// The admin port of a process: plain HTTP for probes, Prometheus and operators. Not for the
// outside; it has no authentication and shows nothing secret.
//
//   GET /livez    200, or 503 with the loops that hang         (JSON)
//   GET /readyz   200, or 503 with the checks that fail        (JSON)
//   GET /metrics  Prometheus text
//   GET /configz  the settings in effect, secrets redacted     (JSON)
//   GET /         the list of these                            (text)

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "platform/config/settings.h"
#include "platform/http/message.h"
#include "platform/observe/metrics.h"
#include "platform/runtime/health.h"

namespace telex::runtime {

struct AdminOptions {
  config::HostPort address;  // the host is numeric; port 0: any free one
  std::string program;
  std::string version;
};

// What is answered, without sockets. Borrows health and metrics. Thread-safe.
class AdminPages {
 public:
  AdminPages(const HealthChecks& health, const observe::Metrics& metrics, AdminOptions options,
             const std::vector<config::Row>& rows);

  http::Response Answer(const http::Request& request) const;

 private:
  const HealthChecks& health_;
  const observe::Metrics& metrics_;
  const http::Response index_;
  const http::Response configz_;
};

// Serves the pages on a thread of its own.
class AdminServer {
 public:
  // `health` and `metrics` outlive the server. Adds the metrics telex_runtime_ready and
  // telex_runtime_alive. Errors as of http::Server::Start.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(AdminOptions options,
                                                            const HealthChecks& health,
                                                            observe::Metrics& metrics,
                                                            const std::vector<config::Row>& rows);
  ~AdminServer();
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  std::uint16_t port() const;

  // The last thing to be stopped: probes ask while the rest is stopping.
  void Stop(absl::Duration deadline);

 private:
  struct Impl;
  explicit AdminServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace telex::runtime
