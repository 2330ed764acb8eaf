#pragma once

// A gRPC server as all services run it: TLS when files are given, grpc.health.v1 of our own,
// reflection, bounds on messages and streams, keepalive, connections that end of old age so that
// clients spread again. Services are callback services (generated `CallbackService`); nothing may
// block in them.

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace grpc {
class CallbackServerContext;
class Service;
}  // namespace grpc

namespace telex::rpc {

// PEM files. All empty: plaintext. They are looked at again after `reload_interval`, and hold for
// connections made from then on; while what is there cannot be used, what was read last does
// (and the log says why).
struct ServerTls {
  std::string certificate_file;
  std::string key_file;
  // Set: clients may show a certificate of this CA, and must when `require_client_certificate`.
  std::string client_ca_file;
  bool require_client_certificate = true;
  absl::Duration reload_interval = absl::Seconds(30);
};

struct ServerOptions {
  std::string address = "127.0.0.1:8090";  // host:port, [v6]:port; port 0: any that is free
  ServerTls tls;
  bool reflection = true;  // per process: once on, on for all servers built later
  std::int32_t receive_message_bytes_max = 4 << 20;
  std::int32_t send_message_bytes_max = 16 << 20;
  // Of all calls together, as gRPC reckons it. What comes in beyond waits unread, and calls are
  // ended with RESOURCE_EXHAUSTED until there is room.
  std::size_t memory_bytes_max = 512 << 20;
  std::int32_t concurrent_streams_max = 1000;  // of one connection
  absl::Duration keepalive_interval = absl::Seconds(60);
  absl::Duration keepalive_timeout = absl::Seconds(20);
  absl::Duration client_ping_interval_min = absl::Seconds(10);  // more often: GOAWAY too_many_pings
  absl::Duration connection_age_max = absl::Minutes(5);
  absl::Duration connection_age_grace = absl::Seconds(30);
  std::int32_t health_watchers_max = 100;
  // For metrics: told when a call of a known method ("/package.Service/Method") is answered. Called
  // on gRPC's threads, several at once; must not block.
  std::function<void(std::string_view method, absl::StatusCode code, absl::Duration took)> on_call;
};

// {ArticleService::service_full_name(), &implementation}; the implementation outlives the server.
struct NamedService {
  std::string name;
  grpc::Service* service = nullptr;
  std::function<void()> stop = {};  // what would not end by itself ends; called by a shutdown
};

class Server {
 public:
  // Listens, and answers NOT_SERVING to health checks until SetServing(true). INVALID_ARGUMENT for
  // TLS files that are missing, unreadable or do not fit each other (which file, and why);
  // UNAVAILABLE when the address cannot be bound.
  static absl::StatusOr<std::unique_ptr<Server>> Start(ServerOptions options,
                                                       const std::vector<NamedService>& services);
  // Shuts down at once when Shutdown was not called.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const;

  // The health of the server ("") and of every service of it. Any thread.
  void SetServing(bool serving);

  // Health says NOT_SERVING, watchers are ended, no new calls; calls under way have `grace` to end,
  // then they are cancelled. True when all ended by themselves. Once; later calls return true.
  bool Shutdown(absl::Duration grace);

 private:
  struct Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The caller's W3C traceparent as it was sent, "" when there is none (or one longer than 128
// bytes): to be parsed by the caller.
std::string TraceparentOf(const grpc::CallbackServerContext& context);

}  // namespace telex::rpc
