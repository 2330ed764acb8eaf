#pragma once

// What the tests of the gRPC room share: a server with one method, callers of it, TLS files.

#include <fmt/format.h>
#include <google/protobuf/wrappers.pb.h>
#include <grpc/health/v1/health.grpc.pb.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/impl/client_unary_call.h>
#include <grpcpp/impl/service_type.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/client_callback.h>
#include <grpcpp/support/server_callback.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "platform/grpc/auth.h"
#include "platform/grpc/channel.h"
#include "platform/grpc/server.h"
#include "platform/grpc/status.h"
#include "tests/support/certificates.h"
#include "tests/support/temp_dir.h"

namespace telex::rpc {

using ::grpc::health::v1::Health;
using ::grpc::health::v1::HealthCheckRequest;
using ::grpc::health::v1::HealthCheckResponse;

inline constexpr absl::Duration kDeadline = absl::Seconds(10);

inline std::unique_ptr<Server> StartOrDie(ServerOptions options = {},
                                          const std::vector<NamedService>& services = {}) {
  options.address = "127.0.0.1:0";
  auto server = Server::Start(std::move(options), services);
  if (!server.ok()) {
    ADD_FAILURE() << server.status();
    std::abort();
  }
  return *std::move(server);
}

inline std::unique_ptr<Caller> CallerOf(const Server& server, ChannelOptions options = {}) {
  options.address = fmt::format("127.0.0.1:{}", server.port());
  auto caller = Caller::Make(std::move(options));
  if (!caller.ok()) {
    ADD_FAILURE() << caller.status();
    std::abort();
  }
  return *std::move(caller);
}

inline absl::StatusOr<HealthCheckResponse::ServingStatus> Check(const Caller& caller,
                                                                const std::string& service = "") {
  grpc::ClientContext context;
  caller.Prepare(context, kDeadline, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  HealthCheckRequest request;
  request.set_service(service);
  HealthCheckResponse response;
  const auto status = Health::NewStub(caller.channel())->Check(&context, request, &response);
  if (!status.ok()) return FromGrpc(status);
  return response.status();
}

// One method, as generated code would set it up, without a contract in proto/ for it: it
// authenticates, then answers with the name of the actor, or holds the call until it is cancelled.
inline constexpr const char* kCall = "/telex.test.Greeter/Greet";
using Text = google::protobuf::StringValue;

class Greeter final : public grpc::Service {
 public:
  explicit Greeter(const Authenticator* auth = nullptr) : auth_(auth) {
    AddMethod(new grpc::internal::RpcServiceMethod(kCall, grpc::internal::RpcMethod::NORMAL_RPC,
                                                   nullptr));
    MarkMethodCallback(
        0, new grpc::internal::CallbackUnaryHandler<Text, Text>(
               [this](grpc::CallbackServerContext* context, const Text* request, Text* response) {
                 return Greet(*context, *request, *response);
               }));
  }

  std::string traceparent() {
    const std::lock_guard lock(mutex_);
    return traceparent_;
  }
  int held() const { return held_; }
  void AwaitHeldCall() {
    while (held_ == 0) std::this_thread::yield();
  }

 private:
  class Held final : public grpc::ServerUnaryReactor {
   public:
    void OnCancel() override { Finish(grpc::Status::CANCELLED); }
    void OnDone() override { delete this; }
  };

  grpc::ServerUnaryReactor* Greet(grpc::CallbackServerContext& context, const Text& request,
                                  Text& response) {
    {
      const std::lock_guard lock(mutex_);
      traceparent_ = TraceparentOf(context);
    }
    if (request.value().starts_with("hold")) {
      ++held_;
      return new Held;
    }
    auto* reactor = context.DefaultReactor();
    if (auth_ != nullptr) {
      const auto actor = auth_->Authenticate(context);
      absl::Status status = actor.status();
      if (status.ok()) status = RequireRole(*actor, {Role::kEditor});
      if (status.ok()) response.set_value(actor->name);
      reactor->Finish(ToGrpc(status));
      return reactor;
    }
    response.set_value(request.value());
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  const Authenticator* const auth_;
  std::atomic<int> held_ = 0;
  std::mutex mutex_;
  std::string traceparent_;
};

inline absl::StatusOr<std::string> Greet(const Caller& caller, const std::string& text = "",
                                         std::string_view traceparent = {},
                                         const char* path = kCall) {
  grpc::ClientContext context;
  caller.Prepare(context, kDeadline, traceparent);
  Text request;
  request.set_value(text);
  Text response;
  const grpc::internal::RpcMethod method(path, grpc::internal::RpcMethod::NORMAL_RPC,
                                         caller.channel());
  const grpc::Status status = grpc::internal::BlockingUnaryCall(caller.channel().get(), method,
                                                                &context, request, &response);
  if (!status.ok()) return FromGrpc(status);
  return response.value();
}

inline void WriteFile(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::trunc) << text;
}

struct TlsFiles {
  tests::TempDir dir;
  tests::CertificateAuthority ca;
  std::string ca_file = dir / "ca.pem";

  TlsFiles() { WriteFile(ca_file, ca.pem()); }

  // Certificate and key files of that name.
  std::pair<std::string, std::string> Issue(const std::string& name, const std::string& san) {
    const auto pair = ca.Issue(name, san);
    WriteFile(dir / (name + ".pem"), pair.certificate);
    WriteFile(dir / (name + ".key"), pair.key);
    return {dir / (name + ".pem"), dir / (name + ".key")};
  }
};

}  // namespace telex::rpc
