#pragma once

// grpc.health.v1 as a callback service. With gRPC's own (1.51) a single watcher holds up a stop for
// its whole grace, watchers are not bounded, and it says SERVING before anybody has looked
// (RpcServer.TellsWatchersOfEachChangeAndOfTheEnd). Inside of this room.

#include <grpc/health/v1/health.grpc.pb.h>

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace telex::rpc {

class HealthService final : public ::grpc::health::v1::Health::CallbackService {
 public:
  using Response = ::grpc::health::v1::HealthCheckResponse;
  using Request = ::grpc::health::v1::HealthCheckRequest;

  // All start as NOT_SERVING; "" (the server as a whole) is always there.
  HealthService(const std::vector<std::string>& services, std::size_t watchers_max);
  ~HealthService() override;

  void SetServing(bool serving);
  // NOT_SERVING from now on; watchers are told, then ended.
  void Stop();

  ::grpc::ServerUnaryReactor* Check(::grpc::CallbackServerContext* context, const Request* request,
                                    Response* response) override;
  ::grpc::ServerWriteReactor<Response>* Watch(::grpc::CallbackServerContext* context,
                                              const Request* request) override;

 private:
  class Watcher;

  // SERVICE_UNKNOWN for a name that is not here.
  Response::ServingStatus StatusOf(const std::string& service) const;
  void Forget(Watcher* watcher);
  void TellAll(bool last);

  const std::size_t watchers_max_;
  std::mutex change_;  // one change is told before the next one begins
  mutable std::mutex mutex_;
  std::map<std::string, Response::ServingStatus> statuses_;
  std::vector<std::shared_ptr<Watcher>> watchers_;
  bool stopped_ = false;
};

}  // namespace telex::rpc
