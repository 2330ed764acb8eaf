#include "platform/runtime/admin_server.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "platform/errors/reasons.h"
#include "platform/http/get_only.h"
#include "platform/http/server.h"
#include "platform/json/json.h"
#include "platform/observe/log.h"

namespace telex::runtime {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr int kConnectionsMax = 64;  // probes, a scraper, a person or two

// Never from a cache: an old "ready" would be a lie.
http::Response Fresh(int status, std::string_view content_type, std::string body) {
  static const http::HeaderBlock no_store({{"Cache-Control", "no-store"}});
  http::Response response = http::Text(status, content_type, std::move(body));
  response.extra = no_store;
  return response;
}

std::string ConfigJson(const AdminOptions& options, const std::vector<config::Row>& rows) {
  json::Value settings = json::Value::array();
  for (const config::Row& row : rows) {
    settings.push_back({{"name", row.name},
                        {"flag", row.flag},
                        {"value", row.value},
                        {"default", row.fallback},
                        {"accepts", row.accepts},
                        {"origin", row.origin},
                        {"help", row.help}});
  }
  return json::Write(
      {{"program", options.program}, {"version", options.version}, {"settings", settings}}, 1);
}

}  // namespace

AdminPages::AdminPages(const HealthChecks& health, const observe::Metrics& metrics,
                       AdminOptions options, const std::vector<config::Row>& rows)
    : health_(health),
      metrics_(metrics),
      index_(Fresh(200, "text/plain; charset=utf-8",
                   fmt::format("{} {}\n/livez\n/readyz\n/metrics\n/configz\n", options.program,
                               options.version))),
      configz_(Fresh(200, kJson, ConfigJson(options, rows))) {}

http::Response AdminPages::Answer(const http::Request& request) const {
  if (auto refusal = http::RefuseAllButGet(request)) return *std::move(refusal);
  if (request.path == "/livez" || request.path == "/readyz") {
    const bool alive_asked = request.path == "/livez";
    HealthReport report = alive_asked ? health_.Alive() : health_.Ready();
    if (alive_asked && !report.ok) {
      // Whoever asked is about to end the process: the log is where the reason is looked for.
      observe::Log(observe::Severity::kError, "not alive",
                   {{"why", fmt::format("{}", fmt::join(report.why_not, "; "))}});
    }
    return Fresh(report.ok ? 200 : 503, kJson, std::move(report.json));
  }
  if (request.path == "/metrics") {
    return Fresh(200, observe::kMetricsContentType, metrics_.Render());
  }
  if (request.path == "/configz") return configz_;
  if (request.path == "/") return index_;
  return http::Problem(404, errors::kPathNotFound, "Not Found",
                       "there are /livez, /readyz, /metrics and /configz");
}

struct AdminServer::Impl {
  Impl(AdminOptions options, const HealthChecks& health, observe::Metrics& metrics,
       const std::vector<config::Row>& rows)
      : pages(health, metrics, std::move(options), rows) {
    gauges.push_back(metrics.GaugeCallback("telex_runtime_ready", "1 while /readyz says 200", {},
                                           [&health] { return health.Ready().ok ? 1 : 0; }));
    gauges.push_back(metrics.GaugeCallback("telex_runtime_alive", "1 while /livez says 200", {},
                                           [&health] { return health.Alive().ok ? 1 : 0; }));
  }

  const AdminPages pages;
  std::vector<observe::CallbackHandle> gauges;
  std::unique_ptr<http::Server> server;  // last: ends first, its threads use the pages
};

AdminServer::AdminServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

AdminServer::~AdminServer() = default;

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(
    AdminOptions options, const HealthChecks& health, observe::Metrics& metrics,
    const std::vector<config::Row>& rows) {
  http::ServerOptions server_options;
  server_options.host = options.address.host;
  server_options.port = options.address.port;
  server_options.threads = 1;
  server_options.connections_max = kConnectionsMax;
  auto impl = std::make_unique<Impl>(std::move(options), health, metrics, rows);
  const AdminPages* pages = &impl->pages;
  auto server = http::Server::Start(
      std::move(server_options), [pages](const http::Request& request, http::Responder responder) {
        responder.Send(pages->Answer(request));
      });
  if (!server.ok()) return server.status();
  impl->server = *std::move(server);
  return std::unique_ptr<AdminServer>(new AdminServer(std::move(impl)));
}

std::uint16_t AdminServer::port() const { return impl_->server->port(); }

void AdminServer::Stop(absl::Duration deadline) { impl_->server->Stop(deadline); }

}  // namespace telex::runtime
