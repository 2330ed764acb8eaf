#include "platform/grpc/server.h"

#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_interceptor.h>

#include <chrono>
#include <mutex>
#include <utility>

#include "platform/errors/errors.h"
#include "platform/grpc/deadline.h"
#include "platform/grpc/health.h"
#include "platform/grpc/library_log.h"
#include "platform/grpc/reflection.h"
#include "platform/grpc/tls_credentials.h"

namespace telex::rpc {
namespace {

using Clock = std::chrono::steady_clock;
using OnCall = decltype(ServerOptions::on_call);

constexpr std::size_t kTraceparentBytesMax = 128;

// Tells `on_call` how each call ended.
class CallTimer final : public grpc::experimental::Interceptor {
 public:
  CallTimer(const OnCall* on_call, const char* method)
      : on_call_(on_call), method_(method), began_(Clock::now()) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(
            grpc::experimental::InterceptionHookPoints::PRE_SEND_STATUS)) {
      const auto code = static_cast<absl::StatusCode>(methods->GetSendStatus().error_code());
      (*on_call_)(method_, code, absl::FromChrono(Clock::now() - began_));
    }
    methods->Proceed();
  }

 private:
  const OnCall* const on_call_;
  const char* const method_;
  const Clock::time_point began_;
};

class CallTimers final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  explicit CallTimers(OnCall on_call) : on_call_(std::move(on_call)) {}

  grpc::experimental::Interceptor* CreateServerInterceptor(
      grpc::experimental::ServerRpcInfo* info) override {
    return new CallTimer(&on_call_, info->method());
  }

 private:
  const OnCall on_call_;
};

void SetBounds(const ServerOptions& options, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(options.receive_message_bytes_max);
  builder.SetMaxSendMessageSize(options.send_message_bytes_max);
  const std::pair<const char*, int> arguments[] = {
      {GRPC_ARG_MAX_CONCURRENT_STREAMS, options.concurrent_streams_max},
      {GRPC_ARG_KEEPALIVE_TIME_MS, WholeMilliseconds(options.keepalive_interval)},
      {GRPC_ARG_KEEPALIVE_TIMEOUT_MS, WholeMilliseconds(options.keepalive_timeout)},
      {GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1},
      {GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0},
      {GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
       WholeMilliseconds(options.client_ping_interval_min)},
      {GRPC_ARG_MAX_CONNECTION_AGE_MS, WholeMilliseconds(options.connection_age_max)},
      {GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, WholeMilliseconds(options.connection_age_grace)},
      // A second server on the port is a fault and not a partner.
      {GRPC_ARG_ALLOW_REUSEPORT, 0},
  };
  for (const auto& [name, value] : arguments) builder.AddChannelArgument(name, value);
  builder.SetResourceQuota(grpc::ResourceQuota("telex").Resize(options.memory_bytes_max));
  // Only reflection is a synchronous service.
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 1);
}

}  // namespace

struct Server::Impl {
  std::unique_ptr<TlsFileReader> tls_files;  // these three outlive the server
  std::unique_ptr<HealthService> health;
  std::unique_ptr<ReflectionService> reflection;
  std::unique_ptr<grpc::Server> server;
  std::vector<std::function<void()>> stops;  // of the services
  int port = 0;
  std::once_flag shut_down;

  bool Shutdown(absl::Duration grace) {
    bool all_ended = true;
    std::call_once(shut_down, [&] {
      health->Stop();
      for (const auto& stop : stops) stop();
      const auto began = Clock::now();
      server->Shutdown(DeadlineAfter(grace));
      all_ended = absl::FromChrono(Clock::now() - began) < grace;
    });
    return all_ended;
  }
};

Server::Server(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Server::~Server() { Shutdown(absl::ZeroDuration()); }

absl::StatusOr<std::unique_ptr<Server>> Server::Start(ServerOptions options,
                                                      const std::vector<NamedService>& services) {
  LogLibraries();
  LeaveLocksUntracked();
  auto impl = std::make_unique<Impl>();
  std::shared_ptr<grpc::ServerCredentials> credentials = grpc::InsecureServerCredentials();
  const ServerTls& tls = options.tls;
  if (!tls.certificate_file.empty() || !tls.key_file.empty() || !tls.client_ca_file.empty()) {
    auto files = TlsFileReader::Open(tls);
    if (!files.ok()) return files.status();
    impl->tls_files = *std::move(files);
    credentials = impl->tls_files->Credentials();
  }
  if (options.reflection) {
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    impl->reflection = std::make_unique<ReflectionService>();
  }

  std::vector<std::string> names;
  for (const NamedService& service : services) names.push_back(service.name);
  impl->health =
      std::make_unique<HealthService>(names, static_cast<std::size_t>(options.health_watchers_max));

  grpc::ServerBuilder builder;
  SetBounds(options, builder);
  builder.AddListeningPort(options.address, credentials, &impl->port);
  builder.RegisterService(impl->health.get());
  if (impl->reflection) builder.RegisterService(impl->reflection.get());
  for (const NamedService& service : services) {
    builder.RegisterService(service.service);
    if (service.stop) impl->stops.push_back(service.stop);
  }
  if (options.on_call) {
    std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> makers;
    makers.push_back(std::make_unique<CallTimers>(std::move(options.on_call)));
    builder.experimental().SetInterceptorCreators(std::move(makers));
  }
  impl->server = builder.BuildAndStart();
  if (impl->server == nullptr || impl->port == 0) {
    return errors::Error(absl::StatusCode::kUnavailable, errors::kFieldInvalid,
                         fmt::format("cannot listen on {}", options.address));
  }
  if (impl->reflection) impl->reflection->Start(*impl->server);
  return std::unique_ptr<Server>(new Server(std::move(impl)));
}

int Server::port() const { return impl_->port; }

void Server::SetServing(bool serving) { impl_->health->SetServing(serving); }

bool Server::Shutdown(absl::Duration grace) { return impl_->Shutdown(grace); }

std::string TraceparentOf(const grpc::CallbackServerContext& context) {
  const auto found = context.client_metadata().find("traceparent");
  if (found == context.client_metadata().end()) return "";
  if (found->second.size() > kTraceparentBytesMax) return "";
  return std::string(found->second.data(), found->second.size());
}

}  // namespace telex::rpc
